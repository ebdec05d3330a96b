// Two servers on one database: what one of them has decided holds for the other at once, and a room has one order.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { asUser, newGroup, newPair, startServer, type TestServer, type User } from "../support/harness.ts";
import { openLocks, timelineOf } from "../support/room-lock.ts";

let first: TestServer;
let second: TestServer;
let locks: ReturnType<typeof openLocks>;

beforeAll(async () => {
  first = await startServer({ lockTimeoutMs: 30_000 });
  second = await startServer({ lockTimeoutMs: 30_000 }, first.target);
  locks = openLocks(first);
});
afterAll(async () => {
  await locks.close();
  await second.close();
  await first.close();
});

const onSecond = (user: User) => asUser(second.url, user.token);

/** Runs both at once, the first one being served first: both wait for the room's lock, in this order. */
async function inTurn<A, B>(roomId: number, one: () => Promise<A>, other: () => Promise<B>): Promise<[A, B]> {
  const release = await locks.holdRoom(roomId);
  try {
    const early = one();
    await locks.queued(1);
    const late = other();
    await locks.queued(2);
    await release();
    return await Promise.all([early, late]);
  } finally {
    await release();
  }
}

const seqs = (events: { seq: number }[]) => events.map(({ seq }) => seq);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

test("a message that waited while its sender was removed on another server is refused", async () => {
  const { owner, others, groupId } = await newGroup(first);
  const member = others[0]!;
  const path = `/groups/${groupId}/messages`;
  const [removed, sent] = await inTurn(
    groupId,
    () => owner.delete(`/groups/${groupId}/members/${member.id}`),
    () => onSecond(member).post(path, { body: "too late" }),
  );
  expect([removed.status, sent.status, sent.body.code]).toEqual([200, 404, "not_found"]);
  expect((await timelineOf(first, groupId)).at(-1)!.kind).toBe("member.left");
});

test("a message that was there before its sender's removal stands before it", async () => {
  const { owner, others, groupId } = await newGroup(first);
  const member = others[0]!;
  const [sent, removed] = await inTurn(
    groupId,
    () => onSecond(member).post(`/groups/${groupId}/messages`, { body: "just in time" }),
    () => owner.delete(`/groups/${groupId}/members/${member.id}`),
  );
  expect([sent.status, removed.status]).toEqual([201, 200]);
  expect((await timelineOf(first, groupId)).slice(-2).map(({ kind }) => kind)).toEqual(["message", "member.left"]);
});

test("a message that waited while its sender was muted on another server is refused", async () => {
  const { owner, others, groupId } = await newGroup(first);
  const member = others[0]!;
  const [muted, sent] = await inTurn(
    groupId,
    () => owner.put(`/groups/${groupId}/members/${member.id}/mute`),
    () => onSecond(member).post(`/groups/${groupId}/messages`, { body: "too late" }),
  );
  expect([muted.status, sent.status, sent.body.code]).toEqual([200, 403, "muted"]);
  expect((await timelineOf(first, groupId)).at(-1)!.kind).toBe("member.muted");
});

test.each([
  ["was muted", "put", "/mute", 403, "muted"],
  ["was removed", "delete", "", 404, "not_found"],
] as const)(
  "an edit that waited while its author %s on another server is refused",
  async (_name, method, suffix, status, code) => {
    const { owner, others, groupId } = await newGroup(first);
    const member = others[0]!;
    const path = `/groups/${groupId}/messages`;
    const { id } = (await member.post(path, { body: "before" })).body.data;
    const [changed, edited] = await inTurn(
      groupId,
      () => owner[method](`/groups/${groupId}/members/${member.id}${suffix}`),
      () => onSecond(member).put(`${path}/${id}`, { body: "too late" }),
    );
    expect([changed.status, edited.status, edited.body.code]).toEqual([200, status, code]);
    expect((await timelineOf(first, groupId)).find((event) => event.id === id)!.body).toBe("before");
  },
);

test("a message that waited while the group was deleted on another server is refused", async () => {
  const { owner, others, groupId } = await newGroup(first);
  const [deleted, sent] = await inTurn(
    groupId,
    () => owner.delete(`/groups/${groupId}`),
    () => onSecond(others[0]!).post(`/groups/${groupId}/messages`, { body: "too late" }),
  );
  expect([deleted.status, sent.status]).toEqual([200, 404]);
});

test("an admin who is demoted on one server can't act on another any more", async () => {
  const { owner, others, groupId } = await newGroup(first);
  const [admin, member] = others;
  await owner.put(`/groups/${groupId}/members/${admin!.id}/role`, { role: "admin" });
  const [demoted, removed] = await inTurn(
    groupId,
    () => owner.put(`/groups/${groupId}/members/${admin!.id}/role`, { role: "member" }),
    () => onSecond(admin!).delete(`/groups/${groupId}/members/${member!.id}`),
  );
  expect([demoted.status, removed.status, removed.body.code]).toEqual([200, 403, "forbidden"]);
});

test.each([
  ["the one who blocks", 0, "blocked"],
  ["the one who is blocked", 1, "forbidden"],
])("a message of %s that waited while the block was made on another server is refused", async (_name, who, code) => {
  const { ali, veli, conversationId } = await newPair(first);
  const [blocked, sent] = await inTurn(
    conversationId,
    () => ali.put(`/blocks/${veli.id}`),
    () => onSecond([ali, veli][who]!).post(`/messages/${conversationId}`, { body: "too late" }),
  );
  expect([blocked.status, sent.status, sent.body.code]).toEqual([200, 403, code]);
  expect(await timelineOf(first, conversationId)).toEqual([]);
});

test("one client_id that waited on both servers is one message, and both are answered with it", async () => {
  const { ali, conversationId } = await newPair(first);
  const client_id = crypto.randomUUID();
  const path = `/messages/${conversationId}`;
  const [one, other] = await inTurn(
    conversationId,
    () => ali.post(path, { body: "one", client_id }),
    () => onSecond(ali).post(path, { body: "other", client_id }),
  );
  expect([one.status, other.status]).toEqual([201, 200]);
  expect(other.body.data).toEqual(one.body.data);
  expect(await timelineOf(first, conversationId)).toHaveLength(1);
});

test("messages sent on both at once have one order without gaps, and each sender's own is kept", async () => {
  const { owner, others, groupId } = await newGroup(first, 4);
  const path = `/ws/groups/${groupId}`;
  const count = 60;
  const before = (await timelineOf(first, groupId)).length;
  const sockets = await Promise.all(
    [owner, ...others].flatMap((user) => [first.connect(user, path), second.connect(user, path)]),
  );
  await Promise.all(sockets.map((socket) => socket.ready()));
  for (let i = 0; i < count; i++) {
    for (const [k, socket] of sockets.entries()) {
      socket.send({ type: "group.message.send", body: `${k} ${i}`, ref: String(i) });
    }
  }
  const acknowledged = await Promise.all(
    sockets.map(async (socket) => {
      const seqs = [];
      for (let i = 0; i < count; i++) seqs.push((await socket.next("ack", ({ ref }) => ref === String(i))).data.seq);
      return seqs;
    }),
  );
  const events = await timelineOf(first, groupId);
  expect(seqs(events)).toEqual(upTo(before + count * sockets.length));
  for (const [k, own] of acknowledged.entries()) {
    const stored = events.filter(({ body }) => body?.startsWith(`${k} `));
    expect(stored.map(({ body }) => body)).toEqual(upTo(count).map((i) => `${k} ${i - 1}`));
    expect(seqs(stored)).toEqual(own);
  }
});

test("client_ids that are sent on both at once are stored once each", async () => {
  const { ali, conversationId } = await newPair(first);
  const path = `/ws/conversations/${conversationId}`;
  const [here, there] = await Promise.all([first.connect(ali, path), second.connect(ali, path)]);
  await Promise.all([here.ready(), there.ready()]);
  const clientIds = Array.from({ length: 60 }, () => crypto.randomUUID());
  for (const client_id of clientIds) {
    for (const socket of [here, there]) socket.send({ type: "message.send", body: "hello", client_id, ref: client_id });
  }
  const answers = await Promise.all(
    [here, there].map(async (socket) => {
      const ids = new Map<string, number>();
      for (const _ of clientIds) {
        const { ref, data } = await socket.next("ack");
        ids.set(ref!, data.id);
      }
      return ids;
    }),
  );
  const stored = await timelineOf(first, conversationId);
  expect(seqs(stored)).toEqual(upTo(60));
  for (const { client_id, id } of stored) expect(answers.map((ids) => ids.get(client_id!))).toEqual([id, id]);
});

test("someone removed and added again and again on one server never speaks outside of their stays, though they try without pause on the other", async () => {
  const { owner, others, groupId } = await newGroup(first);
  const member = others[0]!;
  const socket = await (await second.connect(member, `/ws/groups/${groupId}`)).ready();
  let over = false;
  const outcomes = { stored: 0, refused: 0 };
  const speaking = (async () => {
    while (!over) {
      for (let i = 0; i < 8; i++) socket.send({ type: "group.message.send", body: "still here", ref: "r" });
      for (let i = 0; i < 8; i++) {
        const { type, code } = await socket.nextOf("ack", "error");
        if (type === "error") expect(code).toBe("not_found");
        outcomes[type === "ack" ? "stored" : "refused"]++;
      }
    }
  })();
  for (let round = 0; round < 15; round++) {
    expect((await owner.delete(`/groups/${groupId}/members/${member.id}`)).status).toBe(200);
    expect((await owner.post(`/groups/${groupId}/members`, { user_id: member.id })).status).toBe(201);
  }
  over = true;
  await speaking;
  let isMember = false;
  const events = await timelineOf(first, groupId);
  expect(seqs(events)).toEqual(upTo(events.length));
  for (const { kind, user_id, actor_id } of events) {
    if (user_id === member.id) isMember = kind === "member.joined";
    if (kind === "message" && actor_id === member.id) expect(isMember).toBe(true);
  }
  expect(events.filter(({ kind }) => kind === "message").length).toBe(outcomes.stored);
  expect(Math.min(outcomes.stored, outcomes.refused)).toBeGreaterThan(0);
});
