// A connection that ends while its resume is under way leaves nothing behind on the server.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newPair, startServer, type TestServer } from "../support/harness.ts";
import { openLocks } from "../support/room-lock.ts";

let server: TestServer;
let locks: ReturnType<typeof openLocks>;

beforeAll(async () => {
  server = await startServer({ logLevel: "silent", lockTimeoutMs: 10_000 });
  locks = openLocks(server);
});
afterAll(async () => {
  await locks.close();
  await server.close();
});

test("a connection that ends while its resume waits for the database keeps none of its rooms' events", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const { bus, timeline } = server.core;
  const tap = bus.tap.bind(bus);
  let taps = 0;
  bus.tap = (topic, heard) => {
    const release = tap(topic, heard);
    taps++;
    return () => {
      taps--;
      release();
    };
  };
  const socket = await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready();
  const release = await locks.hold("lock table epoch in access exclusive mode");
  timeline.epoch.invalidate();
  await locks.queued(1);
  socket.send({ type: "resume", after_seq: 0 });
  await socket.ready();
  expect(taps).toBe(1);
  await socket.close();
  while (taps > 0) await Bun.sleep(2);
  await release();
  await timeline.epoch.verified();
  // Behind the rest of the resume, which reads the database as well.
  expect((await veli.post(`/messages/${conversationId}`, { body: "later" })).status).toBe(201);
  expect((await veli.get("/conversations")).status).toBe(200);
  expect(taps).toBe(0);
});
