// Receipts and changes of the same room at once: neither keeps the other waiting for long, and no cursor is lost.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { asUser, newGroup, startServer, type TestServer } from "../support/harness.ts";

let first: TestServer;
let second: TestServer;

beforeAll(async () => {
  first = await startServer();
  second = await startServer({}, first.target);
});
afterAll(async () => {
  await second.close();
  await first.close();
});

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
    const started = performance.now();
    expect((await boss.put(`${path}/members/${next.id}/role`, { role: "owner" })).status).toBe(200);
    // PostgreSQL looks for a circle after a second.
    expect(performance.now() - started).toBeLessThan(1_000);
    boss = next;
  }
  expect(statuses).toEqual(new Set([200]));
  expect((await boss.delete(path)).status).toBe(200);
  over = true;
  await reading;
  expect(statuses.difference(new Set([200, 404])).size).toBe(0);
});
