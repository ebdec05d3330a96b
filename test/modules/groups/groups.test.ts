// Groups themselves: making, seeing, listing, changing and deleting them. Who may do what is in roles.test.ts.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  expectInvalid,
  expectRefusal,
  MOMENT,
  newGroup,
  newPair,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";
import { PATIENCE_MS } from "../../support/patience.ts";
import { openLocks } from "../../support/room-lock.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const idsOf = (answer: { body: { data: { id: number }[] } }) => answer.body.data.map(({ id }) => id);
const say = (user: User, groupId: number, body: string) => user.post(`/groups/${groupId}/messages`, { body });

describe("POST /groups", () => {
  test("answers 201 with group_id and the group, private and its maker's", async () => {
    const user = await server.newUser();
    const { status, body } = await user.post("/groups", { name: "  Weekend ", description: " Where to? " });
    expect(status).toBe(201);
    const moment = expect.stringMatching(MOMENT);
    expect(body).toEqual({
      group_id: expect.any(Number),
      data: {
        id: body.group_id,
        name: "Weekend",
        description: "Where to?",
        is_private: true,
        owner_id: user.id,
        member_count: 1,
        role: "owner",
        is_muted: false,
        muted_until: null,
        last_message: null,
        unread_count: 0,
        seq: expect.any(Number),
        last_activity_at: moment,
        created_at: moment,
      },
    });
    expect((await user.get(`/groups/${body.group_id}`)).body).toEqual({ data: body.data });
  });

  test("makes a public one when told, and leaves the description empty", async () => {
    const user = await server.newUser();
    const { body } = await user.post("/groups", { name: "Open", is_private: false });
    expect(body.data.is_private).toBe(false);
    expect(body.data.description).toBe("");
  });

  test("takes names of 1 to 50 characters and descriptions of up to 255, counted as people count", async () => {
    const user = await server.newUser();
    for (const character of ["x", "ğ", "😀"]) {
      const input = { name: ` ${character.repeat(50)} `, description: character.repeat(255) };
      const { status, body } = await user.post("/groups", input);
      expect(status).toBe(201);
      expect(body.data).toMatchObject({ name: character.repeat(50), description: character.repeat(255) });
      expectInvalid(await user.post("/groups", { name: character.repeat(51) }), "name");
      expectInvalid(await user.post("/groups", { name: "x", description: character.repeat(256) }), "description");
    }
    expect((await user.post("/groups", { name: "x" })).status).toBe(201);
  });

  test.each([
    ["name", {}],
    ["name", { name: "" }],
    ["name", { name: " \t" }],
    ["name", { name: 7 }],
    ["name", { name: null }],
    ["description", { name: "x", description: 7 }],
    ["is_private", { name: "x", is_private: "yes" }],
    ["is_private", { name: "x", is_private: 1 }],
  ])("refuses a wrong %s: %j", async (field, input) => {
    const user = await server.newUser();
    expectInvalid(await user.post("/groups", input), field);
    expect((await user.get("/groups")).body.data).toEqual([]);
  });
});

describe("GET /groups/{id}", () => {
  test("shows each member their own role and unread count", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const { body } = await say(owner, groupId, "hello");
    const seen = await others[0]!.get(`/groups/${groupId}`);
    expect(seen.body.data).toMatchObject({ role: "member", unread_count: 1, member_count: 2, last_message: body.data });
    expect((await owner.get(`/groups/${groupId}`)).body.data).toMatchObject({ role: "owner", unread_count: 0 });
  });

  test("shows a public group to outsiders, but not what is said in it", async () => {
    const { owner, groupId } = await newGroup(server, 1, { is_private: false });
    await say(owner, groupId, "among us");
    const outsider = await server.newUser();
    const { status, body } = await outsider.get(`/groups/${groupId}`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ id: groupId, role: null, last_message: null, unread_count: 0, member_count: 1 });
    expectRefusal(await outsider.get(`/groups/${groupId}/messages`), 403, "forbidden");
  });

  test("hides a private group like one that never was", async () => {
    const [{ groupId }, outsider] = await Promise.all([newGroup(server, 1), server.newUser()]);
    const hidden = await outsider.get(`/groups/${groupId}`);
    expectRefusal(hidden, 404, "not_found");
    expect(hidden.body).toEqual((await outsider.get("/groups/999999999")).body);
  });

  test("finds no conversation under its number", async () => {
    const { ali, conversationId } = await newPair(server);
    expectRefusal(await ali.get(`/groups/${conversationId}`), 404, "not_found");
    expectRefusal(await ali.delete(`/groups/${conversationId}`), 404, "not_found");
    expectRefusal(await ali.post(`/groups/${conversationId}/join`), 404, "not_found");
  });
});

describe("lists of groups", () => {
  test("hold one's own by newest activity, the same under both names", async () => {
    const [user, friend] = await Promise.all([server.newUser(), server.newUser()]);
    const groups: number[] = [];
    for (const name of ["a", "b", "c"]) groups.push((await user.post("/groups", { name })).body.group_id);
    const [a, b, c] = groups as [number, number, number];
    await newGroup(server, 1, { is_private: false });
    expect(idsOf(await user.get("/groups"))).toEqual([c, b, a]);
    await say(user, b, "hello");
    await user.post(`/groups/${a}/members`, { user_id: friend.id });
    const mine = await user.get("/groups");
    expect(idsOf(mine)).toEqual([a, b, c]);
    expect(mine.body.next_cursor).toBeNull();
    expect(Object.keys(mine.body).sort()).toEqual(["data", "next_cursor"]);
    for (const path of ["/groups/my", "/groups?scope=mine"]) expect((await user.get(path)).body).toEqual(mine.body);
    expect(idsOf(await friend.get("/groups"))).toEqual([a]);
  });

  test("hold the public ones with scope=public and under /groups/public, never a private one", async () => {
    const user = await server.newUser();
    const [open, closed] = await Promise.all([newGroup(server, 1, { is_private: false }), newGroup(server, 1)]);
    const mine = await user.post("/groups", { name: "Own and private" });
    const listed = await user.get("/groups?scope=public");
    expect(idsOf(listed)).toContain(open.groupId);
    expect(idsOf(listed)).not.toContain(closed.groupId);
    expect(idsOf(listed)).not.toContain(mine.body.group_id);
    for (const group of listed.body.data) expect(group.is_private).toBe(false);
    expect((await user.get("/groups/public")).body).toEqual(listed.body);
  });

  test("go on page by page, each group once", async () => {
    const user = await server.newUser();
    const made: number[] = [];
    for (let i = 0; i < 5; i++)
      made.unshift((await user.post("/groups", { name: `${i}`, is_private: false })).body.group_id);
    for (const path of ["/groups", "/groups/my", "/groups/public", "/groups?scope=public"]) {
      const found: number[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const query = `limit=2${cursor && `&cursor=${cursor}`}`;
        const answer = await user.get(`${path}${path.includes("?") ? "&" : "?"}${query}`);
        expect(answer.body.data.length).toBeLessThanOrEqual(2);
        found.push(...idsOf(answer));
        cursor = answer.body.next_cursor;
      }
      expect(new Set(found).size).toBe(found.length);
      expect(found.filter((id) => made.includes(id))).toEqual(made);
    }
  });

  test("count unread up to 100 and show the last message", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    await Promise.all(Array.from({ length: 101 }, (_, i) => say(owner, groupId, `${i}`)));
    const { body } = await say(others[0]!, groupId, "mine");
    expect((await others[0]!.get("/groups")).body.data[0]).toMatchObject({
      unread_count: 100,
      last_message: body.data,
    });
    expect((await owner.get("/groups")).body.data[0]).toMatchObject({ unread_count: 1, last_message: body.data });
  });

  test("refuse a scope that there is none of", async () => {
    const user = await server.newUser();
    expectInvalid(await user.get("/groups?scope=secret"), "scope");
  });
});

describe("changing a group", () => {
  test("sets the name, the description or both, and everyone sees it", async () => {
    const { owner, others, groupId } = await newGroup(server, 2, { description: "old" });
    const renamed = await owner.put(`/groups/${groupId}`, { name: " New " });
    expect(renamed.status).toBe(200);
    expect(renamed.body.data).toMatchObject({ id: groupId, name: "New", description: "old" });
    await owner.put(`/groups/${groupId}`, { description: "" });
    expect((await others[0]!.get(`/groups/${groupId}`)).body.data).toMatchObject({ name: "New", description: "" });
  });

  test("to what it is already takes no place", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    const { body } = await owner.get(`/groups/${groupId}`);
    expect((await owner.put(`/groups/${groupId}`, { name: "Weekend" })).body).toEqual(body);
    expect((await owner.put(`/groups/${groupId}/visibility`, { is_private: true })).body).toEqual(body);
    expect((await owner.put(`/groups/${groupId}`, { name: "Other" })).body.data.seq).toBe(body.data.seq + 1);
  });

  test("refuses nothing at all, an empty name and texts that are too long", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    for (const input of [{}, { name: "" }, { name: "  " }, { name: "x".repeat(51) }, { name: null }]) {
      expectInvalid(await owner.put(`/groups/${groupId}`, input), "name");
    }
    expectInvalid(await owner.put(`/groups/${groupId}`, { description: "x".repeat(256) }), "description");
    for (const input of [{}, { is_private: "no" }]) {
      expectInvalid(await owner.put(`/groups/${groupId}/visibility`, input), "is_private");
    }
  });

  test("opens it to everyone and closes it again, its members staying", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const outsider = await server.newUser();
    const opened = await owner.put(`/groups/${groupId}/visibility`, { is_private: false });
    expect(opened.body.data.is_private).toBe(false);
    expect((await outsider.get(`/groups/${groupId}`)).status).toBe(200);
    await owner.put(`/groups/${groupId}/visibility`, { is_private: true });
    expectRefusal(await outsider.get(`/groups/${groupId}`), 404, "not_found");
    expect((await others[0]!.get(`/groups/${groupId}`)).body.data.is_private).toBe(true);
  });
});

test.each([
  ["the list", (_id: number) => "/groups"],
  ["a group", (id: number) => `/groups/${id}`],
])("%s has name, members and seq of one moment, whatever happens while it is read", async (_what, path) => {
  const patient = await startServer({ lockTimeoutMs: PATIENCE_MS }, server.target);
  const { owner, groupId } = await newGroup(patient, 1);
  const other = await server.newUser();
  const locks = openLocks(server);
  // The list itself is read, and what is counted waits.
  const release = await locks.hold("lock table mentions in access exclusive mode");
  const answer = owner.get(path(groupId));
  await locks.queued(1);
  const renamed = owner.put(`/groups/${groupId}`, { name: "Renamed" });
  await locks.queued(2);
  await locks.sql`
    insert into members (room_id, user_id, role) values (${groupId}, ${other.id}, 'member')`;
  await release();
  const { data } = (await answer).body;
  const group = Array.isArray(data) ? data[0] : data;
  expect(group).toMatchObject({ id: groupId, name: "Renamed", member_count: 2, seq: 1 });
  expect((await renamed).status).toBe(200);
  await locks.close();
  await patient.close();
});
