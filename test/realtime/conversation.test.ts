// Messages on a conversation's socket: who gets them, in what shape and order, and once.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { MOMENT, newPair, startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

async function newConversation() {
  const pair = await newPair(server);
  const path = `/ws/conversations/${pair.conversationId}`;
  const [a, v] = await Promise.all([server.connect(pair.ali, path), server.connect(pair.veli, path)]);
  await Promise.all([a.ready(), v.ready()]);
  return { ...pair, path, a, v };
}

test("a message reaches everyone in the conversation, its sender included, in the seed's shape", async () => {
  const { ali, conversationId, a, v } = await newConversation();
  a.send({ type: "message.send", body: " hello " });
  for (const socket of [a, v]) {
    const frame = await socket.next("message.new");
    expect(Object.keys(frame)).toEqual(["type", "seq", "data"]);
    expect(frame.seq).toBe(1);
    expect(frame.data).toMatchObject({
      conversation_id: conversationId,
      sender_id: ali.id,
      body: "hello",
      read_at: null,
    });
    expect(frame.data.created_at).toMatch(MOMENT);
  }
});

test("every tab of both people gets every event once, with seqs that have no gap", async () => {
  const { ali, veli, conversationId, path, a, v } = await newConversation();
  const tab = await (await server.connect(ali, path)).ready();
  v.send({ type: "message.send", body: "one" });
  const { data } = await v.next("message.new");
  await veli.put(`/messages/${conversationId}/${data.id}`, { body: "two" });
  await veli.delete(`/messages/${conversationId}/${data.id}`);
  await veli.post(`/messages/${conversationId}`, { body: "three" });
  for (const socket of [a, tab]) {
    expect(await socket.next("message.new")).toMatchObject({ seq: 1, data: { body: "one" } });
    expect(await socket.next("message.updated")).toMatchObject({ seq: 2, data: { id: data.id, seq: 1, body: "two" } });
    const deleted = await socket.next("message.deleted");
    expect(deleted).toMatchObject({ seq: 3, data: { id: data.id, seq: 1, body: "" } });
    expect(deleted.data.deleted_at).toMatch(MOMENT);
    expect(await socket.next("message.new")).toMatchObject({ seq: 4, data: { body: "three" } });
    await socket.expectSilence();
  }
});

test("a ref is answered with an ack that holds the message, and only to who asked", async () => {
  const { a, v } = await newConversation();
  a.send({ type: "message.send", body: "hello", ref: "first" });
  const sent = await a.next("message.new");
  expect(await a.next("ack")).toEqual({ type: "ack", ref: "first", data: sent.data });
  await v.next("message.new");
  await v.expectSilence();
});

test("200 messages sent without waiting keep their order", async () => {
  const { a, v } = await newConversation();
  // Within the bound of 64 under way, in waves.
  for (let wave = 0; wave < 4; wave++) {
    for (let i = 0; i < 50; i++) a.send({ type: "message.send", body: String(wave * 50 + i) });
    for (let i = 0; i < 50; i++) {
      const frame = await v.next("message.new");
      expect([frame.seq, frame.data.body]).toEqual([wave * 50 + i + 1, String(wave * 50 + i)]);
    }
    await a.next("message.new", ({ data }) => data.body === String(wave * 50 + 49));
  }
});

test("past 64 commands under way a socket is told to slow down, and what was accepted is stored", async () => {
  const { ali, conversationId, a } = await newConversation();
  const sent = 200;
  for (let i = 0; i < sent; i++) a.send({ type: "message.send", body: String(i), ref: String(i) });
  const answers = [];
  for (let i = 0; i < sent; i++) {
    const frame = await a.nextOf("ack", "error");
    if (frame.type === "error") expect(frame).toMatchObject({ code: "slow_down", retry_after: 1 });
    answers.push(frame);
  }
  const accepted = answers.filter((frame) => frame.type === "ack");
  expect(accepted.length).toBeGreaterThanOrEqual(64);
  expect(accepted.length).toBeLessThan(sent);
  const history = await ali.get(`/messages/${conversationId}`);
  expect(history.body.data.map((message: { body: string }) => message.body)).toEqual(
    accepted.slice(-100).map((frame) => frame.ref),
  );
});

test("one client_id is one message: on the same socket, on another, over HTTP, in whatever order", async () => {
  const { ali, conversationId, path, a, v } = await newConversation();
  const client_id = crypto.randomUUID();
  const tab = await (await server.connect(ali, path)).ready();
  a.send({ type: "message.send", body: "first", client_id, ref: "1" });
  a.send({ type: "message.send", body: "again", client_id, ref: "2" });
  const first = await a.next("ack", ({ ref }) => ref === "1");
  expect((await a.next("ack", ({ ref }) => ref === "2")).data).toEqual(first.data);
  tab.send({ type: "message.send", body: "elsewhere", client_id: client_id.toUpperCase(), ref: "3" });
  expect((await tab.next("ack")).data).toEqual(first.data);
  const posted = await ali.post(`/messages/${conversationId}`, { body: "over HTTP", client_id });
  expect([posted.status, posted.body.data]).toEqual([200, first.data]);
  expect((await v.next("message.new")).data).toEqual(first.data);
  await v.expectSilence();
});

test("a client_id is remembered across a restart of the server", async () => {
  const { ali, conversationId, path, a } = await newConversation();
  const client_id = crypto.randomUUID();
  a.send({ type: "message.send", body: "before", client_id, ref: "1" });
  const { data } = await a.next("ack");
  const next = await startServer({}, server.target);
  try {
    const again = await (await next.connect(ali, path)).ready();
    again.send({ type: "message.send", body: "after", client_id, ref: "2" });
    expect(await again.next("ack")).toEqual({ type: "ack", ref: "2", data });
    again.send({ type: "message.send", body: "another" });
    expect((await again.next("message.new")).seq).toBe(2);
    expect((await ali.get(`/messages/${conversationId}`)).body.data).toHaveLength(2);
  } finally {
    await next.close();
  }
});

test("a message that was refused may come again under its client_id once nothing stands against it", async () => {
  const { ali, veli, a, v } = await newConversation();
  const client_id = crypto.randomUUID();
  await veli.put(`/blocks/${ali.id}`);
  a.send({ type: "message.send", body: "hello", client_id });
  expect((await a.next("error")).code).toBe("forbidden");
  await veli.delete(`/blocks/${ali.id}`);
  a.send({ type: "message.send", body: "hello", client_id });
  expect((await v.next("message.new")).data.client_id).toBe(client_id);
});

test("a client_id whose message was edited or deleted is answered with it as it stands now", async () => {
  const { ali, conversationId, a } = await newConversation();
  const client_id = crypto.randomUUID();
  a.send({ type: "message.send", body: "one", client_id, ref: "1" });
  const { data } = await a.next("ack");
  const path = `/messages/${conversationId}`;
  await ali.put(`${path}/${data.id}`, { body: "two" });
  a.send({ type: "message.send", body: "one", client_id, ref: "2" });
  expect((await a.next("ack")).data).toMatchObject({ id: data.id, seq: 1, body: "two" });
  await ali.delete(`${path}/${data.id}`);
  expect((await ali.post(path, { body: "one", client_id })).body.data).toMatchObject({ id: data.id, seq: 1, body: "" });
});

test("the same client_id of another sender, or in another room, is another message", async () => {
  const { ali, veli, conversationId } = await newConversation();
  const other = await newPair(server);
  const client_id = crypto.randomUUID();
  const sent = await Promise.all([
    ali.post(`/messages/${conversationId}`, { body: "ali", client_id }),
    veli.post(`/messages/${conversationId}`, { body: "veli", client_id }),
    other.ali.post(`/messages/${other.conversationId}`, { body: "elsewhere", client_id }),
  ]);
  expect(sent.map(({ status }) => status)).toEqual([201, 201, 201]);
});

test("a block stops both sides, each with an answer of its own, until it is lifted", async () => {
  const { ali, veli, a, v } = await newConversation();
  await ali.put(`/blocks/${veli.id}`);
  a.send({ type: "message.send", body: "no" });
  expect(await a.next("error")).toMatchObject({ code: "blocked" });
  v.send({ type: "message.send", body: "no", ref: "r" });
  expect(await v.next("error")).toMatchObject({ code: "forbidden", ref: "r" });
  await a.expectSilence();
  await ali.delete(`/blocks/${veli.id}`);
  v.send({ type: "message.send", body: "yes" });
  expect((await a.next("message.new")).data.body).toBe("yes");
});
