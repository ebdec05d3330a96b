// Many messages in one statement: each gets its own verdict, and none suffers for its neighbours.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { openWriter } from "../../src/db/client.ts";
import { appendMessages, type BatchLink, type NewMessage } from "../../src/timeline/append.ts";
import { newGroup, newPair, startServer, type TestServer, type User } from "../support/harness.ts";
import { openLocks, timelineOf } from "../support/room-lock.ts";

let server: TestServer;
let locks: ReturnType<typeof openLocks>;

beforeAll(async () => {
  server = await startServer({ logLevel: "silent", lockTimeoutMs: 30_000 });
  locks = openLocks(server);
  // The database itself refuses what says so, as a broken disk page or a constraint of tomorrow would.
  await locks.sql.unsafe(`
    create function refuse_poison() returns trigger language plpgsql as
      $$ begin
        if new.body like 'poison%' then raise exception 'no such luck'; end if;
        if new.body = 'slow' then perform pg_sleep(0.001); end if;
        return new;
      end $$;
    create trigger refuse_poison before insert on events for each row execute function refuse_poison()`);
});
afterAll(async () => {
  await locks.close();
  await server.close();
});

type Room = Pick<NewMessage, "roomId" | "kind">;

const direct = (roomId: number): Room => ({ roomId, kind: "direct" });
const group = (roomId: number): Room => ({ roomId, kind: "group" });

const draft = (sender: User, room: Room, more: Partial<NewMessage> = {}): NewMessage => ({
  ...room,
  senderId: sender.id,
  senderName: sender.username,
  body: "hello",
  clientId: crypto.randomUUID(),
  ...more,
});

/** What the timeline hands to the statement; `reached` are those with a socket open. */
async function append(batch: NewMessage[], reached: User[] = [], sql = server.core.sql) {
  const { peerCache } = server.core;
  await peerCache.load(batch.map(({ roomId }) => roomId));
  const verdicts = await appendMessages(sql, batch, ({ kind, roomId, senderId }) => {
    const id = kind === "direct" ? peerCache.get(roomId, senderId) : null;
    return id === null ? null : { id, isReached: reached.some((user) => user.id === id) };
  });
  return verdicts!;
}

test("each message of a mixed batch gets its own verdict, in the order given", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const { owner, others, groupId } = await newGroup(server, 3);
  const [muted, lifted] = others;
  const blocking = await newPair(server);
  const outsider = await server.newUser();
  await owner.put(`/groups/${groupId}/members/${muted!.id}/mute`);
  const until = new Date(Date.now() + 200).toISOString();
  await owner.put(`/groups/${groupId}/members/${lifted!.id}/mute`, { until });
  while (Date.now() < Date.parse(until)) await Bun.sleep(10);
  await blocking.ali.put(`/blocks/${blocking.veli.id}`);
  const before = (await timelineOf(server, groupId)).length;
  const [earlier] = await append([
    draft(ali, direct(conversationId), { clientId: "0b9f1f5e-6f0b-4d3f-9a51-3a1c2f6f8a10" }),
  ]);
  const twin = crypto.randomUUID();

  const batch = [
    draft(ali, direct(conversationId), { clientId: twin, body: "new" }),
    draft(outsider, direct(conversationId)),
    draft(owner, group(groupId)),
    draft(muted!, group(groupId)),
    draft(blocking.ali, direct(blocking.conversationId)),
    draft(blocking.veli, direct(blocking.conversationId)),
    draft(veli, direct(conversationId), { clientId: twin, body: "someone else's" }),
    draft(ali, direct(conversationId), { clientId: "0b9f1f5e-6f0b-4d3f-9a51-3a1c2f6f8a10", body: "seen before" }),
    draft(ali, group(conversationId)),
    draft(owner, direct(groupId)),
    draft(owner, group(999_999_999)),
    draft(outsider, group(groupId)),
    draft(owner, group(groupId), { clientId: twin }),
    draft(lifted!, group(groupId)),
    draft(ali, direct(conversationId), { body: "the last" }),
  ];
  const verdicts = await append(batch, [ali]);

  expect(verdicts.map(({ outcome }) => outcome)).toEqual([
    "new",
    "not_found",
    "new",
    "muted",
    "blocked",
    "refused",
    "new",
    "repeated",
    "not_found",
    "not_found",
    "not_found",
    "not_found",
    "new",
    "new",
    "new",
  ]);
  const places = verdicts.map((verdict) => ("seq" in verdict ? verdict.seq : null));
  const inGroup = [before + 1, before + 2, before + 3];
  expect(places.filter((seq) => seq !== null)).toEqual([2, inGroup[0]!, 3, inGroup[1]!, inGroup[2]!, 4]);
  expect(verdicts[7]).toMatchObject({ id: (earlier as { id: number }).id });
  expect((await timelineOf(server, conversationId)).map(({ body }) => body)).toEqual([
    "hello",
    "new",
    "someone else's",
    "the last",
  ]);
  expect((await timelineOf(server, groupId)).map(({ seq }) => seq)).toEqual(
    [...Array(before + 3).keys()].map((i) => i + 1),
  );
  expect(await timelineOf(server, blocking.conversationId)).toEqual([]);
  const { data } = (await ali.get(`/messages/${conversationId}`)).body;
  expect(data.map((message: { delivered_at: string | null }) => message.delivered_at !== null)).toEqual([
    false,
    false,
    true,
    false,
  ]);
});

test("in a batch ids, places and times all run the same way", async () => {
  const rooms = await Promise.all(Array.from({ length: 5 }, () => newPair(server)));
  const batch = Array.from({ length: 500 }, (_, i) => {
    const { ali, veli, conversationId } = rooms[i % 5]!;
    return draft(i % 2 ? ali : veli, direct(conversationId), { body: String(i) });
  });
  for (const half of [batch.slice(0, 250), batch.slice(250)]) await append(half);
  for (const { conversationId } of rooms) {
    const rows = await server.core.sql<{ id: number; seq: number; body: string; created_at: string }[]>`
      select id, seq, body, created_at::text from events where room_id = ${conversationId} order by seq`;
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    for (const column of ["id", "created_at"] as const) {
      const values = rows.map((row) => row[column]);
      expect(values).toEqual(values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    }
    expect(rows.map(({ body }) => Number(body) % 5)).toEqual(Array(100).fill(Number(rows[0]!.body) % 5));
  }
});

test("batches over the same rooms in different orders, from many connections at once, never wait for each other in a circle", async () => {
  const rooms = await Promise.all(Array.from({ length: 12 }, () => newPair(server)));
  const waiting = [];
  for (let i = 0; i < 40; i++) {
    const order = rooms.toSorted(() => Math.random() - 0.5);
    const { sql } = i % 2 ? locks : server.core;
    const batch = order.map(({ ali, conversationId }) => draft(ali, direct(conversationId)));
    waiting.push(append(batch, [], sql));
  }
  // A circle would be broken by PostgreSQL after a second, with an error for one of them.
  for (const verdicts of await Promise.all(waiting))
    expect(verdicts.every(({ outcome }) => outcome === "new")).toBe(true);
  for (const { conversationId } of rooms) {
    expect((await timelineOf(server, conversationId)).map(({ seq }) => seq)).toEqual(
      [...Array(40).keys()].map((i) => i + 1),
    );
  }
});

test("a message that the database can't store is refused alone; its neighbours in the batch are stored in order", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const elsewhere = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const [a, v] = await Promise.all([server.connect(ali, path), server.connect(veli, path)]);
  await Promise.all([a.ready(), v.ready()]);
  // The first message waits for the lock; all others then make one batch.
  const release = await locks.holdRoom(conversationId);
  const bodies = ["first", "one", "poison a", "two", "three", "poison b", "four"];
  for (const body of bodies) a.send({ type: "message.send", body, ref: body });
  await locks.queued(1);
  const neighbour = elsewhere.ali.post(`/messages/${elsewhere.conversationId}`, { body: "from another room" });
  const poison = veli.post(`/messages/${conversationId}`, { body: "poison c" });
  await release();

  const answers = [];
  for (const _ of bodies) answers.push(await a.nextOf("ack", "error"));
  const refused = answers.filter(({ type }) => type === "error");
  expect(refused.map(({ ref, code }) => [ref, code])).toEqual([
    ["poison a", "internal"],
    ["poison b", "internal"],
  ]);
  expect(JSON.stringify(refused)).not.toContain("luck");
  const stored = ["first", "one", "two", "three", "four"];
  for (const [i, body] of stored.entries()) {
    expect(await v.next("message.new")).toMatchObject({ seq: i + 1, data: { body } });
  }
  expect(answers.filter(({ type }) => type === "ack").map(({ ref }) => ref)).toEqual(stored);
  expect((await neighbour).status).toBe(201);
  expect([(await poison).status, (await poison).body.code]).toEqual([500, "internal"]);
  a.send({ type: "message.send", body: "after" });
  expect(await v.next("message.new")).toMatchObject({ seq: 6, data: { body: "after" } });
  await v.expectSilence();
});

test("nothing of a batch is stored when the one before it on the same connection was not", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const { sql, name } = openWriter(server.target);
  const send = (turn: BatchLink, ...bodies: string[]) =>
    appendMessages(
      sql,
      bodies.map((body) => draft(ali, direct(conversationId), { body })),
      () => null,
      turn,
    );
  try {
    await send({ name: "1", after: null }, "first");
    const [stored, refused, behind, last] = await Promise.allSettled([
      send({ name: "2", after: "1" }, "second"),
      send({ name: "3", after: "2" }, "poison", "third"),
      send({ name: "4", after: "3" }, "fourth"),
      send({ name: "5", after: null }, "fifth"),
    ]);
    expect([stored, last].map((one) => one.status)).toEqual(["fulfilled", "fulfilled"]);
    expect(refused.status).toBe("rejected");
    expect(behind).toEqual({ status: "fulfilled", value: null });
    // Nor on a connection that has never heard of it.
    await locks.sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = ${name}`;
    while ((await send({ name: "6", after: null }).catch(() => "gone")) === "gone") await Bun.sleep(5);
    expect(await send({ name: "7", after: "5" }, "sixth")).toBeNull();
  } finally {
    await sql.end();
  }
  const { data } = (await veli.get(`/messages/${conversationId}`)).body;
  expect(data.map(({ body }: { body: string }) => body)).toEqual(["first", "second", "fifth"]);
});

test("each sender's messages are stored in the order in which they were sent, however many batches the database refuses", async () => {
  const pairs = await Promise.all(Array.from({ length: 4 }, () => newPair(server)));
  const sent = 150;
  const bodies = Array.from({ length: sent }, (_, i) => (i % 13 === 7 ? `poison ${i}` : String(i)));
  const answers = await Promise.all(
    pairs.map(async ({ ali, conversationId }) => {
      const socket = await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready();
      const codes = [];
      // A few at a time, so that batches are small and one is always on its way behind another.
      for (const [i, body] of bodies.entries()) {
        socket.send({ type: "message.send", body, ref: body });
        if (i % 3 === 0) await new Promise(setImmediate);
        if (i >= 30) codes.push(await socket.nextOf("ack", "error"));
      }
      while (codes.length < sent) codes.push(await socket.nextOf("ack", "error"));
      return codes;
    }),
  );
  const healthy = bodies.filter((body) => !body.startsWith("poison"));
  for (const codes of answers) {
    expect(codes.filter(({ type }) => type === "error").map(({ ref }) => ref)).toEqual(
      bodies.filter((body) => body.startsWith("poison")),
    );
  }
  for (const { conversationId } of pairs) {
    expect((await timelineOf(server, conversationId)).map(({ body }) => body)).toEqual(healthy);
  }
});

test("a repeat among messages that may all be stored is answered with the first; its neighbours get places without a hole", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const room = direct(conversationId);
  const clientId = crypto.randomUUID();
  const [first] = await append([draft(ali, room, { clientId })]);
  const verdicts = await append([
    draft(veli, room, { body: "before" }),
    draft(ali, room, { clientId, body: "again" }),
    draft(ali, room, { body: "after" }),
  ]);
  expect(verdicts).toMatchObject([
    { outcome: "new", seq: 2 },
    { outcome: "repeated", id: first!.outcome === "new" ? first!.id : null },
    { outcome: "new", seq: 3 },
  ]);
  expect(await append([draft(veli, room)])).toMatchObject([{ outcome: "new", seq: 4 }]);
  const { data } = (await ali.get(`/messages/${conversationId}`)).body;
  expect(data.map(({ seq, body }: { seq: number; body: string }) => [seq, body]).slice(1, 3)).toEqual([
    [2, "before"],
    [3, "after"],
  ]);
});

test("what is refused or repeated leaves no trace in its room's place in the list", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const other = await newPair(server);
  const listed = async () => (await ali.get("/conversations")).body.data[0];
  const clientId = crypto.randomUUID();
  await append([draft(ali, direct(conversationId), { clientId })]);
  const before = await listed();
  await append([
    draft(ali, direct(conversationId), { clientId }),
    draft(other.ali, direct(conversationId)),
    draft(other.ali, direct(other.conversationId)),
  ]);
  expect(await listed()).toEqual(before);
  expect(before.last_activity_at).toBe(before.last_message.created_at);
  await append([draft(veli, direct(conversationId)), draft(veli, direct(conversationId), { clientId })]);
  const { seq, last_activity_at, last_message } = await listed();
  expect([seq, last_activity_at]).toEqual([3, last_message.created_at]);
});

test("a change of a room has its turn though messages never cease to come", async () => {
  const { owner, others, groupId } = await newGroup(server, 3);
  const [o, ...talkers] = await Promise.all(
    [owner, ...others].map((user) => server.connect(user, `/ws/groups/${groupId}`)),
  );
  await Promise.all([o!, ...talkers].map((socket) => socket.ready()));
  let isRenamed = false;
  let sent = 0;
  // Slow to store, so that there are always some that wait.
  const talk = async (socket: (typeof talkers)[number]) => {
    for (let i = 0; !isRenamed && i < 1_000; i++, sent++) {
      socket.send({ type: "group.message.send", body: "slow", ref: "" });
      if (i >= 40) await socket.next("ack");
    }
  };
  const rename = async () => {
    await o!.next("group.message.new");
    const { status } = await owner.put(`/groups/${groupId}`, { name: "Sunday" });
    isRenamed = true;
    return status;
  };
  const [status] = await Promise.all([rename(), ...talkers.map(talk)]);
  expect([status, sent < 2_000]).toEqual([200, true]);
});

test("what a message has besides its text is stored with it, whatever is wrong with its neighbours", async () => {
  const { ali, conversationId } = await newPair(server);
  const room = direct(conversationId);
  const outsider = await server.newUser();
  const earlier = draft(ali, room);
  await append([earlier]);
  const data = { reply_to: 7, text: 'a "quoted", {braced} \\ text' };
  for (const neighbours of [[], [draft(outsider, room), earlier]]) {
    const rich = draft(ali, room, { data });
    const verdicts = await append([...neighbours, draft(ali, room), rich, draft(ali, room)]);
    expect(verdicts.map(({ outcome }) => outcome).slice(-3)).toEqual(["new", "new", "new"]);
    const rows = await locks.sql<{ data: unknown; kind: string | null }[]>`
      select data, jsonb_typeof(data) as kind from events where room_id = ${conversationId} order by seq desc limit 3`;
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { data: null, kind: null },
      { data, kind: "object" },
      { data: null, kind: null },
    ]);
  }
});

test("a batch that is taken back leaves the room where it was in lists, also after a change of somebody's rights", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  const activity = async () =>
    (await locks.sql<{ at: string }[]>`select last_event_at::text as at from rooms where id = ${groupId}`)[0]!.at;
  const before = await activity();
  await owner.put(`/groups/${groupId}/members/${others[0]!.id}/mute`);
  expect(await activity()).toBe(before);
  const verdicts = await append([draft(others[0]!, group(groupId))]);
  expect(verdicts).toEqual([{ outcome: "muted" }]);
  expect(await activity()).toBe(before);
});
