// Groups are found by how the words of their names begin.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { prepareDatabase } from "../../../src/db/client.ts";
import {
  expectInvalid,
  newDatabase,
  newGroup,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";

let server: TestServer;
let ana: User;
let bob: User;
/** Of Ana's, by name. */
const ids = new Map<string, number>();

beforeAll(async () => {
  server = await startServer();
  [ana, bob] = await Promise.all([server.newUser(), server.newUser()]);
  const names = [
    "Weekend plans",
    "Éclair bakers",
    "ΟΔΟΣ walkers",
    "Straße und Garten",
    "東京グルメ",
    "☕ & cake",
    "O'Brien \\ sons",
    "100% wool",
  ];
  for (const name of names) {
    const { body } = await ana.post("/groups", { name, is_private: false });
    ids.set(name, body.group_id);
  }
  await ana.post("/groups", { name: "Weekend secrets" });
});

afterAll(() => server.close());

const namesFor = async (query: string, user = bob, path = "/groups?scope=public") => {
  const { status, body } = await user.get(`${path}${path.includes("?") ? "&" : "?"}query=${encodeURIComponent(query)}`);
  expect(status).toBe(200);
  return (body.data as { name: string }[]).map(({ name }) => name);
};

test.each([
  ["week", "Weekend plans"],
  ["PLAN", "Weekend plans"],
  ["plans weekend", "Weekend plans"],
  ["eclair", "Éclair bakers"],
  ["ÉCLAIR", "Éclair bakers"],
  ["οδος", "ΟΔΟΣ walkers"],
  ["STRASSE", "Straße und Garten"],
  ["東京", "東京グルメ"],
  ["☕", "☕ & cake"],
  ["o'b", "O'Brien \\ sons"],
  ["100% w", "100% wool"],
  ["100", "100% wool"],
])("%s finds %s", async (query, name) => {
  expect(await namesFor(query)).toEqual([name]);
  expect(await namesFor(query, bob, "/groups/public")).toEqual([name]);
});

test.each(["eekend", "weekend cake", "'", "\\", ":*", "& |", "!", "secrets", "nothing"])(
  "%s finds none",
  async (query) => {
    expect(await namesFor(query)).toEqual([]);
  },
);

test("a blank query leaves nothing out, one that is too long or broken is refused", async () => {
  expect((await namesFor("  ")).length).toBe(ids.size);
  expectInvalid(await bob.get(`/groups?scope=public&query=${"x".repeat(201)}`), "query");
  expectInvalid(await bob.get("/groups?scope=public&query=%00"), "query");
});

test("one's own are searched as well, the private ones too", async () => {
  expect(await namesFor("week", ana, "/groups")).toEqual(["Weekend secrets", "Weekend plans"]);
  expect(await namesFor("secr", ana, "/groups/my")).toEqual(["Weekend secrets"]);
  expect(await namesFor("week", bob, "/groups")).toEqual([]);
});

test("pages of a search follow each other", async () => {
  for (let index = 0; index < 5; index++) await ana.post("/groups", { name: `Paged ${index}`, is_private: false });
  const seen: string[] = [];
  let cursor = "";
  do {
    const { body } = await bob.get(`/groups?scope=public&query=pag&limit=2&cursor=${cursor}`);
    seen.push(...body.data.map(({ name }: { name: string }) => name));
    cursor = body.next_cursor ?? "";
  } while (cursor);
  expect(seen).toEqual(["Paged 4", "Paged 3", "Paged 2", "Paged 1", "Paged 0"]);
});

test("a group is found by its new name, and no longer by the old one", async () => {
  const { body } = await ana.post("/groups", { name: "Before", is_private: false });
  await ana.put(`/groups/${body.group_id}`, { name: "Afterwards" });
  expect(await namesFor("afterw")).toEqual(["Afterwards"]);
  expect(await namesFor("before")).toEqual([]);
});

test("groups of an older version are found after the next start", async () => {
  const { target, drop } = await newDatabase();
  const older = await startServer({}, target);
  const { groupId, owner } = await newGroup(older, 1, { name: "Oldtimers", is_private: false });
  await older.core.sql`update groups set name_words = null where room_id = ${groupId}`;
  await prepareDatabase(target);
  expect(await namesFor("oldt", owner)).toEqual(["Oldtimers"]);
  await older.close();
  await drop();
});

test("the search goes by an index", async () => {
  const { sql } = server.core;
  await sql`
    with made as (insert into rooms (kind) select 'group' from generate_series(1, 3000) returning id)
    insert into groups (room_id, name, owner_id, is_private, name_words)
    select id, 'Filler ' || id, ${ana.id}, false, array_to_tsvector(array['filler', id::text]) from made`;
  await sql`analyze groups`;
  // However small the table is.
  const plan = await sql.begin(async (tx) => {
    await tx`set local enable_seqscan = off`;
    return tx`explain select 1 from groups where not is_private and name_words @@ ${"'week':*"}::tsquery`;
  });
  expect(JSON.stringify(plan)).toContain("groups_public_words");
});
