// GET /admin/health: what a server says of itself to those who run it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { expectRefusal, newPair, startServer, type TestServer, type User } from "../support/harness.ts";
import { makeAdmin } from "../support/keys.ts";

let server: TestServer;
let admin: User;
beforeAll(async () => {
  server = await startServer();
  admin = await server.newUser();
  await makeAdmin(server, admin);
});
afterAll(() => server.close());

async function readFigures() {
  const { status, body } = await admin.get("/admin/health");
  expect(status).toBe(200);
  const [only, ...others] = body.data.servers;
  expect(others).toEqual([]);
  expect(only).toMatchObject({ is_current: true, name: expect.stringContaining(`process ${process.pid}`) });
  return only.figures;
}

/** Asks until a new reading is taken that fits. */
async function until(fits: (figures: Awaited<ReturnType<typeof readFigures>>) => boolean) {
  for (;;) {
    const figures = await readFigures();
    if (fits(figures)) return figures;
    await Bun.sleep(50);
  }
}

test("a server that is alone says its own figures", async () => {
  const before = await readFigures();
  const { ali, veli, conversationId } = await newPair(server);
  const socket = await (await server.connect(veli, "/ws")).ready();
  expect((await ali.post(`/messages/${conversationId}`, { body: "Counted" })).status).toBe(201);
  const figures = await until(({ messages }) => messages > before.messages);
  expect(figures).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    status: "ok",
    sockets: 1,
    users_online: 1,
    rooms: 1,
    messages: before.messages + 1,
    commands_under_way: 0,
    write_queue: 0,
    write_queue_age_seconds: 0,
    receipt_queue: 0,
    database: { status: "ok", response_ms: expect.any(Number) },
    bus: null,
  });
  expect(figures.database.connections).toBeGreaterThan(0);
  expect(figures.memory_bytes).toBeGreaterThan(figures.heap_bytes / 10);
  expect(figures.disk.total_bytes).toBeGreaterThanOrEqual(figures.disk.free_bytes);
  expect(Date.parse(figures.started_at)).toBeLessThanOrEqual(Date.now());
  // Since the first reading.
  expect(figures.messages_per_second).toBeGreaterThan(0);
  expect(figures.cpu).toBeGreaterThan(0);
  socket.close();
});

test("readings that come close together are one, so that many who watch cost no more than one", async () => {
  const [one, other] = await Promise.all([readFigures(), readFigures()]);
  expect(one).toEqual(other);
});

test("moderators may see it, and others may not", async () => {
  const user = await server.newUser();
  const moderator = await server.newUser();
  await server.core.sql`update users set role = 'moderator' where id = ${moderator.id}`;
  expect((await moderator.get("/admin/health")).status).toBe(200);
  expectRefusal(await user.get("/admin/health"), 403, "forbidden");
  expectRefusal(await server.call("GET", "/admin/health"), 401, "unauthorized");
});
