// What GET /metrics tells of waits for a connection to the database.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { startServer, type TestServer } from "../support/harness.ts";

const POOL = 3;
// Two thirds of the pool.
const TRANSACTIONS = 2;

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ databasePool: POOL });
});
afterAll(() => server.close());

async function read(metric: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`^${metric} (\\S+)$`, "m").exec(text)![1]);
}

async function until(waiting: number) {
  while ((await read("chat_database_waiting")) !== waiting) await Bun.sleep(5);
}

/** Waits of a kind of work of which so many have a connection; the others wait until those are done. */
async function waitsOf(work: (gate: Promise<void>) => Promise<unknown>, all: number, waiting: number) {
  await until(0);
  const [count, seconds] = [
    await read("chat_database_wait_seconds_count"),
    await read("chat_database_wait_seconds_sum"),
  ];
  const gate = Promise.withResolvers<void>();
  const works = Array.from({ length: all }, () => work(gate.promise));
  await until(waiting);
  gate.resolve();
  await Promise.all(works);
  expect(await read("chat_database_waiting")).toBe(0);
  // The server itself may have had to wait as well.
  expect((await read("chat_database_wait_seconds_count")) - count).toBeGreaterThanOrEqual(waiting);
  expect((await read("chat_database_wait_seconds_sum")) - seconds).toBeGreaterThan(0);
}

test("transactions that wait for their turn are counted, with how long they waited", async () => {
  await waitsOf((gate) => server.core.db.transaction(() => gate), TRANSACTIONS + 3, 3);
});

test("statements are counted that wait while all connections are taken", async () => {
  await waitsOf((gate) => server.core.sql.begin(() => gate), POOL + 4, 4);
});

test("what gets a connection at once is not counted", async () => {
  const count = await read("chat_database_wait_seconds_count");
  await server.core.sql`select 1`;
  await server.core.db.transaction(async () => {});
  expect(await read("chat_database_wait_seconds_count")).toBe(count);
});
