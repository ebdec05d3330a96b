// How a server that shuts down hands its clients over to another one on its database.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newPair, type Socket, startServer, type TestServer } from "./support/harness.ts";
import { PATIENCE_MS } from "./support/patience.ts";

const PEOPLE = 40;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const isClosed = ({ ws }: Socket) => ws.readyState === WebSocket.CLOSED;
/** Resolves in the event of each close, with how many sockets are closed by then. */
async function untilClosed(sockets: Socket[], count: number) {
  let closed = sockets.filter(isClosed).length;
  while (closed < count) {
    await Promise.race(sockets.filter((socket) => !isClosed(socket)).map((socket) => socket.closed));
    closed = sockets.filter(isClosed).length;
  }
  return closed;
}

test("sockets are closed in waves with 1001; each is served until its turn, and nothing acknowledged is lost", async () => {
  const going = await startServer({ socketsPerUser: 1000 }, server.target);
  const { ali, conversationId } = await newPair(going);
  const path = `/ws/conversations/${conversationId}`;
  const sockets = await Promise.all(Array.from({ length: PEOPLE }, () => going.connect(ali, path)));
  for (const socket of sockets) await socket.ready();

  const drained = going.drain(1_000);
  expect((await going.call("GET", "/ready")).body).toEqual({ status: "unavailable", reason: "draining" });
  // Not ready, it still serves those who have not heard of it.
  const late = await (await going.connect(ali, path)).ready();
  sockets.push(late);

  const acknowledged: string[] = [];
  for (let seen = 0; seen < sockets.length; ) {
    // On a machine that is slow the last wave may have passed before somebody came; the end of the server is theirs, too.
    seen = await Promise.race([untilClosed(sockets, seen + 1), drained.then(() => sockets.length)]);
    const open = sockets.find((socket) => !isClosed(socket));
    if (!open) break;
    const ref = `after ${seen}`;
    open.send({ type: "message.send", body: ref, client_id: crypto.randomUUID(), ref });
    // Its own turn may come before the response.
    const ack = await open.next("ack").catch(() => null);
    if (ack) acknowledged.push(ref);
  }
  await drained;
  await going.close();
  for (const socket of sockets) expect(await socket.closed).toEqual({ code: 1001, reason: "" });
  expect(acknowledged.length).toBeGreaterThan(0);

  const { body } = await server.call("GET", `/messages/${conversationId}?limit=100`, undefined, {
    authorization: `Bearer ${ali.token}`,
  });
  const stored = body.data.map((message: { body: string }) => message.body);
  expect(stored).toEqual(expect.arrayContaining(acknowledged));
  expect(new Set(stored).size).toBe(stored.length);
});

test("a socket whose command is under way is closed only when that has its response", async () => {
  const going = await startServer({ queueTimeoutMs: PATIENCE_MS }, server.target);
  const { ali, conversationId } = await newPair(going);
  const socket = await (await going.connect(ali, `/ws/conversations/${conversationId}`)).ready();
  // The room's row is held until every wave has passed.
  const held = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = server.core.sql.begin(async (tx) => {
    await tx`select 1 from rooms where id = ${conversationId} for update`;
    locked.resolve();
    await held.promise;
  });
  await locked.promise;
  socket.send({ type: "message.send", body: "under way", client_id: crypto.randomUUID(), ref: "held" });
  while (!(await going.call("GET", "/metrics")).body.includes("\nchat_commands_under_way 1\n")) await Bun.sleep(5);
  await going.drain(100);
  expect(isClosed(socket)).toBe(false);
  const closing = going.close();
  held.resolve();
  await holding;
  expect((await socket.next("ack")).ref).toBe("held");
  expect((await socket.closed).code).toBe(1001);
  await closing;
});
