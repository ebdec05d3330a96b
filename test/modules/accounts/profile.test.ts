// What people show of themselves: who sets it, where it is shown, and that those who have not set it look as they always did.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { users } from "../../../src/db/schema.ts";
import {
  expectInvalid,
  expectRefusal,
  type Json,
  MOMENT,
  newGroup,
  newPair,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const set = async (user: User, profile: object) => {
  const answer = await user.put("/me", profile);
  expect(answer.status).toBe(200);
  return answer.body.data as Json;
};
const member = async (group: string, reader: User, id: number): Promise<Json> =>
  (await reader.get(`${group}/members`)).body.data.find((one: Json) => one.user_id === id);

/** As everybody shows `person`: in each list that has people in it. */
async function shownOf(person: User) {
  const viewer = await server.newUser();
  await viewer.post(`/friends/requests/${person.id}`);
  const incoming = (await person.get("/friends/requests")).body.data[0];
  const outgoing = (await viewer.get("/friends/requests?direction=outgoing")).body.data[0];
  await person.post(`/requests/${incoming.id}/accept`);
  await viewer.post(`/conversations/${person.id}`);
  const { body: created } = await viewer.post("/groups", { name: "Shown" });
  const group = `/groups/${created.group_id}`;
  const added = (await viewer.post(`${group}/members`, { user_id: person.id })).body.data;
  const shown = {
    search: (await viewer.get(`/users?query=${person.username}`)).body.data[0],
    receiver: outgoing.receiver,
    friend: (await viewer.get("/friends")).body.data[0],
    peer: (await viewer.get("/conversations")).body.data[0].peer,
    added,
    member: await member(group, viewer, person.id),
    ban: (await viewer.put(`${group}/bans/${person.id}`)).body.data,
    listedBan: (await viewer.get(`${group}/bans`)).body.data[0],
    block: (await viewer.put(`/blocks/${person.id}`)).body.data,
    listedBlock: (await viewer.get("/blocks")).body.data[0],
  };
  return shown as Record<string, Json>;
}

const PROFILE = {
  display_name: "Ece Öz",
  status: { text: "Away", emoji: "🏖️", until: "2099-01-01T00:00:00.000000+00:00" },
};

describe("a profile", () => {
  test("is shown wherever the person is", async () => {
    const person = await server.newUser();
    await set(person, PROFILE);
    for (const [where, shown] of Object.entries(await shownOf(person)))
      expect([where, shown]).toEqual([where, expect.objectContaining({ username: person.username, ...PROFILE })]);
  });

  test("that nobody has set changes nothing of what is shown", async () => {
    const person = await server.newUser();
    const { search, receiver, peer, friend, added, member, ban, block } = await shownOf(person);
    const plain = { id: person.id, username: person.username };
    for (const shown of [search, receiver, peer]) expect(JSON.stringify(shown)).toBe(JSON.stringify(plain));
    expect(Object.keys(friend!)).toEqual(["id", "username", "friends_since", "online", "last_seen_at"]);
    expect(Object.keys(block!)).toEqual(["id", "username", "blocked_at"]);
    expect(Object.keys(ban!)).toEqual(["user_id", "username", "reason", "until", "actor_id", "banned_at"]);
    const ofMember = ["user_id", "username", "role", "is_muted", "muted_until", "joined_at"];
    for (const shown of [added, member])
      expect(Object.keys(shown!)).toEqual([...ofMember, "read_seq", "delivered_seq", "last_read_message_id"]);
    expect(Object.keys((await person.get("/me")).body.data)).toEqual(["id", "username", "email", "created_at"]);
  });

  test("is in no message and no event of a room", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const { owner, others, groupId } = await newGroup(server, 2);
    const plain: string[] = [];
    const read = async () => {
      const texts: string[] = [];
      for (const [reader, path] of [
        [veli, `/ws/conversations/${conversationId}`],
        [others[0]!, `/ws/groups/${groupId}`],
      ] as const) {
        const socket = await (await server.connect(reader, path)).ready();
        const sender = reader === veli ? ali : owner;
        const to = reader === veli ? `/messages/${conversationId}` : `/groups/${groupId}/messages`;
        await sender.post(to, { body: "hello" });
        const frame = await socket.find("a message", ({ type }) => type.endsWith("message.new"));
        const masked = {
          ...frame,
          seq: 0,
          data: { ...frame.data, id: 0, seq: 0, created_at: "", client_id: "", delivered_at: "" },
        };
        texts.push(JSON.stringify(masked));
        socket.close();
      }
      return texts;
    };
    plain.push(...(await read()));
    await set(ali, PROFILE);
    await set(owner, PROFILE);
    expect(await read()).toEqual(plain);
  });

  test("is kept where it is left out, and taken away by null", async () => {
    const user = await server.newUser();
    const all = { ...PROFILE, locale: "tr-TR", time_zone: "Europe/Istanbul" };
    const account = { id: user.id, username: user.username, email: expect.any(String), created_at: expect.any(String) };
    expect(await set(user, all)).toEqual({ ...account, ...all });
    expect(await set(user, {})).toEqual({ ...account, ...all });
    expect((await user.get("/me")).body.data).toEqual({ ...account, ...all });
    expect(await set(user, { status: null, time_zone: null })).toEqual({
      ...account,
      display_name: "Ece Öz",
      locale: "tr-TR",
    });
    expect(await set(user, { display_name: null, locale: null })).toEqual(account);
  });

  test("is stored as JSON, and settings that are gone leave nothing behind", async () => {
    const user = await server.newUser();
    const stored = async () =>
      (
        await server.core.sql`
        select jsonb_typeof(status) as status, jsonb_typeof(settings) as settings from users where id = ${user.id}`
      )[0];
    await set(user, { status: { text: "here" }, locale: "tr" });
    expect({ ...(await stored()) }).toEqual({ status: "object", settings: "object" });
    await set(user, { status: null, locale: null });
    expect({ ...(await stored()) }).toEqual({ status: null, settings: null });
  });

  test("needs a session", async () => {
    expectRefusal(await server.call("PUT", "/me", { display_name: "Nobody" }), 401, "unauthorized");
  });
});

describe("a display name", () => {
  test("may be of any script, with emoji and spaces, and is trimmed", async () => {
    const user = await server.newUser();
    for (const name of ["  Ayşe Nur ", "李小龍", "علی‌رضا", "👩‍👩‍👧 Öz", "葛󠄀城", "A", "𝔸".repeat(50), "42"])
      expect((await set(user, { display_name: name })).display_name).toBe(name.trim());
  });

  test.each([
    "",
    "   ",
    "a".repeat(51),
    "tab\there",
    "line\nbreak",
    "\u202eilA",
    "\u2066Ali",
    "Al\u200bi",
    "Al\u00adi",
    "Ali\ufeffx",
    "Ali\u200f",
    "\u3164",
    "nul\0",
    "\u200d",
    7,
  ])("%p is refused at its field, and nothing changes", async (display_name) => {
    const user = await server.newUser();
    await set(user, { display_name: "Before" });
    expectInvalid(await user.put("/me", { display_name, status: { text: "new" } }), "display_name");
    const { data } = (await user.get("/me")).body;
    expect([data.display_name, data.status]).toEqual(["Before", undefined]);
  });

  test("is nobody else's username, in any spelling", async () => {
    const [user, other] = await Promise.all([server.newUser(), server.newUser("Mustafa_K")]);
    for (const name of ["mustafa_k", "MUSTAFA_K", "Mus tafa _ K", "ｍｕｓｔａｆａ_k", "Mu\u200dstafa_K", "Mustаfa_K"])
      expectRefusal(await user.put("/me", { display_name: name }), 409, "name_taken");
    expect((await user.get("/me")).body.data.display_name).toBeUndefined();
    expect((await set(other, { display_name: "mustafa_k" })).display_name).toBe("mustafa_k");
  });

  test("may be another's display name, and reserves no username", async () => {
    const [first, second] = await Promise.all([server.newUser(), server.newUser()]);
    for (const user of [first, second]) await set(user, { display_name: "Yunus_E" });
    const input = { username: "Yunus_E", email: "yunus@example.com", password: "StrongPassword123" };
    expect((await server.call("POST", "/register", input)).status).toBe(201);
    // What it was is no change.
    expect((await set(first, { display_name: "Yunus_E", locale: "tr" })).locale).toBe("tr");
  });
});

describe("a status", () => {
  test("may be text or an emoji alone, and ends in the wire's form of its moment", async () => {
    const user = await server.newUser();
    expect((await set(user, { status: { text: " At lunch " } })).status).toEqual({ text: "At lunch" });
    expect((await set(user, { status: { text: "", emoji: "🏴󠁧󠁢󠁳󠁣󠁴󠁿" } })).status).toEqual({ text: "", emoji: "🏴󠁧󠁢󠁳󠁣󠁴󠁿" });
    const { status } = await set(user, { status: { text: "x", until: "2098-12-31T23:30:00.1234567-02:00" } });
    expect(status.until).toBe("2099-01-01T01:30:00.123456+00:00");
    expect(status.until).toMatch(MOMENT);
  });

  test("is no longer shown past its end, to others and to oneself", async () => {
    const [user, other] = await Promise.all([server.newUser(), server.newUser()]);
    await set(user, { status: { text: "soon over", until: "2099-01-01T00:00:00Z" } });
    const past = { text: "soon over", until: "2020-01-01T00:00:00.000000+00:00" };
    await server.core.db.update(users).set({ status: past }).where(eq(users.id, user.id));
    expect((await user.get("/me")).body.data.status).toBeUndefined();
    expect((await other.get(`/users?query=${user.username}`)).body.data).toEqual([
      { id: user.id, username: user.username },
    ]);
  });

  test.each([
    [{ text: "" }, "status.text"],
    [{ text: "a".repeat(101) }, "status.text"],
    [{ text: "two\nlines" }, "status.text"],
    [{}, "status.text"],
    [{ text: 5 }, "status.text"],
    [{ text: "x", emoji: "x" }, "status.emoji"],
    [{ text: "x", emoji: "👍👍" }, "status.emoji"],
    [{ text: "x", emoji: "" }, "status.emoji"],
    [{ text: "x", until: "2020-01-01T00:00:00Z" }, "status.until"],
    [{ text: "x", until: "tomorrow" }, "status.until"],
    ["x", "status"],
  ] as const)("%p is refused at %p", async (status, field) => {
    const user = await server.newUser();
    expectInvalid(await user.put("/me", { status }), field);
  });
});

test.each([
  [{ locale: "no locale" }, "locale"],
  [{ locale: "" }, "locale"],
  [{ time_zone: "Mars/Olympus" }, "time_zone"],
  [{ time_zone: "" }, "time_zone"],
  [{ locale: 5 }, "locale"],
] as const)("the settings %p are refused at %p", async (input, field) => {
  const user = await server.newUser();
  expectInvalid(await user.put("/me", input), field);
});
