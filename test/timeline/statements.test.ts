// Every statement of the hot paths names the room of each row of a room that it touches: distributed by room, it then runs where that
// room is (docs/scaling.md). What is sent to the database is looked at, and the bodies of the functions there.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Glob } from "bun";
import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import * as schema from "../../src/db/schema.ts";
import { newDatabase, newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { PostgresProxy } from "../support/postgres-proxy.ts";

const FUNCTIONS = new URL("../../src/db/functions/", import.meta.url).pathname;

let database: Awaited<ReturnType<typeof newDatabase>>;
let proxy: PostgresProxy;
let server: TestServer;
beforeAll(async () => {
  database = await newDatabase();
  proxy = await PostgresProxy.to(database.target);
  server = await startServer({}, proxy.target);
});
afterAll(async () => {
  await server.close();
  await proxy.close();
  await database.drop();
});

const roomTables = Object.values<unknown>(schema)
  .filter((value): value is PgTable => is(value, PgTable))
  .map(getTableConfig)
  .filter(({ name, columns }) => name === "rooms" || columns.some((column) => column.name === "room_id"))
  .map(({ name }) => name);

const NAMES = roomTables.join("|");
// What may follow a table in place of an alias.
const NEXT = "on|set|where|for|left|inner|join|cross|order|limit|using|values|as|group";
const REFERENCE = new RegExp(
  `\\b(?:from|join|into|update) (${NAMES})\\b(?: (?:as )?(?!(?:${NEXT})\\b)([a-z]\\w*))?`,
  "gi",
);

/** The tables of rooms that a statement touches without saying of which rooms, or for messages by which ids. */
function unboundIn(statement: string): string[] {
  const text = statement
    .replaceAll(/--.*$/gm, "")
    .replaceAll('"', "")
    .replaceAll(/\s+/g, " ")
    // (A column that the planner is to find no index for.)
    .replaceAll(" + 0 ", " ");
  return [...text.matchAll(REFERENCE)].flatMap(([reference, table, alias]) => {
    if (/^into/i.test(reference)) return table === "rooms" || text.includes("room_id") ? [] : [table!];
    const columns = table === "rooms" ? ["id"] : table === "events" ? ["room_id", "id"] : ["room_id"];
    const isBound = columns.some((column) => {
      const name = alias || text.includes(`${table}.`) ? `\\b${alias ?? table}\\.${column}` : `(?<!\\.)\\b${column}`;
      return new RegExp(`${name} (=|in\\b)|= ${name}\\b|\\(${name}(, [\\w.]+)*\\) in\\b`, "i").test(text);
    });
    return isBound ? [] : [`${table} ${alias ?? ""}`.trim()];
  });
}

/** By their beginnings. */
const ELSEWHERE = [
  // At the start, every few seconds, or in the background.
  "select coalesce(max(id), 0) as id from events",
  "select e.epoch, coalesce(",
  "select r.id from rooms r where r.kind = 'group' and not exists",
];

test("the statements of the hot paths name the rooms of what they touch", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const { owner, groupId } = await newGroup(server, 3);
  const onA = await (await server.connect(ali, "/ws")).ready();
  const onV = await (await server.connect(veli, `/ws/conversations/${conversationId}`)).ready();
  const path = `/messages/${conversationId}`;
  onA.send({ type: "message.send", conversation_id: conversationId, body: "hello", client_id: crypto.randomUUID() });
  const { id } = (await onV.next("message.new")).data;
  await ali.put(`${path}/${id}`, { body: "hello there" });
  onV.send({ type: "conversation.read", last_message_id: id });
  await onA.next("conversation.read");
  await ali.delete(`${path}/${id}`);
  for (const query of ["", "?page=1", `?before=${id}`, `?after=${id}`, `?around=${id}`])
    await veli.get(`${path}${query}`);
  await owner.post(`/groups/${groupId}/messages`, { body: "hello" });
  onA.send({ type: "resume", rooms: { [`conversation:${conversationId}`]: 0 } });
  await onA.next("resumed");
  const statements = [...proxy.statements].map((statement) => statement.replaceAll(/\s+/g, " ").trim());
  const touching = statements.filter((statement) => statement.replaceAll('"', "").search(REFERENCE) >= 0);
  expect(touching.length).toBeGreaterThan(10);
  const unbound = touching
    .filter((statement) => !ELSEWHERE.some((beginning) => statement.startsWith(beginning)))
    .flatMap((statement) => unboundIn(statement).map((table) => `${table}: ${statement}`));
  expect(unbound).toEqual([]);
});

test("the functions of the hot paths name the rooms of what they touch, in each of their statements", async () => {
  const unbound: string[] = [];
  let count = 0;
  for await (const file of new Glob("*.sql").scan(FUNCTIONS)) {
    for (const statement of (await Bun.file(FUNCTIONS + file).text()).split(";")) {
      count++;
      unbound.push(...unboundIn(statement).map((table) => `${file}: ${table}`));
    }
  }
  expect(count).toBeGreaterThan(50);
  // A file is released when no message of any room has it any more.
  expect(unbound.toSorted()).toEqual(["drop_files_1.sql: file_uses u", "release_files_1.sql: file_uses u"]);
});

test.each([
  ["select 1 from events where kind = 'message'", ["events"]],
  ["select 1 from members m where m.user_id = $1", ["members m"]],
  ["update members set read_seq = 1 where user_id = $1", ["members"]],
  ['select 1 from "members" where ("members"."room_id" = $1)', []],
  ["select 1 from events e join members m on m.user_id = e.actor_id where e.room_id = $1", ["members m"]],
  ["select 1 from events e where e.id = any ($1)", []],
])("a statement that does not name them is noticed: %s", (statement, unbound) => {
  expect(unboundIn(statement)).toEqual(unbound);
});
