// Two people on a conversation's socket: messages, receipts and order.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newPair, startServer, type TestServer } from "../harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

test("a message reaches everyone in the conversation, its sender included, in the seed's shape", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const [a, v] = await Promise.all([server.connect(ali, path), server.connect(veli, path)]);
  await Promise.all([a.ready(), v.ready()]);
  a.send({ type: "message.send", body: " hello " });
  for (const socket of [a, v]) {
    const frame = await socket.next("message.new");
    expect(frame.seq).toBe(1);
    expect(frame.data).toMatchObject({
      conversation_id: conversationId,
      sender_id: ali.id,
      body: "hello",
      read_at: null,
    });
    expect(frame.data.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
  }
  await Promise.all([a.close(), v.close()]);
});
