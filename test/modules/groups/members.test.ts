// Who is in a group: adding, joining, leaving, removing, and how far each has read.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  expectInvalid,
  expectRefusal,
  MOMENT,
  newGroup,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const say = async (user: User, groupId: number, body: string) =>
  (await user.post(`/groups/${groupId}/messages`, { body })).body.data;
const membersOf = async (user: User, groupId: number) => (await user.get(`/groups/${groupId}/members`)).body.data;
const idsIn = async (user: User, groupId: number) =>
  (await membersOf(user, groupId)).map(({ user_id }: { user_id: number }) => user_id);
const openGroup = () => newGroup(server, 1, { is_private: false });

describe("adding", () => {
  test("answers 201 with the new member, who then sees the group", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    const veli = await server.newUser();
    const { status, body } = await owner.post(`/groups/${groupId}/members`, { user_id: veli.id });
    expect(status).toBe(201);
    expect(body).toEqual({
      data: {
        user_id: veli.id,
        username: veli.username,
        role: "member",
        is_muted: false,
        muted_until: null,
        joined_at: expect.stringMatching(MOMENT),
        read_seq: expect.any(Number),
        delivered_seq: expect.any(Number),
        last_read_message_id: null,
      },
    });
    expect((await veli.get(`/groups/${groupId}`)).body.data).toMatchObject({ role: "member", member_count: 2 });
  });

  test("a member is refused, oneself included", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    for (const user of [others[0]!, owner]) {
      expectRefusal(await owner.post(`/groups/${groupId}/members`, { user_id: user.id }), 409, "already_member");
    }
  });

  test("the same person ten times at once makes one member", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    const veli = await server.newUser();
    const add = () => owner.post(`/groups/${groupId}/members`, { user_id: veli.id });
    const answers = await Promise.all(Array.from({ length: 10 }, add));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)]);
    expect(await idsIn(owner, groupId)).toEqual([owner.id, veli.id].sort((a, b) => a - b));
  });

  test("nobody is not found", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    expectRefusal(await owner.post(`/groups/${groupId}/members`, { user_id: 999_999_999 }), 404, "not_found");
  });

  test("takes an id and nothing like one", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    for (const user_id of [0, -1, 1.5, "1", null, [1], 2 ** 53]) {
      expectInvalid(await owner.post(`/groups/${groupId}/members`, { user_id }), "user_id");
    }
    expectInvalid(await owner.post(`/groups/${groupId}/members`, {}), "user_id");
  });
});

describe("the list of members", () => {
  test("stands in the order of ids, page by page, with everyone's role", async () => {
    const { owner, others, groupId } = await newGroup(server, 5);
    await owner.put(`/groups/${groupId}/members/${others[1]!.id}/role`, { role: "admin" });
    const found: { user_id: number; role: string }[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { body } = await others[0]!.get(`/groups/${groupId}/members?limit=2${cursor && `&cursor=${cursor}`}`);
      found.push(...body.data);
      cursor = body.next_cursor;
    }
    const roles = new Map([owner, ...others].map(({ id }) => [id, "member"]));
    roles.set(owner.id, "owner").set(others[1]!.id, "admin");
    expect(found.map(({ user_id, role }) => [user_id, role])).toEqual([...roles].sort(([a], [b]) => a - b));
  });

  test("is for members: a private group isn't there for others, a public one asks them to join", async () => {
    const outsider = await server.newUser();
    const [closed, open] = await Promise.all([newGroup(server, 1), openGroup()]);
    expectRefusal(await outsider.get(`/groups/${closed.groupId}/members`), 404, "not_found");
    expectRefusal(await outsider.get(`/groups/${open.groupId}/members`), 403, "forbidden");
  });
});

describe("joining", () => {
  test("a public group answers with it, and one may speak", async () => {
    const { owner, groupId } = await openGroup();
    const veli = await server.newUser();
    expectRefusal(await veli.post(`/groups/${groupId}/messages`, { body: "too early" }), 403, "forbidden");
    const { status, body } = await veli.post(`/groups/${groupId}/join`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ id: groupId, role: "member", member_count: 2 });
    expect((await veli.post(`/groups/${groupId}/messages`, { body: "hello" })).status).toBe(201);
    expect(await idsIn(owner, groupId)).toContain(veli.id);
  });

  test("a private group is not possible: it isn't there", async () => {
    const [{ groupId }, veli] = await Promise.all([newGroup(server, 1), server.newUser()]);
    expectRefusal(await veli.post(`/groups/${groupId}/join`), 404, "not_found");
    expectRefusal(await veli.post("/groups/999999999/join"), 404, "not_found");
  });

  test("where one is already is refused, in private groups too", async () => {
    const [open, closed] = await Promise.all([openGroup(), newGroup(server, 2)]);
    expectRefusal(await open.owner.post(`/groups/${open.groupId}/join`), 409, "already_member");
    expectRefusal(await closed.others[0]!.post(`/groups/${closed.groupId}/join`), 409, "already_member");
  });

  test("ten times at once makes one member and nine refusals", async () => {
    const [{ owner, groupId }, veli] = await Promise.all([openGroup(), server.newUser()]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => veli.post(`/groups/${groupId}/join`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    for (const answer of answers.filter(({ status }) => status === 409)) expectRefusal(answer, 409, "already_member");
    expect(await membersOf(owner, groupId)).toHaveLength(2);
  });

  test("by ten people at once lets all of them in", async () => {
    const { owner, groupId } = await openGroup();
    const crowd = await Promise.all(Array.from({ length: 10 }, () => server.newUser()));
    const answers = await Promise.all(crowd.map((user) => user.post(`/groups/${groupId}/join`)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect((await owner.get(`/groups/${groupId}`)).body.data.member_count).toBe(11);
  });

  test("shows what was said before, but doesn't count it as unread", async () => {
    const { owner, groupId } = await openGroup();
    await say(owner, groupId, "before");
    const veli = await server.newUser();
    await veli.post(`/groups/${groupId}/join`);
    expect((await veli.get(`/groups/${groupId}`)).body.data.unread_count).toBe(0);
    expect((await veli.get(`/groups/${groupId}/messages`)).body.data).toHaveLength(1);
    await say(owner, groupId, "after");
    expect((await veli.get(`/groups/${groupId}`)).body.data.unread_count).toBe(1);
  });
});

describe("leaving", () => {
  const ways: [string, (user: User, groupId: number) => ReturnType<User["post"]>][] = [
    ["POST leave", (user, groupId) => user.post(`/groups/${groupId}/leave`)],
    ["DELETE members/me", (user, groupId) => user.delete(`/groups/${groupId}/members/me`)],
    ["DELETE members/{own id}", (user, groupId) => user.delete(`/groups/${groupId}/members/${user.id}`)],
  ];
  test.each(ways)("by %s takes oneself out of the group, and nobody else", async (_way, leave) => {
    const { owner, others, groupId } = await newGroup(server, 3);
    const [veli, ayse] = others as [User, User];
    const { status, body } = await leave(veli, groupId);
    expect(status).toBe(200);
    expect(body).toEqual({ detail: expect.any(String) });
    expect(await idsIn(owner, groupId)).toEqual([owner.id, ayse.id].sort((a, b) => a - b));
    expect((await veli.get("/groups")).body.data).toEqual([]);
    for (const answer of [
      await veli.get(`/groups/${groupId}`),
      await veli.get(`/groups/${groupId}/messages`),
      await veli.post(`/groups/${groupId}/messages`, { body: "still here" }),
      await leave(veli, groupId),
    ]) {
      expectRefusal(answer, 404, "not_found");
    }
  });

  test.each(ways)("by %s is not for the owner", async (_way, leave) => {
    const { owner, groupId } = await newGroup(server, 2);
    expectRefusal(await leave(owner, groupId), 409, "owner_must_stay");
    expect((await owner.get(`/groups/${groupId}`)).body.data.role).toBe("owner");
  });

  test("a public group one is not in is refused, and one can come back to it", async () => {
    const [{ groupId }, veli] = await Promise.all([openGroup(), server.newUser()]);
    expectRefusal(await veli.post(`/groups/${groupId}/leave`), 403, "forbidden");
    await veli.post(`/groups/${groupId}/join`);
    await veli.post(`/groups/${groupId}/leave`);
    expect((await veli.post(`/groups/${groupId}/join`)).status).toBe(200);
  });

  test("under the word me works for no other call by accident", async () => {
    const { owner, groupId } = await newGroup(server, 2);
    for (const action of ["role", "mute", "unmute"]) {
      const answer = await owner.put(`/groups/${groupId}/members/me/${action}`, { role: "admin" });
      expectInvalid(answer, "member_id");
    }
  });
});

describe("removing", () => {
  test("takes the member out at once: the group is gone for them, what they said stays", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const veli = others[0]!;
    const message = await say(veli, groupId, "I was here");
    const { status, body } = await owner.delete(`/groups/${groupId}/members/${veli.id}`);
    expect(status).toBe(200);
    expect(body).toEqual({ detail: expect.any(String) });
    expectRefusal(await veli.get(`/groups/${groupId}`), 404, "not_found");
    expectRefusal(await veli.post(`/groups/${groupId}/messages`, { body: "x" }), 404, "not_found");
    expect((await owner.get(`/groups/${groupId}/messages`)).body.data).toEqual([message]);
  });

  test("who isn't a member is not found", async () => {
    const [{ owner, groupId }, stranger] = await Promise.all([newGroup(server, 1), server.newUser()]);
    for (const id of [stranger.id, 999_999_999]) {
      expectRefusal(await owner.delete(`/groups/${groupId}/members/${id}`), 404, "not_found");
    }
  });

  test("lets them be added again, without their old role", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const path = `/groups/${groupId}/members`;
    await owner.put(`${path}/${others[0]!.id}/role`, { role: "admin" });
    await owner.delete(`${path}/${others[0]!.id}`);
    const { body } = await owner.post(path, { user_id: others[0]!.id });
    expect(body.data.role).toBe("member");
  });
});

describe("PUT members/me/read", () => {
  test("moves the cursor to a message; the list of members shows it and unread falls", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const veli = others[0]!;
    const messages = [];
    for (const text of ["one", "two", "three"]) messages.push(await say(owner, groupId, text));
    const { status, body } = await veli.put(`/groups/${groupId}/members/me/read`, { last_message_id: messages[1].id });
    expect(status).toBe(200);
    expect(body).toEqual({
      data: { group_id: groupId, reader_id: veli.id, last_message_id: messages[1].id, updated_count: 2 },
    });
    expect((await veli.get(`/groups/${groupId}`)).body.data.unread_count).toBe(1);
    const member = (await membersOf(owner, groupId)).find(({ user_id }: { user_id: number }) => user_id === veli.id);
    expect(member).toMatchObject({ last_read_message_id: messages[1].id, read_seq: messages[1].seq });
  });

  test("without a message reads all, and never goes back", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const veli = others[0]!;
    const [first, last] = [await say(owner, groupId, "one"), await say(owner, groupId, "two")];
    const path = `/groups/${groupId}/members/me/read`;
    for (const input of [undefined, {}]) {
      const { body } = await veli.put(path, input);
      expect(body.data).toMatchObject({ last_message_id: last.id, updated_count: input ? 0 : 2 });
    }
    expect((await veli.put(path, { last_message_id: first.id })).body.data.updated_count).toBe(0);
    expect((await veli.get(`/groups/${groupId}`)).body.data.unread_count).toBe(0);
  });

  test("counts what others said, and nothing else", async () => {
    const { owner, others, groupId } = await newGroup(server, 2);
    const veli = others[0]!;
    await say(owner, groupId, "one");
    await say(veli, groupId, "my own");
    await owner.put(`/groups/${groupId}`, { name: "Renamed" });
    await say(owner, groupId, "two");
    expect((await veli.put(`/groups/${groupId}/members/me/read`)).body.data.updated_count).toBe(2);
  });

  test("in a group without messages reads nothing", async () => {
    const { owner, groupId } = await newGroup(server, 1);
    const { status, body } = await owner.put(`/groups/${groupId}/members/me/read`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ last_message_id: null, updated_count: 0 });
  });

  test("finds no message of another group, and no group of others", async () => {
    const [here, there] = await Promise.all([newGroup(server, 1), openGroup()]);
    const elsewhere = await say(there.owner, there.groupId, "hello");
    const read = (user: User, groupId: number, id: unknown) =>
      user.put(`/groups/${groupId}/members/me/read`, { last_message_id: id });
    for (const id of [elsewhere.id, 999_999_999]) {
      expectRefusal(await read(here.owner, here.groupId, id), 404, "not_found");
    }
    expectRefusal(await read(there.owner, here.groupId, elsewhere.id), 404, "not_found");
    expectRefusal(await read(here.owner, there.groupId, elsewhere.id), 403, "forbidden");
    for (const id of [0, 1.5, "1", null]) {
      expectInvalid(await read(here.owner, here.groupId, id), "last_message_id");
    }
  });
});
