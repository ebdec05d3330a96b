// Edits and deletions: many of them, of many rooms, share a statement and a commit, and each still has its own outcome.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { openLocks, timelineOf } from "../support/room-lock.ts";

type Pair = Awaited<ReturnType<typeof newPair>>;
interface Sent {
  pair: Pair;
  path: string;
}

let server: TestServer;
let locks: ReturnType<typeof openLocks>;
const held: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await startServer({ logLevel: "silent" });
  locks = openLocks(server);
});
afterEach(async () => {
  for (const release of held.splice(0)) await release();
});
afterAll(async () => {
  await locks.close();
  await server.close();
});

async function lock(statement: string) {
  const release = await locks.hold(statement);
  held.push(release);
  return release;
}

/** A message of Ali's in a conversation, with the path to change it. */
async function send(pair: Pair, body = "before"): Promise<Sent> {
  const path = `/messages/${pair.conversationId}`;
  return { pair, path: `${path}/${(await pair.ali.post(path, { body })).body.data.id}` };
}

/** Makes the requests, one after the other, while the write path waits for the lock of another room: they queue up behind it. */
async function queueUp<T>(requests: (() => Promise<T>)[]): Promise<T[]> {
  const { owner, groupId } = await newGroup(server);
  const release = await lock(`select 1 from rooms where id = ${groupId} for update`);
  const blocked = owner.put(`/groups/${groupId}`, { name: "Sunday" });
  await locks.queued(1);
  const all: Promise<T>[] = [];
  for (const request of requests) {
    all.push(request());
    while (server.core.timeline.queued <= all.length) await Bun.sleep(1);
  }
  await release();
  await blocked;
  return Promise.all(all);
}

/** In how many transactions the events of these kinds in these rooms were stored. */
async function commitsOf(roomIds: number[]): Promise<number> {
  const [row] = await locks.sql<{ count: number }[]>`
    select count(distinct xmin::text)::int as count from events
    where room_id = any (${roomIds}::bigint[]) and kind in ('message.updated', 'message.deleted')`;
  return row!.count;
}

test("edits and deletions that queue up in many rooms share a commit, each in its room's order without gaps", async () => {
  const pairs = await Promise.all(Array.from({ length: 6 }, () => newPair(server)));
  const sent = await Promise.all(pairs.flatMap((pair) => Array.from({ length: 5 }, () => send(pair))));
  const answers = await queueUp(
    sent.map(
      ({ pair, path }, i) =>
        () =>
          i % 2 === 0 ? pair.ali.put(path, { body: `edit ${i}` }) : pair.ali.delete(path),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(sent.map(() => 200));
  for (const [i, { body }] of answers.entries()) expect(body.data.body).toBe(i % 2 === 0 ? `edit ${i}` : "");
  for (const { conversationId } of pairs) {
    const timeline = await timelineOf(server, conversationId);
    expect(timeline.map(({ seq }) => seq)).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
  }
  expect(await commitsOf(pairs.map(({ conversationId }) => conversationId))).toBeLessThanOrEqual(2);
});

test("everybody in a room sees its changes in the order of their seq, whoever made them", async () => {
  const { owner, others, groupId } = await newGroup(server, 3);
  const path = `/groups/${groupId}/messages`;
  const writers = [owner, ...others];
  const ids: number[] = await Promise.all(
    writers.map(async (writer) => (await writer.post(path, { body: "before" })).body.data.id),
  );
  const socket = await (await server.connect(owner, `/ws/groups/${groupId}`)).ready();
  await queueUp(writers.map((writer, i) => () => writer.put(`${path}/${ids[i]}`, { body: `${i}` })));
  const frames = [];
  for (const _ of writers) frames.push(await socket.next("group.message.updated"));
  const { length } = await timelineOf(server, groupId);
  expect(frames.map(({ seq }) => seq)).toEqual([length - 2, length - 1, length]);
  expect(frames.map(({ data }) => data.id)).toEqual(ids);
  await socket.expectSilence();
});

test("two changes of one message keep their order, and the newer one stands", async () => {
  const { pair, path } = await send(await newPair(server));
  const answers = await queueUp([
    () => pair.ali.put(path, { body: "one" }),
    () => pair.ali.put(path, { body: "two" }),
    () => pair.ali.delete(path),
  ]);
  expect(answers.map(({ body }) => body.data.body)).toEqual(["one", "two", ""]);
  expect((await timelineOf(server, pair.conversationId)).map(({ kind }) => kind)).toEqual([
    "message",
    "message.updated",
    "message.updated",
    "message.deleted",
  ]);
});

test("a change that is refused in a batch leaves its neighbours alone, and takes no seq", async () => {
  const { owner, others, groupId } = await newGroup(server, 3);
  const [member, muted] = others;
  const stranger = await server.newUser();
  const path = `/groups/${groupId}/messages`;
  const ids: number[] = [];
  for (const writer of [owner, owner, member!, muted!])
    ids.push((await writer.post(path, { body: "before" })).body.data.id);
  await owner.delete(`${path}/${ids[1]}`);
  await owner.put(`/groups/${groupId}/members/${muted!.id}/mute`);
  const before = (await timelineOf(server, groupId)).at(-1)!.seq;
  const answers = await queueUp([
    () => owner.put(`${path}/${ids[0]}`, { body: "after" }),
    () => owner.put(`${path}/${ids[1]}`, { body: "after" }),
    () => owner.put(`${path}/${ids[2]}`, { body: "after" }),
    () => muted!.put(`${path}/${ids[3]}`, { body: "after" }),
    () => stranger.put(`${path}/${ids[0]}`, { body: "after" }),
    () => member!.delete(`${path}/${ids[3]}`),
    () => owner.put(`${path}/999999999`, { body: "after" }),
    () => member!.put(`${path}/${ids[2]}`, { body: "after" }),
  ]);
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
    [200, undefined],
    [409, "message_deleted"],
    [403, "forbidden"],
    [403, "muted"],
    [404, "not_found"],
    [403, "forbidden"],
    [404, "not_found"],
    [200, undefined],
  ]);
  const news = (await timelineOf(server, groupId)).filter(({ seq }) => seq > before);
  expect(news.map(({ seq, kind }) => [seq - before, kind])).toEqual([
    [1, "message.updated"],
    [2, "message.updated"],
  ]);
});

test("a change that the database fails on fails alone", async () => {
  await locks.sql.unsafe(`
    create function fail_on_poison() returns trigger language plpgsql as
      $$ begin if new.body = 'poison' then raise exception 'poisoned'; end if; return new; end $$;
    create trigger poison before update on events for each row execute function fail_on_poison()`);
  try {
    const pairs = await Promise.all(Array.from({ length: 3 }, () => newPair(server)));
    const sent = await Promise.all(pairs.map((pair) => send(pair)));
    const answers = await queueUp(
      sent.map(
        ({ pair, path }, i) =>
          () =>
            pair.ali.put(path, { body: i === 1 ? "poison" : "good" }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 500, 200]);
  } finally {
    await locks.sql.unsafe("drop trigger poison on events; drop function fail_on_poison()");
  }
});

test("changes of other rooms and messages go on while a room or a message is locked", async () => {
  const [room, message, free] = await Promise.all([1, 2, 3].map(async () => send(await newPair(server))));
  const releaseRoom = await lock(`select 1 from rooms where id = ${room!.pair.conversationId} for update`);
  await lock(`select 1 from events where id = ${message!.path.split("/").at(-1)} for update`);
  const waiting = room!.pair.ali.put(room!.path, { body: "after" });
  const [locked, done] = await queueUp([
    () => message!.pair.ali.put(message!.path, { body: "after" }),
    () => free!.pair.ali.put(free!.path, { body: "after" }),
  ]);
  expect([locked!.status, locked!.body.code, done!.status]).toEqual([503, "unavailable", 200]);
  await releaseRoom();
  expect((await waiting).body.data.body).toBe("after");
});

test("a change that changes nothing takes no seq and moves no room up", async () => {
  const { pair, path } = await send(await newPair(server), "same");
  const state = () =>
    locks.sql`select last_seq, last_event_at::text from rooms where id = ${pair.conversationId}`.then(([row]) => row);
  const sent = await state();
  expect((await pair.ali.put(path, { body: "same" })).body.data).toMatchObject({ body: "same", edited_at: null });
  expect(await state()).toEqual(sent!);
  const first = (await pair.ali.delete(path)).body;
  const deleted = await state();
  expect(deleted!.last_seq).toBe(2);
  expect((await pair.ali.delete(path)).body).toEqual(first);
  expect(await state()).toEqual(deleted!);
});

test("messages and changes that queue up together keep one order without gaps", async () => {
  const { owner, others, groupId } = await newGroup(server, 4);
  const path = `/groups/${groupId}/messages`;
  const writers = [owner, ...others];
  const ids: number[] = [];
  for (const writer of writers) {
    for (let i = 0; i < 10; i++) ids.push((await writer.post(path, { body: "before" })).body.data.id);
  }
  const before = (await timelineOf(server, groupId)).length;
  const socket = await (await server.connect(owner, `/ws/groups/${groupId}`)).ready();
  const answers = await Promise.all(
    ids.flatMap((id, i) => {
      const writer = writers[Math.floor(i / 10)]!;
      return [writer.put(`${path}/${id}`, { body: `edit ${i}` }), writer.post(path, { body: `new ${i}` })];
    }),
  );
  expect(answers.filter(({ status }) => status >= 300)).toEqual([]);
  for (let seq = before + 1; seq <= before + answers.length; seq++) {
    expect((await socket.nextOf("group.message.new", "group.message.updated")).seq).toBe(seq);
  }
  await socket.expectSilence();
});
