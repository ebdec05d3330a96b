// A feed is given every committed event, at least once and in order in each room, whatever fails; and exactly once as far as it writes
// to the database.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Feed, FeedEvent } from "../../src/feeds/feed.ts";
import { FeedWorker } from "../../src/feeds/feed-worker.ts";
import { newGroup, startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;
let feeds = 0;
const workers: FeedWorker[] = [];

beforeAll(async () => {
  server = await startServer({ logLevel: "silent" });
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  await server.close();
});

const sql = () => server.core.sql;

/** A feed of its own that notes what it was given by committed transactions, with some workers. */
async function newFeed(count = 1, work: (events: FeedEvent[]) => Promise<unknown> | unknown = () => {}) {
  const name = `feed${++feeds}`;
  await sql()`create table ${sql()(name)} (n bigint generated always as identity, room_id bigint, seq bigint)`;
  const feed: Feed = {
    name,
    async work(tx, events) {
      await work(events);
      for (const { roomId, seq } of events) await tx`insert into ${tx(name)} (room_id, seq) values (${roomId}, ${seq})`;
    },
    async forget() {},
  };
  const parts = { sql: sql(), log: server.core.log, isBusy: () => false };
  const own = Array.from({ length: count }, () => new FeedWorker(feed, parts));
  workers.push(...own);
  /** In the order of the commits. */
  const worked = async (roomId: number) =>
    (await sql()<{ seq: number }[]>`select seq from ${sql()(name)} where room_id = ${roomId} order by n`).map(
      ({ seq }) => seq,
    );
  return { name, own, worked };
}

/** A group with this many events. */
async function roomWith(events: number) {
  const { owner, groupId } = await newGroup(server, 1);
  const path = `/groups/${groupId}/messages`;
  const say = (n: number) => owner.post(path, { body: `message ${n}` });
  for (let n = 1; n <= events; n++) await say(n);
  return { groupId, say };
}
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);
const until = async (holds: () => Promise<boolean> | boolean) => {
  while (!(await holds())) await Bun.sleep(10);
};

test("several workers give each event once and in order, however often a room is marked", async () => {
  const rooms = [await roomWith(30), await roomWith(30)];
  const { own, worked } = await newFeed(3);
  const marking = setInterval(() => {
    for (const worker of own) for (const { groupId } of rooms) worker.markDirty(groupId);
  }, 5);
  for (let n = 31; n <= 60; n++) for (const { say } of rooms) await say(n);
  await until(async () => (await worked(rooms[0]!.groupId)).length + (await worked(rooms[1]!.groupId)).length >= 120);
  clearInterval(marking);
  await Promise.all(own.map((worker) => worker.close()));
  for (const { groupId } of rooms) expect(await worked(groupId)).toEqual(upTo(60));
});

test("a sweep finds what nobody has marked", async () => {
  const { groupId } = await roomWith(3);
  const { own, worked } = await newFeed();
  own[0]!.sweep();
  await until(async () => (await worked(groupId)).length > 0);
  expect(await worked(groupId)).toEqual([1, 2, 3]);
});

test("an event that fails three times alone is skipped, and counted; all others are given", async () => {
  const [sound, broken] = [await roomWith(6), await roomWith(6)];
  const attempts: number[] = [];
  const { own, worked } = await newFeed(1, (events) => {
    const bad = events.find(({ roomId, seq }) => roomId === broken.groupId && seq === 4);
    if (!bad) return;
    attempts.push(events.length);
    throw new Error("this one can't be worked");
  });
  for (const { groupId } of [sound, broken]) own[0]!.markDirty(groupId);
  await until(async () => (await worked(broken.groupId)).length === 5);
  expect(await worked(broken.groupId)).toEqual([1, 2, 3, 5, 6]);
  await until(async () => (await worked(sound.groupId)).length === 6);
  expect(attempts.slice(-3)).toEqual([1, 1, 1]);
  expect(own[0]!.skipped).toBe(1);
});

test("what failed for now is given again until it works, and nothing is skipped", async () => {
  const { groupId } = await roomWith(4);
  let failures = 0;
  const { own, worked } = await newFeed(1, () => {
    if (failures++ < 5) throw Object.assign(new Error("a lock"), { code: "55P03" });
  });
  own[0]!.markDirty(groupId);
  await until(async () => (await worked(groupId)).length > 0);
  expect(await worked(groupId)).toEqual(upTo(4));
  expect(own[0]!.skipped).toBe(0);
});

test("a room that another server works at the moment is left to it, and looked at again", async () => {
  const { groupId } = await roomWith(2);
  const { name, own, worked } = await newFeed();
  await sql()`insert into feeds (feed, room_id, seq) values (${name}, ${groupId}, 0)`;
  const other = await sql().reserve();
  await other`begin`;
  await other`select from feeds where feed = ${name} for update`;
  own[0]!.markDirty(groupId);
  await until(
    async () =>
      (await sql()`select from pg_stat_activity where query like '%skip locked%' and state <> 'active'`).length > 0,
  );
  expect(await worked(groupId)).toEqual([]);
  await other`update feeds set seq = 1 where feed = ${name}`;
  await other`commit`;
  other.release();
  await until(async () => (await worked(groupId)).length > 0);
  expect(await worked(groupId)).toEqual([2]);
});

test("a worker that closes works what is marked", async () => {
  const { groupId } = await roomWith(3);
  const { own, worked } = await newFeed();
  own[0]!.markDirty(groupId);
  await own[0]!.close();
  expect(await worked(groupId)).toEqual(upTo(3));
});

test("it leaves the database to messages while they queue, and says for how long it has waited", async () => {
  const { groupId } = await roomWith(1);
  const { name, worked } = await newFeed();
  let isBusy = true;
  const feed: Feed = {
    name,
    work: async (tx, events) => {
      for (const { roomId, seq } of events) await tx`insert into ${tx(name)} (room_id, seq) values (${roomId}, ${seq})`;
    },
    forget: async () => {},
  };
  const worker = new FeedWorker(feed, { sql: sql(), log: server.core.log, isBusy: () => isBusy });
  workers.push(worker);
  worker.markDirty(groupId);
  await until(() => worker.lag > 0.6);
  expect(await worked(groupId)).toEqual([]);
  isBusy = false;
  await until(async () => (await worked(groupId)).length > 0);
  expect(await worked(groupId)).toEqual([1]);
  await until(() => worker.lag === 0);
});
