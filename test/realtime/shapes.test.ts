// Every event and answer, field for field, as docs/protocol.md has them.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { MOMENT, newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const moment = expect.stringMatching(MOMENT);
const id = expect.any(Number);
const clientId = "0b9f1f5e-6f0b-4d3f-9a51-3a1c2f6f8a10";

test("every event of a conversation has the protocol's shape", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const a = await (await server.connect(ali, path)).ready();
  const written = { sender_id: ali.id, body: "hello", client_id: clientId, seq: 1, created_at: moment };
  const unread = { edited_at: null, deleted_at: null, delivered_at: null, read_at: null };
  const sent = { id, conversation_id: conversationId, ...written, ...unread };
  a.send({ type: "message.send", body: "hello", client_id: clientId, ref: "1" });
  expect(await a.next("message.new")).toEqual({ type: "message.new", seq: 1, data: sent });
  const ack = await a.next("ack");
  expect(ack).toEqual({ type: "ack", ref: "1", data: sent });
  const messageId = ack.data.id;

  const v = await (await server.connect(veli, path)).ready();
  expect(await a.next("message.delivered")).toEqual({
    type: "message.delivered",
    data: { conversation_id: conversationId, user_id: veli.id, last_message_id: messageId },
  });
  v.send({ type: "conversation.read", last_message_id: messageId, ref: "2" });
  const read = { last_message_id: messageId, updated_count: 1 };
  for (const socket of [a, v]) {
    expect(await socket.next("conversation.read")).toEqual({
      type: "conversation.read",
      data: { conversation_id: conversationId, reader_id: veli.id, ...read },
    });
  }
  expect(await v.next("ack")).toEqual({ type: "ack", ref: "2", data: read });

  const seen = { ...sent, delivered_at: moment, read_at: moment };
  await ali.put(`/messages/${conversationId}/${messageId}`, { body: "hello!" });
  const updated = { ...seen, body: "hello!", edited_at: moment };
  expect(await v.next("message.updated")).toEqual({ type: "message.updated", seq: 2, data: updated });
  await ali.delete(`/messages/${conversationId}/${messageId}`);
  const deleted = { ...updated, body: "", deleted_at: moment };
  expect(await v.next("message.deleted")).toEqual({ type: "message.deleted", seq: 3, data: deleted });

  a.send({ type: "message.send", body: "delivered at once" });
  const at = await v.next("message.new");
  expect(at.data).toMatchObject({ delivered_at: moment, read_at: null });
  expect(at.data.client_id).toMatch(/^[0-9a-f-]{36}$/);
});

test("every event of a group has the protocol's shape", async () => {
  const { owner, others, groupId } = await newGroup(server, 2, { description: "Where to?" });
  const late = await server.newUser();
  const path = `/groups/${groupId}`;
  const [socket, theirs] = await Promise.all([owner, others[0]!].map((user) => server.connect(user, `/ws${path}`)));
  await Promise.all([socket!.ready(), theirs!.ready()]);
  let seq = 1;
  const next = async (type: string) => {
    const frame = await socket!.next(type);
    expect(Object.keys(frame)).toEqual(["type", "seq", "data"]);
    expect(frame.seq).toBe(++seq);
    return frame.data;
  };
  const change = (more: object) => ({
    group_id: groupId,
    user_id: late.id,
    username: late.username,
    role: "member",
    is_muted: false,
    muted_until: null,
    actor_id: owner.id,
    actor_name: owner.username,
    at: moment,
    ...more,
  });
  const group = {
    group_id: groupId,
    name: "Weekend",
    description: "Where to?",
    is_private: true,
    owner_id: owner.id,
    actor_id: owner.id,
    actor_name: owner.username,
    at: moment,
  };

  await owner.post(`${path}/members`, { user_id: late.id });
  expect(await next("group.member.joined")).toEqual(change({}));
  const sent = {
    id,
    group_id: groupId,
    sender_id: late.id,
    sender_name: late.username,
    body: "hello",
    client_id: clientId,
    seq: 3,
    created_at: moment,
    edited_at: null,
    deleted_at: null,
    delivered_at: null,
    read_at: null,
  };
  const { data } = (await late.post(`${path}/messages`, { body: "hello", client_id: clientId })).body;
  expect(data).toEqual(sent);
  expect(await next("group.message.new")).toEqual(sent);
  await late.put(`${path}/messages/${data.id}`, { content: "hello!" });
  const updated = { ...sent, body: "hello!", edited_at: moment };
  expect(await next("group.message.updated")).toEqual(updated);
  await owner.delete(`${path}/messages/${data.id}`);
  expect(await next("group.message.deleted")).toEqual({ ...updated, body: "", deleted_at: moment });

  await owner.put(`${path}/members/${late.id}/mute`);
  expect(await next("group.member.muted")).toEqual(change({ is_muted: true }));
  await owner.put(`${path}/members/${late.id}/unmute`);
  expect(await next("group.member.unmuted")).toEqual(change({}));
  await owner.put(`${path}/members/${late.id}/mute`, { until: "2099-01-01T03:00:00.5+03:00" });
  const until = "2099-01-01T00:00:00.500000+00:00";
  expect(await next("group.member.muted")).toEqual(change({ is_muted: true, muted_until: until }));
  await owner.put(`${path}/members/${late.id}/role`, { role: "admin" });
  expect(await next("group.member.role")).toEqual(change({ role: "admin" }));
  await owner.put(path, { name: "Sunday" });
  expect(await next("group.updated")).toEqual({ ...group, name: "Sunday", changes: ["name"] });
  await owner.put(`${path}/visibility`, { is_private: false });
  const opened = { ...group, name: "Sunday", is_private: false, changes: ["is_private"] };
  expect(await next("group.updated")).toEqual(opened);
  await late.delete(`${path}/members/me`);
  expect(await next("group.member.left")).toEqual(
    change({ role: "admin", actor_id: late.id, actor_name: late.username }),
  );

  theirs!.send({ type: "group.read", last_message_id: data.id, ref: "r" });
  // What was deleted counts for nobody.
  const read = { last_message_id: data.id, updated_count: 0 };
  expect(await socket!.next("group.read")).toEqual({
    type: "group.read",
    data: { group_id: groupId, reader_id: others[0]!.id, ...read },
  });
  expect(await theirs!.next("ack")).toEqual({ type: "ack", ref: "r", data: read });
  await owner.delete(path);
  expect(await socket!.next("group.deleted")).toEqual({
    type: "group.deleted",
    data: { group_id: groupId, actor_id: owner.id },
  });
});

test("so have the answers that are no events", async () => {
  const { ali, conversationId } = await newPair(server);
  const socket = await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready();
  const detail = expect.stringMatching(/^[A-Z].+\.$/);
  socket.send({ type: "ping" });
  expect(await socket.next("pong")).toEqual({ type: "pong" });
  socket.send({ type: "ping", ref: "p" });
  expect(await socket.next("pong")).toEqual({ type: "pong" });
  expect(await socket.next("ack")).toEqual({ type: "ack", ref: "p", data: {} });
  socket.send({ type: "auth", token: ali.token, ref: "a" });
  expect(await socket.next("ack")).toEqual({ type: "ack", ref: "a", data: { expires_at: moment } });
  socket.send({ type: "nonsense" });
  expect(await socket.next("error")).toEqual({ type: "error", code: "bad_request", detail });
  socket.send({ type: "nonsense", ref: "e" });
  expect(await socket.next("error")).toEqual({ type: "error", ref: "e", code: "bad_request", detail });
  socket.send({ type: "message.send", body: "", ref: "v" });
  expect(await socket.next("error")).toEqual({
    type: "error",
    ref: "v",
    code: "invalid",
    detail: "body: must not be empty",
    errors: [{ field: "body", message: "must not be empty" }],
  });
  socket.send({ type: "conversation.read", last_message_id: 999_999_999, ref: "n" });
  expect(await socket.next("error")).toEqual({ type: "error", ref: "n", code: "not_found", detail });
});
