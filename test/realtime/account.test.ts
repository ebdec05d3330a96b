// `/ws`: one socket for everything that a user belongs to.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newGroup, newPair, startServer, type TestServer, type User } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const open = async (user: User) => (await server.connect(user, "/ws")).ready();

/** A socket that has answered after everything the bus had to say. */
const quiet = (...sockets: Awaited<ReturnType<typeof open>>[]) =>
  Promise.all(sockets.map((socket) => socket.expectSilence()));

test("it hears and speaks in all of the user's rooms, with the same frames as the room's own socket", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const { owner, groupId } = await newGroup(server, 1);
  await owner.post(`/groups/${groupId}/members`, { user_id: ali.id });
  const account = await open(ali);
  const room = await (await server.connect(veli, `/ws/conversations/${conversationId}`)).ready();
  const group = await (await server.connect(owner, `/ws/groups/${groupId}`)).ready();

  account.send({ type: "message.send", conversation_id: conversationId, body: "hello", ref: "1" });
  const direct = await account.next("message.new");
  expect(direct).toMatchObject({ seq: 1, data: { conversation_id: conversationId, sender_id: ali.id } });
  expect(await room.next("message.new")).toEqual(direct);
  expect(await account.next("ack")).toEqual({ type: "ack", ref: "1", data: direct.data });

  account.send({ type: "group.message.send", group_id: groupId, body: "hello all", ref: "2" });
  const toAll = await account.next("group.message.new");
  expect(toAll.data).toMatchObject({ group_id: groupId, body: "hello all" });
  expect(await group.next("group.message.new")).toEqual(toAll);

  room.send({ type: "message.send", body: "hello back" });
  const answer = await account.next("message.new");
  account.send({ type: "conversation.read", conversation_id: conversationId, last_message_id: answer.data.id });
  expect((await room.next("conversation.read")).data).toMatchObject({ reader_id: ali.id });
  group.send({ type: "group.message.send", body: "and you" });
  const { data } = await account.next("group.message.new", (frame) => frame.data.body === "and you");
  account.send({ type: "group.read", group_id: groupId, last_message_id: data.id, ref: "4" });
  expect((await account.next("ack")).data).toEqual({ last_message_id: data.id, updated_count: 1 });
});

test("a message to someone who has only this socket open is delivered at once", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const a = await open(ali);
  await ali.post(`/messages/${conversationId}`, { body: "waits" });
  expect((await a.next("message.new")).data.delivered_at).toBeNull();
  await open(veli);
  expect((await a.next("message.delivered")).data).toMatchObject({ user_id: veli.id });
  await ali.post(`/messages/${conversationId}`, { body: "does not" });
  expect((await a.next("message.new")).data.delivered_at).not.toBeNull();
});

test("rooms that begin later appear by themselves, on every tab, and are heard from their first event on", async () => {
  const [ali, veli] = [await server.newUser(), await server.newUser()];
  const tabs = [await open(ali), await open(ali)];
  const { body } = await veli.post(`/conversations/${ali.id}`);
  const conversationId = body.conversation_id;
  await veli.post(`/messages/${conversationId}`, { body: "first" });
  const made = (await ali.post("/groups", { name: "Mine" })).body.group_id;
  const { groupId, owner } = await newGroup(server, 2);
  await owner.post(`/groups/${groupId}/members`, { user_id: ali.id });
  await owner.post(`/groups/${groupId}/messages`, { body: "welcome" });
  for (const tab of tabs) {
    const joined = { room: `conversation:${conversationId}`, conversation_id: conversationId, seq: 0 };
    expect((await tab.next("room.joined")).data).toEqual(joined);
    expect(await tab.next("message.new")).toMatchObject({ seq: 1, data: { body: "first" } });
    expect((await tab.next("room.joined")).data).toEqual({ room: `group:${made}`, group_id: made, seq: 0 });
    const { data } = await tab.next("room.joined");
    expect(data).toEqual({ room: `group:${groupId}`, group_id: groupId, seq: 2 });
    expect(await tab.next("group.message.new")).toMatchObject({ seq: 3, data: { body: "welcome" } });
    tab.send({ type: "group.message.send", group_id: groupId, body: "thanks", ref: "t" });
    expect((await tab.next("ack")).data.body).toBe("thanks");
  }
});

test("a conversation whose maker never heard that it was made appears when they ask again", async () => {
  const [ali, veli] = [await server.newUser(), await server.newUser()];
  const [a, v] = [await open(ali), await open(veli)];
  // As a transaction leaves it whose answer was lost.
  const [room] = await server.core.sql<{ id: number }[]>`insert into rooms (kind) values ('direct') returning id`;
  await server.core.sql`insert into conversations values (${room!.id}, ${ali.id}, ${veli.id})`;
  await server.core.sql`
    insert into members (room_id, user_id) values (${room!.id}, ${ali.id}), (${room!.id}, ${veli.id})`;
  expect((await ali.post(`/conversations/${veli.id}`)).body).toEqual({ conversation_id: room!.id });
  await ali.post(`/messages/${room!.id}`, { body: "at last" });
  for (const socket of [a, v]) {
    expect((await socket.next("room.joined")).data).toMatchObject({ conversation_id: room!.id, seq: 0 });
    expect((await socket.next("message.new")).data.body).toBe("at last");
  }
  await veli.post(`/conversations/${ali.id}`);
  await Promise.all([a.expectSilence(), v.expectSilence()]);
});

test("a room that is left, or taken away, or deleted, disappears, and the socket stays", async () => {
  const { owner, others, groupId } = await newGroup(server, 3);
  const [first, second] = others as [User, User];
  const sockets = { owner: await open(owner), first: await open(first), second: await open(second) };
  const left = { room: `group:${groupId}`, group_id: groupId };

  await owner.delete(`/groups/${groupId}/members/${first.id}`);
  expect((await sockets.first.next("group.member.left")).data.user_id).toBe(first.id);
  expect(await sockets.first.next("room.left")).toEqual({ type: "room.left", data: left });
  await owner.post(`/groups/${groupId}/messages`, { body: "among us" });
  await quiet(sockets.first);
  sockets.first.send({ type: "group.message.send", group_id: groupId, body: "still here?", ref: "1" });
  expect(await sockets.first.next("error")).toMatchObject({ ref: "1", code: "not_found" });

  await second.post(`/groups/${groupId}/leave`);
  expect((await sockets.second.next("room.left")).data).toEqual(left);

  await owner.delete(`/groups/${groupId}`);
  expect((await sockets.owner.next("group.deleted")).data).toEqual({ group_id: groupId, actor_id: owner.id });
  expect((await sockets.owner.next("room.left")).data).toEqual(left);
  await quiet(...Object.values(sockets));
});

test("whoever is removed and added again hears what follows, once", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  const socket = await open(others[0]!);
  for (let round = 0; round < 5; round++) {
    await owner.delete(`/groups/${groupId}/members/${others[0]!.id}`);
    await owner.post(`/groups/${groupId}/messages`, { body: "not for you" });
    await owner.post(`/groups/${groupId}/members`, { user_id: others[0]!.id });
    await owner.post(`/groups/${groupId}/messages`, { body: `round ${round}` });
    const { data } = await socket.next("room.joined");
    const { seq } = await socket.next("group.message.new");
    expect(seq).toBe(data.seq + 1);
  }
  await quiet(socket);
});

test("changes of role and mute, of groups and their names reach it", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  const socket = await open(others[0]!);
  const path = `/groups/${groupId}/members/${others[0]!.id}`;
  await owner.put(`${path}/mute`);
  expect((await socket.next("group.member.muted")).data).toMatchObject({ group_id: groupId, is_muted: true });
  socket.send({ type: "group.message.send", group_id: groupId, body: "hm", ref: "1" });
  expect(await socket.next("error")).toMatchObject({ ref: "1", code: "muted" });
  await owner.put(`${path}/role`, { role: "admin" });
  expect((await socket.next("group.member.role")).data).toMatchObject({ role: "admin" });
  await owner.put(`/groups/${groupId}`, { name: "Renamed" });
  expect((await socket.next("group.updated")).data.name).toBe("Renamed");
});

test("friend requests and friendships are told to both sides as they change", async () => {
  const [ali, veli] = [await server.newUser(), await server.newUser()];
  const both = [await open(ali), await open(veli)];
  const expectBoth = async (type: string, data: object) => {
    for (const socket of both) expect((await socket.next(type)).data).toMatchObject(data);
  };
  const asked = (await ali.post(`/friends/requests/${veli.id}`)).body.data;
  await expectBoth("friend.requested", asked);
  await veli.post(`/requests/${asked.id}/decline`);
  await expectBoth("friend.declined", { id: asked.id, status: "declined" });

  // The one who declined may ask in turn.
  const again = (await veli.post(`/friends/requests/${ali.id}`)).body.data;
  await expectBoth("friend.requested", again);
  await veli.delete(`/requests/${again.id}`);
  await expectBoth("friend.cancelled", { id: again.id });

  const third = (await veli.post(`/friends/requests/${ali.id}`)).body.data;
  await expectBoth("friend.requested", third);
  await ali.post(`/friends/requests/${veli.id}`);
  await expectBoth("friend.accepted", { id: third.id, status: "accepted" });

  await veli.delete(`/friends/${ali.id}`);
  expect((await both[0]!.next("friend.removed")).data).toEqual({ user_id: veli.id });
  expect((await both[1]!.next("friend.removed")).data).toEqual({ user_id: ali.id });
});

test("a block takes back what was asked and ends the friendship, and looks like nothing else", async () => {
  const [ali, veli, can] = [await server.newUser(), await server.newUser(), await server.newUser()];
  const socket = await open(ali);
  await ali.post(`/friends/requests/${veli.id}`);
  await can.post(`/friends/requests/${ali.id}`);
  await ali.post(`/friends/requests/${can.id}`);
  await socket.next("friend.accepted");
  await veli.put(`/blocks/${ali.id}`);
  expect((await socket.next("friend.cancelled")).data.receiver.id).toBe(veli.id);
  await can.put(`/blocks/${ali.id}`);
  expect((await socket.next("friend.removed")).data).toEqual({ user_id: can.id });
});

test("it is let in by a first frame as well, and closed with the session", async () => {
  const { ali, conversationId } = await newPair(server);
  const socket = await server.connect(null, "/ws");
  socket.send({ type: "auth", token: ali.token, ref: "a" });
  expect((await socket.next("ack")).data).toHaveProperty("expires_at");
  socket.send({ type: "message.send", conversation_id: conversationId, body: "hello" });
  await socket.next("message.new");
  await ali.post("/logout");
  expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
});

test.each<[string, object, string]>([
  ["a command that names no room", { type: "message.send", body: "hello" }, "invalid"],
  ["a reading that names no room", { type: "group.read", last_message_id: 1 }, "invalid"],
  ["a typing that names no room", { type: "typing.start" }, "invalid"],
  ["a typing that names two", { type: "typing.start", conversation_id: 1, group_id: 1 }, "invalid"],
  ["a room that is not there", { type: "message.send", conversation_id: 2 ** 52, body: "hello" }, "not_found"],
  ["a room whose id is no number", { type: "message.send", conversation_id: "one", body: "hello" }, "invalid"],
  ["a room below 1", { type: "message.send", conversation_id: 0, body: "hello" }, "invalid"],
  ["a room past 2^53", { type: "message.send", conversation_id: 2 ** 53, body: "hello" }, "invalid"],
  ["a position that is no number", { type: "resume", rooms: { "conversation:1": "5" } }, "invalid"],
  ["a position below 0", { type: "resume", rooms: { "conversation:1": -1 } }, "invalid"],
  ["a room that can't be", { type: "resume", rooms: { "room:1": 1 } }, "invalid"],
  ["rooms that are a list", { type: "resume", rooms: [1, 2] }, "invalid"],
  ["the resume of a room's own socket", { type: "resume", after_seq: 1 }, "invalid"],
  ["an unknown command", { type: "message.shout" }, "bad_request"],
])("refused: %s", async (_, frame, code) => {
  const { ali } = await newPair(server);
  const socket = await open(ali);
  socket.send({ ...frame, ref: "r" });
  expect(await socket.next("error")).toMatchObject({ ref: "r", code });
  await quiet(socket);
});

test("a room's own socket takes no command for another room", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const other = (await ali.post(`/conversations/${(await server.newUser()).id}`)).body.conversation_id;
  const socket = await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready();
  socket.send({ type: "message.send", conversation_id: other, body: "lost?", ref: "1" });
  expect(await socket.next("error")).toMatchObject({ ref: "1", code: "bad_request" });
  socket.send({ type: "message.send", conversation_id: conversationId, body: "here", ref: "2" });
  expect((await socket.next("ack")).data.body).toBe("here");
  expect((await veli.get(`/messages/${conversationId}`)).body.data).toHaveLength(1);
});

test("messages sent over it without waiting keep their order, room by room", async () => {
  const { ali, conversationId } = await newPair(server);
  const { body } = await ali.post("/groups", { name: "Mine" });
  const socket = await open(ali);
  for (let i = 0; i < 60; i++) {
    socket.send(
      i % 2
        ? { type: "message.send", conversation_id: conversationId, body: String(i) }
        : { type: "group.message.send", group_id: body.group_id, body: String(i) },
    );
  }
  const heard = { odd: [] as number[], even: [] as number[] };
  while (heard.odd.length + heard.even.length < 60) {
    const frame = await socket.nextOf("message.new", "group.message.new");
    heard[frame.type === "message.new" ? "odd" : "even"].push(Number(frame.data.body));
  }
  expect(heard.odd).toEqual(heard.odd.toSorted((a, b) => a - b));
  expect(heard.even).toEqual(heard.even.toSorted((a, b) => a - b));
});
