// What servers on one database tell each other by its notifications is never believed: stale, repeated and garbled ones change
// nothing, and what missed ones told is read anew.
import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import { CONTROL_CHANNEL } from "../../src/db/notify.ts";
import { newGroup, type TestServer, type User } from "../support/harness.ts";
import { startTwo, type TwoServers } from "./two-servers.ts";

let two: TwoServers;
beforeAll(async () => {
  two = await startTwo("notify");
});
afterAll(() => two.close());

const open = async (server: TestServer, user: User) => (await server.connect(user, "/ws")).ready();

/** Notifies both servers, in the name of a third one. */
const tell = (payload: string) => two.a.core.sql`select pg_notify(${CONTROL_CHANNEL}, ${payload})`;
const signed = (signal: object, nodeId = "another server") => JSON.stringify({ v: 1, n: nodeId, s: signal });

/** What the second server was told before has been acted on: notifications come in order, and so do the reads that they cause. */
async function acted() {
  const user = await two.a.newUser();
  const socket = await open(two.b, user);
  const { owner, groupId } = await newGroup(two.a, 1);
  await owner.post(`/groups/${groupId}/members`, { user_id: user.id });
  await socket.next("room.joined");
  await socket.close();
}

/** A conversation whose notifications were all lost. */
async function insertUnheard(ali: User, veli: User): Promise<number> {
  const { sql } = two.a.core;
  const [room] = await sql<{ id: number }[]>`insert into rooms (kind) values ('direct') returning id`;
  await sql`insert into conversations values (${room!.id}, ${ali.id}, ${veli.id})`;
  await sql`insert into members (room_id, user_id) values (${room!.id}, ${ali.id}), (${room!.id}, ${veli.id})`;
  return room!.id;
}

const cutListeners = () => two.a.core.sql`
  select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name like 'realtime-chat listener %'`;

test("a notification of a membership that has ended lets nobody back in", async () => {
  const { owner, others, groupId } = await newGroup(two.a, 2);
  const [member] = others as [User];
  const socket = await open(two.b, member);
  await owner.delete(`/groups/${groupId}/members/${member.id}`);
  await socket.next("room.left");
  await tell(signed({ type: "member.joined", kind: "group", roomId: groupId, userId: member.id, seq: 1 }));
  await acted();
  await owner.post(`/groups/${groupId}/messages`, { body: "among us" });
  await socket.expectSilence();
});

test("a membership that is told again begins no second time, and nothing is heard twice", async () => {
  const { owner, others, groupId } = await newGroup(two.a, 2);
  const [member] = others as [User];
  const socket = await open(two.b, member);
  const told = signed({ type: "member.joined", kind: "group", roomId: groupId, userId: member.id, seq: 2 });
  for (let i = 0; i < 3; i++) await tell(told);
  await acted();
  await owner.post(`/groups/${groupId}/messages`, { body: "hello" });
  await socket.next("group.message.new");
  await socket.expectSilence();
});

test("notifications that no server can read change nothing", async () => {
  const { owner, others, groupId } = await newGroup(two.a, 2);
  const socket = await open(two.b, others[0]!);
  for (const payload of [
    "",
    "null",
    "[]",
    "{",
    '{"v":1}',
    '{"v":2,"n":"x","s":{"type":"room.deleted"}}',
    signed({ type: "room.deleted", kind: "party", roomId: groupId }),
    signed({ type: "member.joined", kind: "group", roomId: "x", userId: -1 }),
    signed({ type: "session.ended", sessionId: null }),
    signed({ type: "hint", room: null, seq: 1 }),
    signed({ type: "hint", room: { kind: "group", id: 2 ** 52 }, seq: 1 }),
    signed({ type: "what a later version tells" }),
  ])
    await tell(payload);
  await acted();
  await owner.post(`/groups/${groupId}/messages`, { body: "all is well" });
  await socket.next("group.message.new");
  await socket.expectSilence();
});

test("a room that began while notifications were missed appears once they are heard again, though reading it fails at first", async () => {
  const [ali, veli] = [await two.a.newUser(), await two.a.newUser()];
  const sockets = [await open(two.a, ali), await open(two.b, veli)];
  const failing = spyOn(two.b.core.replayReader, "listRooms").mockRejectedValueOnce(new Error("no connection"));
  try {
    const conversationId = await insertUnheard(ali, veli);
    await cutListeners();
    for (const socket of sockets)
      expect((await socket.next("room.joined")).data).toMatchObject({ conversation_id: conversationId, seq: 0 });
    await ali.post(`/messages/${conversationId}`, { body: "at last" });
    for (const socket of sockets) expect((await socket.next("message.new")).data.body).toBe("at last");
  } finally {
    failing.mockRestore();
  }
});

test("a membership of whose commit a server has not heard begins there by its own notification", async () => {
  const [ali, veli] = [await two.a.newUser(), await two.a.newUser()];
  const sockets = [await open(two.a, veli), await open(two.b, veli)];
  const roomId = await insertUnheard(ali, veli);
  await tell(signed({ type: "member.joined", kind: "direct", roomId, userId: veli.id, seq: 0 }, two.nodeIds.a));
  for (const socket of sockets)
    expect((await socket.next("room.joined")).data).toMatchObject({ conversation_id: roomId });
});

test("a member who was removed while notifications and the bus were missed hears no more", async () => {
  const { owner, others, groupId } = await newGroup(two.a, 2);
  const socket = await open(two.b, others[0]!);
  await cutListeners();
  await owner.delete(`/groups/${groupId}/members/${others[0]!.id}`);
  await owner.post(`/groups/${groupId}/messages`, { body: "among us" });
  await socket.next("room.left");
  await acted();
  await socket.expectSilence();
});
