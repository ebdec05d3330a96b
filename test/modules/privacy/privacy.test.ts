// What people let others see and do: beginning conversations, adding to groups, and whether they are online.
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

const DEFAULTS = { messages_from: "everyone", groups_from: "everyone", last_seen: true, read_receipts: true };
const open = async (user: User, path = "/ws") => (await server.connect(user, path)).ready();

async function choose(user: User, privacy: object) {
  const answer = await user.put("/me/privacy", privacy);
  expect(answer.status).toBe(200);
  return answer.body.data;
}

async function befriend(a: User, b: User) {
  await a.post(`/friends/requests/${b.id}`);
  await b.post(`/friends/requests/${a.id}`);
}

describe("/me/privacy", () => {
  test("lets others see and do everything until something else is chosen, and keeps what is left out", async () => {
    const user = await server.newUser();
    expect((await user.get("/me/privacy")).body).toEqual({ data: DEFAULTS });
    expect(await choose(user, { last_seen: false })).toEqual({ ...DEFAULTS, last_seen: false });
    const chosen = { ...DEFAULTS, last_seen: false, messages_from: "friends" };
    expect(await choose(user, { messages_from: "friends" })).toEqual(chosen);
    expect(await choose(user, {})).toEqual(chosen);
    expect((await user.get("/me/privacy")).body).toEqual({ data: chosen });
    // It is nobody else's, and not part of the account.
    expect(Object.keys((await user.get("/me")).body.data)).toEqual(["id", "username", "email", "created_at"]);
    await user.put("/me", { locale: "tr" });
    expect((await user.get("/me/privacy")).body).toEqual({ data: chosen });
    expect(await choose(user, DEFAULTS)).toEqual(DEFAULTS);
    const [{ settings } = { settings: null }] = await server.core.db.select().from(users).where(eq(users.id, user.id));
    expect(settings).toEqual({ locale: "tr" });
  });

  test.each([
    [{ messages_from: "nobody" }, "messages_from"],
    [{ groups_from: null }, "groups_from"],
    [{ last_seen: "no" }, "last_seen"],
    [{ read_receipts: 0 }, "read_receipts"],
  ])("refuses %p at %p", async (privacy, field) => {
    expectInvalid(await (await server.newUser()).put("/me/privacy", privacy), field);
  });

  test("needs a session", async () => {
    for (const method of ["GET", "PUT"])
      expectRefusal(await server.call(method, "/me/privacy", method === "PUT" ? {} : undefined), 401, "unauthorized");
  });
});

describe("messages from friends alone", () => {
  test("make strangers find nobody, and leave friends and conversations that exist", async () => {
    const { ali: old, veli: user, conversationId } = await newPair(server);
    const [stranger, friend] = await Promise.all([server.newUser(), server.newUser()]);
    await befriend(friend, user);
    await choose(user, { messages_from: "friends" });
    const refusal = expectRefusal(await stranger.post(`/conversations/${user.id}`), 404, "not_found");
    expect(refusal).toEqual((await stranger.post("/conversations/999999998")).body);
    expect((await stranger.get("/conversations")).body.data).toEqual([]);
    expect((await friend.post(`/conversations/${user.id}`)).status).toBe(200);
    expect((await old.post(`/conversations/${user.id}`)).body).toEqual({ conversation_id: conversationId });
    expect((await old.post(`/messages/${conversationId}`, { body: "still here" })).status).toBe(201);
    // They themselves write to whom they like.
    expect((await user.post(`/conversations/${stranger.id}`)).status).toBe(200);
    await choose(user, { messages_from: "everyone" });
    expect((await (await server.newUser()).post(`/conversations/${user.id}`)).status).toBe(200);
  });
});

describe("groups from friends alone", () => {
  test("are joined by invitation of friends, and by oneself", async () => {
    const { owner, groupId } = await newGroup(server, 1, { is_private: false });
    const user = await server.newUser();
    const add = () => owner.post(`/groups/${groupId}/members`, { user_id: user.id });
    await choose(user, { groups_from: "friends" });
    expectRefusal(await add(), 403, "forbidden");
    expect((await owner.get(`/groups/${groupId}/members`)).body.data).toHaveLength(1);
    expect((await owner.get(`/groups/${groupId}`)).body.data.seq).toBe(0);
    expect((await user.post(`/groups/${groupId}/join`)).status).toBe(200);
    expectRefusal(await add(), 409, "already_member");
    await user.post(`/groups/${groupId}/leave`);
    await befriend(owner, user);
    expect((await add()).status).toBe(201);
  });
});

describe("last seen", () => {
  const shown = async (viewer: User, person: User): Promise<Json> => {
    const friend = (await viewer.get("/friends")).body.data.find(({ id }: Json) => id === person.id);
    return [friend.online, friend.last_seen_at];
  };
  const presence = (data: Json) => ({ type: "presence", data });

  test("that is not shown hides who is online from both sides, at once and from then on, until it is shown again", async () => {
    const [user, friend, other] = await Promise.all([server.newUser(), server.newUser(), server.newUser()]);
    await befriend(user, friend);
    await befriend(friend, other);
    let [own, theirs, third] = await Promise.all([open(user), open(friend), open(other)]);
    await theirs.next("presence", ({ data }) => data.user_id === user.id && data.online);
    while (!(await shown(user, friend))[0]);

    await choose(user, { last_seen: false });
    const gone = { online: false, last_seen_at: null };
    expect(await theirs.next("presence", ({ data }) => data.user_id === user.id)).toEqual(
      presence({ user_id: user.id, ...gone }),
    );
    expect(await own.next("presence", ({ data }) => !data.online)).toEqual(presence({ user_id: friend.id, ...gone }));
    for (const [viewer, person] of [
      [user, friend],
      [friend, user],
    ] as const)
      expect(await shown(viewer, person)).toEqual([false, null]);
    // Nothing changes between the friend and others.
    expect(await shown(friend, other)).toEqual([true, expect.stringMatching(MOMENT)]);

    await own.close();
    own = await open(user);
    await theirs.close();
    await third.next("presence", ({ data }) => data.user_id === friend.id && !data.online);
    theirs = await open(friend);
    await third.next("presence", ({ data }) => data.user_id === friend.id && data.online);
    await own.expectSilence();
    expect(theirs.frames.filter(({ data }) => data?.user_id === user.id)).toEqual([]);

    await choose(user, { last_seen: true });
    for (const [socket, person] of [
      [theirs, user],
      [own, friend],
    ] as const) {
      const frame = await socket.next("presence", ({ data }) => data.user_id === person.id);
      expect(frame.data).toMatchObject({ online: true, last_seen_at: expect.stringMatching(MOMENT) });
    }
    expect(await shown(friend, user)).toEqual([true, expect.stringMatching(MOMENT)]);
    await own.close();
    await theirs.next("presence", ({ data }) => data.user_id === user.id && !data.online);
  });

  test("is not shown to new friends either", async () => {
    const [user, friend] = await Promise.all([server.newUser(), server.newUser()]);
    await choose(user, { last_seen: false });
    const [own, theirs] = await Promise.all([open(user), open(friend)]);
    await befriend(friend, user);
    for (const socket of [own, theirs]) {
      await socket.next("friend.accepted");
      await socket.expectSilence();
    }
    expect(await shown(friend, user)).toEqual([false, null]);
    expect(await shown(user, friend)).toEqual([false, null]);
  });

  test("of two friends is shown when both show it, whoever of them changes it at the same moment", async () => {
    const [a, b] = await Promise.all([server.newUser(), server.newUser()]);
    await befriend(a, b);
    const notes = async () =>
      (
        await server.core.sql<{ hides: boolean }[]>`
        select hides_presence as hides from friends where user_id in (${a.id}, ${b.id})`
      ).map(({ hides }) => hides);
    let [ofA, ofB] = [true, true];
    for (let round = 0; round < 16; round++) {
      [ofA, ofB] = [round % 2 === 0, round % 4 < 2 === ofA];
      await Promise.all([choose(a, { last_seen: ofA }), choose(b, { last_seen: ofB })]);
      const hides = !ofA || !ofB;
      expect([round, ...(await notes())]).toEqual([round, hides, hides]);
    }
  });
});
