// Many messages in one statement: each gets its own verdict, and none suffers for its neighbours.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { appendMessages, type NewMessage } from "../../src/timeline/append.ts";
import { newGroup, newPair, startServer, type TestServer, type User } from "../harness.ts";
import { openLocks, timelineOf } from "./locks.ts";

let server: TestServer;
let locks: ReturnType<typeof openLocks>;

beforeAll(async () => {
  server = await startServer({ logLevel: "silent" });
  locks = openLocks(server);
  // The database itself refuses what says so, as a broken disk page or a constraint of tomorrow would.
  await locks.sql.unsafe(`
    create function refuse_poison() returns trigger language plpgsql as
      $$ begin if new.body like 'poison%' then raise exception 'no such luck'; end if; return new; end $$;
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
  const { peers } = server.core;
  await peers.load(batch.map(({ roomId }) => roomId));
  return appendMessages(sql, batch, ({ kind, roomId, senderId }) => {
    const id = kind === "direct" ? peers.of(roomId, senderId) : null;
    return id === null ? null : { id, isReached: reached.some((user) => user.id === id) };
  });
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
