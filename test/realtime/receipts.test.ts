// Sent, delivered and read, as the seed's status logic has them.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { MOMENT, newGroup, newPair, startServer, type TestServer, type User } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const history = async (user: User, conversationId: number) => (await user.get(`/messages/${conversationId}`)).body.data;

test("a message to someone with a socket open anywhere is delivered at once", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const elsewhere = (await veli.post("/groups", { name: "Elsewhere" })).body.group_id;
  await (await server.connect(veli, `/ws/groups/${elsewhere}`)).ready();
  const sent = (await ali.post(`/messages/${conversationId}`, { body: "hello" })).body.data;
  expect(sent.delivered_at).toMatch(MOMENT);
  expect((await history(ali, conversationId))[0].delivered_at).toBe(sent.delivered_at);
});

test("messages that waited are marked when the recipient comes, and their sender hears of it once", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const a = await (await server.connect(ali, path)).ready();
  for (const body of ["one", "two"]) a.send({ type: "message.send", body });
  await a.next("message.new");
  const last = (await a.next("message.new")).data;
  expect(last.delivered_at).toBeNull();

  const v = await (await server.connect(veli, path)).ready();
  expect((await a.next("message.delivered")).data).toEqual({
    conversation_id: conversationId,
    user_id: veli.id,
    last_message_id: last.id,
  });
  for (const message of await history(ali, conversationId)) {
    expect(message.delivered_at).toMatch(MOMENT);
    expect(message.read_at).toBeNull();
  }
  await v.close();
  await (await server.connect(veli, path)).ready();
  await a.expectSilence();
});

test("one who reads over HTTP while away from sockets has the message delivered by reading it", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  const { body } = await owner.post(`/groups/${groupId}/messages`, { body: "hello" });
  const read = await others[0]!.put(`/groups/${groupId}/members/me/read`);
  expect(read.status).toBe(200);
  const list = (await owner.get(`/groups/${groupId}/members`)).body.data;
  const shown = list.find((member: { user_id: number }) => member.user_id === others[0]!.id);
  expect(shown).toMatchObject({ delivered_seq: 2, read_seq: 2, last_read_message_id: body.data.id });
});

test("someone whose last socket is gone is away again", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const tabs = [await (await server.connect(veli, path)).ready(), await (await server.connect(veli, path)).ready()];
  const send = async () => (await ali.post(`/messages/${conversationId}`, { body: "hello" })).body.data.delivered_at;
  expect(await send()).toMatch(MOMENT);
  await tabs[0]!.close();
  expect(await send()).toMatch(MOMENT);
  await tabs[1]!.close();
  // The server hears of the close in its own time.
  while ((await send()) !== null);
});

test("what waits in several conversations is marked in all of them by one socket", async () => {
  const veli = await server.newUser();
  const senders = await Promise.all([server.newUser(), server.newUser()]);
  const rooms: number[] = [];
  for (const sender of senders) {
    const { body } = await sender.post(`/conversations/${veli.id}`);
    await sender.post(`/messages/${body.conversation_id}`, { body: "hello" });
    rooms.push(body.conversation_id);
  }
  const sockets = await Promise.all(
    senders.map((sender, i) => server.connect(sender, `/ws/conversations/${rooms[i]}`)),
  );
  await Promise.all(sockets.map((socket) => socket.ready()));
  await server.connect(veli, `/ws/conversations/${rooms[0]}`);
  for (const [i, socket] of sockets.entries()) {
    expect((await socket.next("message.delivered")).data).toMatchObject({
      conversation_id: rooms[i]!,
      user_id: veli.id,
    });
  }
});

test("reading marks what the other side sent up to that message, and tells everyone how many", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const ids: number[] = [];
  for (const body of ["one", "two", "three"])
    ids.push((await ali.post(`/messages/${conversationId}`, { body })).body.data.id);
  await veli.post(`/messages/${conversationId}`, { body: "mine" });
  const v = await (await server.connect(veli, path)).ready();
  const a = await (await server.connect(ali, path)).ready();
  await v.next("message.delivered", ({ data }) => data.user_id === ali.id);
  v.send({ type: "conversation.read", last_message_id: ids[1], ref: "r" });
  for (const socket of [a, v]) {
    expect((await socket.next("conversation.read")).data).toEqual({
      conversation_id: conversationId,
      reader_id: veli.id,
      last_message_id: ids[1]!,
      updated_count: 2,
    });
  }
  expect((await v.next("ack")).data).toEqual({ last_message_id: ids[1]!, updated_count: 2 });
  const messages = await history(ali, conversationId);
  // The last is the reader's own: their peer is here, so it was delivered, but it is theirs to read.
  const times = (message: { delivered_at: string; read_at: string | null }) => [
    MOMENT.test(message.delivered_at),
    message.read_at !== null,
  ];
  expect(messages.map(times)).toEqual([
    [true, true],
    [true, true],
    [true, false],
    [true, false],
  ]);
  const [listed] = (await veli.get("/conversations")).body.data;
  expect(listed.unread_count).toBe(1);
});

test("a cursor does not move twice or back; who repeats themselves is answered alone", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const ids: number[] = [];
  for (const body of ["one", "two"]) ids.push((await ali.post(`/messages/${conversationId}`, { body })).body.data.id);
  const v = await (await server.connect(veli, path)).ready();
  const a = await (await server.connect(ali, path)).ready();
  v.send({ type: "conversation.read", last_message_id: ids[1] });
  expect((await v.next("conversation.read")).data.updated_count).toBe(2);
  await a.next("conversation.read");
  const before = await history(ali, conversationId);
  for (const id of [ids[1], ids[0]]) {
    v.send({ type: "conversation.read", last_message_id: id });
    expect((await v.next("conversation.read")).data).toMatchObject({ last_message_id: id, updated_count: 0 });
  }
  await a.expectSilence();
  expect(await history(ali, conversationId)).toEqual(before);
});

test("many reads at once leave the furthest cursor and count each message once", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const v = await (await server.connect(veli, `/ws/conversations/${conversationId}`)).ready();
  const ids: number[] = [];
  for (let i = 0; i < 20; i++)
    ids.push((await ali.post(`/messages/${conversationId}`, { body: "hello" })).body.data.id);
  for (const id of ids) v.send({ type: "conversation.read", last_message_id: id, ref: String(id) });
  let counted = 0;
  for (let i = 0; i < ids.length; i++) counted += (await v.next("ack")).data.updated_count;
  expect(counted).toBe(ids.length);
  expect((await veli.get("/conversations")).body.data[0].unread_count).toBe(0);
});

test("a message of another room, or none, can't be read here", async () => {
  const here = await newPair(server);
  const other = await newPair(server);
  const { body } = await other.ali.post(`/messages/${other.conversationId}`, { body: "hello" });
  const socket = await (await server.connect(here.veli, `/ws/conversations/${here.conversationId}`)).ready();
  for (const id of [body.data.id, 999_999_999]) {
    socket.send({ type: "conversation.read", last_message_id: id, ref: "r" });
    expect(await socket.next("error")).toMatchObject({ ref: "r", code: "not_found" });
  }
  await socket.expectSilence();
});
