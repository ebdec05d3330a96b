// Deleted groups are cleared away by every server that finds them, and by those that come after one that died.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newGroup, startServer, type TestServer } from "../support/harness.ts";
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

const EVENTS = 9_000;

const fill = (groupId: number, actorId: number) => locks.sql`
  insert into events (room_id, seq, kind, actor_id, body, client_id)
  select ${groupId}::bigint, 10 + n, 'message', ${actorId}::bigint, 'hello', gen_random_uuid()
  from generate_series(1, ${EVENTS}::int) n`;

test.each(["commit", "rollback"])(
  "two purges of one group, of which the first ends half-way with a %s, leave nothing",
  async (end) => {
    const { owner, groupId } = await newGroup(server, 2);
    const { sql } = locks;
    await fill(groupId, owner.id);
    const left = async () => {
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count from events where room_id = ${groupId}`;
      return row!.count;
    };
    // Another server's purge, in the middle of its first bite.
    const first = await sql.reserve();
    await first`begin`;
    await first`delete from events where id in (
      select id from events where room_id = ${groupId} order by seq limit 2000)`;
    expect((await owner.delete(`/groups/${groupId}`)).status).toBe(200);
    const isBlocked = async () =>
      (await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).length >
      0;
    while ((await left()) > 2_000 && !(await isBlocked())) await Bun.sleep(5);
    await first.unsafe(end);
    first.release();
    while ((await sql`select from rooms where id = ${groupId}`).length > 0) await Bun.sleep(5);
    expect(await left()).toBe(0);
  },
);

test("a purge that the database breaks off goes on by itself, without a restart or another deletion", async () => {
  const { owner, groupId } = await newGroup(server, 2);
  const { sql } = locks;
  await fill(groupId, owner.id);
  const holder = await sql.reserve();
  await holder`begin`;
  // The purge waits for it; nothing else that the deletion does changes events.
  await holder`lock table events in share mode`;
  expect((await owner.delete(`/groups/${groupId}`)).status).toBe(200);
  const terminate = () => sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%delete from events%' and pid <> pg_backend_pid()`;
  while ((await terminate()).length === 0) await Bun.sleep(5);
  await holder`commit`;
  holder.release();
  while ((await sql`select from rooms where id = ${groupId}`).length > 0) await Bun.sleep(5);
  expect(await sql`select from events where room_id = ${groupId}`).toHaveLength(0);
});
