// Many messages in one statement: each gets its own verdict, and none suffers for its neighbours.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { MessageData } from "../../src/timeline/message-data.ts";
import { append, direct, draft, group } from "../support/drafts.ts";
import { newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { openLocks, timelineOf } from "../support/room-lock.ts";

let server: TestServer;
let locks: ReturnType<typeof openLocks>;

beforeAll(async () => {
  server = await startServer({ logLevel: "silent", lockTimeoutMs: 30_000 });
  locks = openLocks(server);
});
afterAll(async () => {
  await locks.close();
  await server.close();
});

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
  const [earlier] = await append(server, [
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
  const verdicts = await append(server, batch, { reached: [ali] });

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
  for (const half of [batch.slice(0, 250), batch.slice(250)]) await append(server, half);
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
    waiting.push(append(server, batch, { sql }));
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

test("a repeat among messages that may all be stored is answered with the first; its neighbours get places without a hole", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const room = direct(conversationId);
  const clientId = crypto.randomUUID();
  const [first] = await append(server, [draft(ali, room, { clientId })]);
  const verdicts = await append(server, [
    draft(veli, room, { body: "before" }),
    draft(ali, room, { clientId, body: "again" }),
    draft(ali, room, { body: "after" }),
  ]);
  expect(verdicts).toMatchObject([
    { outcome: "new", seq: 2 },
    { outcome: "repeated", id: first!.outcome === "new" ? first!.id : null },
    { outcome: "new", seq: 3 },
  ]);
  expect(await append(server, [draft(veli, room)])).toMatchObject([{ outcome: "new", seq: 4 }]);
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
  await append(server, [draft(ali, direct(conversationId), { clientId })]);
  const before = await listed();
  await append(server, [
    draft(ali, direct(conversationId), { clientId }),
    draft(other.ali, direct(conversationId)),
    draft(other.ali, direct(other.conversationId)),
  ]);
  expect(await listed()).toEqual(before);
  expect(before.last_activity_at).toBe(before.last_message.created_at);
  await append(server, [draft(veli, direct(conversationId)), draft(veli, direct(conversationId), { clientId })]);
  const { seq, last_activity_at, last_message } = await listed();
  expect([seq, last_activity_at]).toEqual([3, last_message.created_at]);
});

test("what a message has besides its text is stored with it, whatever is wrong with its neighbours", async () => {
  const { ali, conversationId } = await newPair(server);
  const room = direct(conversationId);
  const outsider = await server.newUser();
  const earlier = draft(ali, room);
  await append(server, [earlier]);
  const url = 'https://example.com/a "quoted", {braced} \\ text';
  const data: MessageData = { entities: [{ type: "link", offset: 0, length: 1, url }] };
  for (const neighbours of [[], [draft(outsider, room), earlier]]) {
    const rich = draft(ali, room, { data });
    const verdicts = await append(server, [...neighbours, draft(ali, room), rich, draft(ali, room)]);
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
  const verdicts = await append(server, [draft(others[0]!, group(groupId))]);
  expect(verdicts).toEqual([{ outcome: "muted" }]);
  expect(await activity()).toBe(before);
});

test("a server is busy until some time after a batch of many messages, so that no feed takes the moment in which none waits", async () => {
  const { timeline } = server.core;
  const { ali, conversationId } = await newPair(server);
  const isBusy = () => timeline.isBusy;
  const send = (count: number) =>
    Promise.all(Array.from({ length: count }, () => timeline.append(draft(ali, direct(conversationId)))));
  while (isBusy()) await Bun.sleep(10);
  await send(1);
  expect(isBusy()).toBe(false);
  const sent = send(100);
  expect(isBusy()).toBe(true);
  await sent;
  expect(timeline.queued).toBe(0);
  expect(isBusy()).toBe(true);
  while (isBusy()) await Bun.sleep(10);
});
