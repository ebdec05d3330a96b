// Read receipts that people do not show: who does not see them, on sockets and over HTTP, and that they themselves see none.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  connect,
  type Json,
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

const open = async (user: User, path = "/ws") => (await server.connect(user, path)).ready();
const showReceipts = async (user: User, read_receipts: boolean) =>
  expect((await user.put("/me/privacy", { read_receipts })).status).toBe(200);

/** How far everybody has read, as the viewer gets it when resuming. */
async function positions(viewer: User, room: string): Promise<Record<number, number>> {
  const socket = await server.connect(viewer, "/ws");
  socket.send({ type: "resume", rooms: {} });
  const { members } = (await socket.next("resumed")).data.rooms[room];
  await socket.close();
  return Object.fromEntries(members.map(({ user_id, read_seq }: Json) => [user_id, read_seq]));
}

describe("in a conversation", () => {
  test.each(["reader", "sender"])("receipts are nobody's once the %s shows none", async (who) => {
    const { ali: sender, veli: reader, conversationId } = await newPair(server);
    await showReceipts(who === "reader" ? reader : sender, false);
    const path = `/ws/conversations/${conversationId}`;
    const [watching, phone, tab] = await Promise.all([open(sender), open(reader), open(reader, path)]);
    const { id } = (await sender.post(`/messages/${conversationId}`, { body: "hello" })).body.data;
    for (const socket of [watching, phone, tab]) await socket.next("message.new");
    const data = { conversation_id: conversationId, reader_id: reader.id, last_message_id: id, updated_count: 1 };
    // The reader's other devices hear of it, and the one that it was read on.
    tab.send({ type: "conversation.read", last_message_id: id, ref: "1" });
    expect(await tab.next("conversation.read")).toEqual({ type: "conversation.read", data });
    expect((await tab.next("ack")).data).toEqual({ last_message_id: id, updated_count: 1 });
    expect(await phone.next("conversation.read")).toEqual({ type: "conversation.read", data });
    await watching.expectSilence();
    for (const viewer of [sender, reader]) {
      const [message] = (await viewer.get(`/messages/${conversationId}`)).body.data;
      expect([message.read_at, message.delivered_at === null]).toEqual([null, false]);
    }
    expect((await reader.get("/conversations")).body.data[0].unread_count).toBe(0);
    const room = `conversation:${conversationId}`;
    expect(await positions(sender, room)).toEqual({ [sender.id]: 0, [reader.id]: 0 });
    expect(await positions(reader, room)).toEqual({ [sender.id]: 0, [reader.id]: 1 });

    // Shown again, what is read from then on is told of.
    await showReceipts(who === "reader" ? reader : sender, true);
    const next = (await sender.post(`/messages/${conversationId}`, { body: "again" })).body.data;
    phone.send({ type: "conversation.read", conversation_id: conversationId, last_message_id: next.id });
    expect((await watching.next("conversation.read")).data).toMatchObject({
      last_message_id: next.id,
      updated_count: 1,
    });
    const [first, second] = (await sender.get(`/messages/${conversationId}`)).body.data;
    expect([first.read_at, second.read_at]).toEqual([null, expect.any(String)]);
    expect(await positions(sender, room)).toEqual({ [sender.id]: 0, [reader.id]: 2 });
  });

  test("what a device on `/ws` reads is told once to each of the reader's devices there", async () => {
    const { ali: sender, veli: reader, conversationId } = await newPair(server);
    await showReceipts(reader, false);
    const [one, two] = await Promise.all([open(reader), open(reader)]);
    const { id } = (await sender.post(`/messages/${conversationId}`, { body: "hello" })).body.data;
    for (const socket of [one, two]) await socket.next("message.new");
    one.send({ type: "conversation.read", conversation_id: conversationId, last_message_id: id });
    for (const socket of [one, two]) {
      await socket.next("conversation.read");
      await socket.expectSilence();
    }
  });
});

describe("in a group", () => {
  async function scene() {
    const { owner, others, groupId } = await newGroup(server, 3);
    const [quiet, other] = others as [User, User];
    const { id } = (await owner.post(`/groups/${groupId}/messages`, { body: "hello" })).body.data;
    const read = (user: User) => user.put(`/groups/${groupId}/members/me/read`);
    const seen = async (viewer: User): Promise<Record<number, [number, number | null]>> =>
      Object.fromEntries(
        (await viewer.get(`/groups/${groupId}/members`)).body.data.map((member: Json) => [
          member.user_id,
          [member.read_seq, member.last_read_message_id],
        ]),
      );
    return { owner, quiet, other, groupId, messageId: id as number, read, seen };
  }

  test("others do not see how far somebody who shows none has read, who does not see it of them", async () => {
    const { owner, quiet, other, groupId, messageId, read, seen } = await scene();
    await showReceipts(quiet, false);
    const [watching, phone, tab] = await Promise.all([
      open(owner, `/ws/groups/${groupId}`),
      open(quiet),
      open(quiet, `/ws/groups/${groupId}`),
    ]);
    const before = (await owner.get(`/groups/${groupId}/members`)).body.data;
    expect((await read(quiet)).body.data).toMatchObject({ last_message_id: messageId, updated_count: 1 });
    expect((await phone.next("group.read")).data).toMatchObject({ reader_id: quiet.id, updated_count: 1 });
    expect((await read(other)).status).toBe(200);
    // The first that others hear of is the other's.
    expect((await watching.next("group.read")).data.reader_id).toBe(other.id);
    for (const socket of [phone, tab, watching]) await socket.expectSilence();

    const seq = 3;
    expect((await seen(owner))[quiet.id]).toEqual([0, null]);
    expect((await seen(owner))[other.id]).toEqual([seq, messageId]);
    expect(await seen(quiet)).toEqual({ [owner.id]: [0, null], [other.id]: [0, null], [quiet.id]: [seq, messageId] });
    const room = `group:${groupId}`;
    expect((await positions(other, room))[quiet.id]).toBe(0);
    const own = await positions(quiet, room);
    expect([own[quiet.id], own[other.id]]).toEqual([seq, 0]);
    // Nor does anything else about them change by reading.
    const after = (await owner.get(`/groups/${groupId}/members`)).body.data;
    const shown = (list: Json[]) => list.find(({ user_id }) => user_id === quiet.id);
    expect(shown(after).delivered_seq).toBe(shown(before).delivered_seq);

    await showReceipts(quiet, true);
    expect((await seen(other))[quiet.id]).toEqual([seq, messageId]);
    const next = (await owner.post(`/groups/${groupId}/messages`, { body: "again" })).body.data;
    await read(other);
    for (const socket of [phone, tab, watching])
      expect((await socket.next("group.read")).data).toMatchObject({ reader_id: other.id, last_message_id: next.id });
  });

  test("a socket that waits for its replay gets no receipts of others either", async () => {
    const { quiet, other, groupId, read } = await scene();
    await showReceipts(quiet, false);
    const socket = await connect(`${server.url}/ws?token=${quiet.token}&resume=1`);
    await socket.ready();
    await read(other);
    socket.send({ type: "resume", rooms: { [`group:${groupId}`]: 3 } });
    await socket.next("resumed");
    await socket.expectSilence();
  });

  test("it holds in rooms that somebody comes into later", async () => {
    const [quiet, peer] = await Promise.all([server.newUser(), server.newUser()]);
    await showReceipts(quiet, false);
    const own = (await quiet.post("/groups", { name: "Own" })).body.group_id as number;
    const added = (await peer.post("/groups", { name: "Added" })).body.group_id as number;
    const joined = (await peer.post("/groups", { name: "Joined", is_private: false })).body.group_id as number;
    await peer.post(`/groups/${added}/members`, { user_id: quiet.id });
    const socket = await open(quiet);
    await quiet.post(`/groups/${joined}/join`);
    await quiet.post(`/groups/${own}/members`, { user_id: peer.id });
    const { conversation_id } = (await peer.post(`/conversations/${quiet.id}`)).body;
    const notes = await server.core.sql<{ room_id: number; user_id: number; hides_reads: boolean }[]>`
      select room_id, user_id, hides_reads from members where room_id = any (${[own, added, joined, conversation_id]}::bigint[])`;
    for (const { room_id, user_id, hides_reads } of notes)
      expect([room_id, user_id, hides_reads]).toEqual([
        room_id,
        user_id,
        user_id === quiet.id || room_id === conversation_id,
      ]);
    for (const group of [added, joined]) {
      await quiet.post(`/groups/${group}/messages`, { body: "hello" });
      await peer.put(`/groups/${group}/members/me/read`);
    }
    await quiet.post(`/groups/${joined}/leave`);
    await socket.next("room.left");
    expect(socket.frames.filter(({ type }) => type === "group.read")).toEqual([]);
  });
});

test("the notes agree with the setting, whatever is joined and left while it changes", async () => {
  const [user, owner] = await Promise.all([server.newUser(), server.newUser()]);
  const groups = await Promise.all(
    Array.from(
      { length: 8 },
      async () => (await owner.post("/groups", { name: "Busy", is_private: false })).body.group_id,
    ),
  );
  for (let round = 0; round < 8; round++) {
    const show = round % 2 === 1;
    await Promise.all([
      showReceipts(user, show),
      ...groups.map((id, i) => user.post(`/groups/${id}/${(round + i) % 3 ? "join" : "leave"}`)),
    ]);
    const wrong = await server.core
      .sql`select room_id from members where user_id = ${user.id} and hides_reads = ${show}`;
    expect([round, ...wrong]).toEqual([round]);
  }
});
