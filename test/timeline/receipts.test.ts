// Receipts and changes of the same room at once: neither keeps the other waiting for long, and no cursor is lost.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { openDatabase } from "../../src/db/client.ts";
import { asUser, newDatabase, newGroup, startServer, type TestServer } from "../support/harness.ts";

let database: Awaited<ReturnType<typeof newDatabase>>;
let first: TestServer;
let second: TestServer;

beforeAll(async () => {
  database = await newDatabase();
  first = await startServer({}, database.target);
  second = await startServer({}, database.target);
});
afterAll(() => database.drop());

test("a group handed around and deleted while everyone reads never ends in two waiting for each other", async () => {
  const { owner, others, groupId } = await newGroup(first, 6);
  const everyone = [owner, ...others];
  const path = `/groups/${groupId}`;
  let over = false;
  const statuses = new Set<number>();
  const reading = (async () => {
    while (!over) {
      await second.call("POST", `${path}/messages`, { body: "news" }, { authorization: `Bearer ${owner.token}` });
      // All at once, so that one statement moves several cursors.
      const read = everyone.map(({ token }) => asUser(second.url, token).put(`${path}/members/me/read`));
      for (const { status } of await Promise.all(read)) statuses.add(status);
    }
  })();
  let boss = owner;
  for (let i = 0; i < 24; i++) {
    const next = everyone.filter(({ id }) => id !== boss.id)[i % 5]!;
    expect((await boss.put(`${path}/members/${next.id}/role`, { role: "owner" })).status).toBe(200);
    boss = next;
  }
  expect(statuses).toEqual(new Set([200]));
  expect((await boss.delete(path)).status).toBe(200);
  over = true;
  await reading;
  expect(statuses.difference(new Set([200, 404])).size).toBe(0);
  // PostgreSQL counts the circles of locks that it had to break; a session's own count is complete once it has ended.
  await Promise.all([first.close(), second.close()]);
  const { sql } = openDatabase(database.target);
  const [counted] = await sql<{ deadlocks: number }[]>`
    select deadlocks::int from pg_stat_database where datname = current_database()`;
  await sql.end();
  expect(counted!.deadlocks).toBe(0);
});
