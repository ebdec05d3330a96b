// A database's clock that was ahead for a while: rooms that were written to then have a newest event in the future.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { MOMENT, newGroup, startServer, type TestServer } from "../support/harness.ts";
import { openLocks } from "../support/room-lock.ts";

let server: TestServer;
let locks: ReturnType<typeof openLocks>;

beforeAll(async () => {
  server = await startServer({ lockTimeoutMs: 30_000 });
  locks = openLocks(server);
});
afterAll(async () => {
  await locks.close();
  await server.close();
});

/** Two groups, one of whose newest event lies two hours ahead. */
async function openGroups() {
  const [ahead, plain] = [await newGroup(server, 2), await newGroup(server, 2)];
  await plain.owner.post(`/groups/${plain.groupId}/members`, { user_id: ahead.owner.id });
  await locks.sql`update rooms set last_event_at = now() + interval '2 hours' where id = ${ahead.groupId}`;
  return { ahead, plain };
}

/** Lets both messages go into one batch: they wait behind a change that waits for a lock. */
async function sendTogether(rooms: number[], user: Awaited<ReturnType<TestServer["newUser"]>>) {
  const blocked = await newGroup(server, 1);
  const release = await locks.holdRoom(blocked.groupId);
  const change = blocked.owner.put(`/groups/${blocked.groupId}`, { name: "Sunday" });
  await locks.queued(1);
  const sending = rooms.map((id) => user.post(`/groups/${id}/messages`, { body: "hello" }));
  while (server.core.timeline.queued < 1 + rooms.length) await Bun.sleep(2);
  await release();
  await change;
  return Promise.all(sending);
}

test("a muted member is refused though they also write in a room that is ahead of the clock", async () => {
  const { ahead, plain } = await openGroups();
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await plain.owner.put(`/groups/${plain.groupId}/members/${ahead.owner.id}/mute`, { until });
  const [there, here] = await sendTogether([ahead.groupId, plain.groupId], ahead.owner);
  expect(there!.status).toBe(201);
  expect([here!.status, here!.body.code]).toEqual([403, "muted"]);
});

test("a room that is ahead gives its time to its own messages alone", async () => {
  const { ahead, plain } = await openGroups();
  const [there, here] = await sendTogether([ahead.groupId, plain.groupId], ahead.owner);
  expect([there!.status, here!.status]).toEqual([201, 201]);
  const [late, now] = [there!.body.data.created_at, here!.body.data.created_at];
  for (const moment of [late, now]) expect(moment).toMatch(MOMENT);
  expect(Date.parse(late) - Date.now()).toBeGreaterThan(3_600_000);
  expect(Date.parse(now) - Date.now()).toBeLessThan(60_000);
  for (const { groupId } of [ahead, plain]) {
    const rows = await locks.sql<{ at: string }[]>`
      select created_at::text as at from events where room_id = ${groupId} and kind = 'message' order by seq`;
    expect(rows).toHaveLength(1);
  }
  const { data } = (await ahead.owner.get(`/groups/${plain.groupId}/messages`)).body;
  expect(data[0].created_at).toBe(now);
});
