// The order of one sender: on one socket, messages of a room with a client_id are stored in the order in which they were sent,
// also when some of them are refused for now and sent again.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { ChatError } from "../../src/lib/errors.ts";
import { serverBusy } from "../../src/protocol/refusals.ts";
import { MAX_MISSING, SendOrder } from "../../src/realtime/send-order.ts";
import {
  type Frame,
  newDatabase,
  newGroup,
  newPair,
  type Socket,
  startServer,
  type TestServer,
} from "../support/harness.ts";
import { PostgresProxy } from "../support/postgres-proxy.ts";
import { openLocks, timelineOf } from "../support/room-lock.ts";

const QUEUE_TIMEOUT_MS = 1_000;

let database: Awaited<ReturnType<typeof newDatabase>>;
let proxy: PostgresProxy;
let server: TestServer;
/** On the same database, past the proxy. */
let limited: TestServer;
let locks: ReturnType<typeof openLocks>;

beforeAll(async () => {
  database = await newDatabase();
  proxy = await PostgresProxy.to(database.target);
  server = await startServer({ logLevel: "silent", queueTimeoutMs: QUEUE_TIMEOUT_MS }, proxy.target);
  limited = await startServer({ rateLimits: true }, database.target);
  locks = openLocks(limited);
});
afterEach(() => proxy.open());
afterAll(async () => {
  await locks.close();
  await limited.close();
  proxy.cut();
  await server.close();
  await proxy.close();
  await database.drop();
});

interface Draft {
  body: string;
  client_id: string;
}

const drafts = (count: number, first = 1): Draft[] =>
  Array.from({ length: count }, (_, i) => ({ body: `m${first + i}`, client_id: crypto.randomUUID() }));
const bodiesOf = (messages: Draft[]) => messages.map(({ body }) => body);

function send(socket: Socket, messages: Draft[], room: object = {}) {
  for (const draft of messages) socket.send({ type: "message.send", ...draft, ...room, ref: draft.body });
}

/** The answers to so many messages, in the order in which they come. */
async function answers(socket: Socket, count: number): Promise<Frame[]> {
  const frames = [];
  while (frames.length < count) frames.push(await socket.nextOf("ack", "error"));
  return frames;
}

/** Sends them again, some at a time, in order, until all of them are stored. */
async function insist(socket: Socket, messages: Draft[]) {
  for (let left = messages; left.length > 0; ) {
    const some = left.slice(0, 16);
    send(socket, some);
    const stored = new Set<string>();
    for (const { type, ref, code } of await answers(socket, some.length)) {
      if (type === "ack") stored.add(ref!);
      else expect(["slow_down", "unavailable"]).toContain(code!);
    }
    left = left.filter(({ body }) => !stored.has(body));
    if (stored.size < some.length) await Bun.sleep(200);
  }
}

async function open(on: TestServer) {
  const pair = await newPair(on);
  const path = `/ws/conversations/${pair.conversationId}`;
  const reopen = async () => (await on.connect(pair.ali, path)).ready();
  return { ...pair, reopen, socket: await reopen() };
}
const storedIn = async (roomId: number) => (await timelineOf(limited, roomId)).map(({ body }) => body);

test("what is sent behind a message that was refused as too much is refused alike, until that one is sent again", async () => {
  const { socket, conversationId } = await open(limited);
  const messages = drafts(100);
  send(socket, messages);
  const first = await answers(socket, messages.length);
  const refused = first.filter(({ type }) => type === "error").map(({ ref }) => ref);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused).toEqual(bodiesOf(messages).slice(-refused.length));
  await insist(socket, messages.slice(-refused.length));
  expect(await storedIn(conversationId)).toEqual(bodiesOf(messages));
});

test("messages that are refused unread more than once keep the order in which they were sent first", async () => {
  const { socket, conversationId } = await open(limited);
  const messages = drafts(2);
  // Long frames: the budget for frames is used up, and stays so while these are read.
  const pad = "x".repeat(60_000);
  for (let i = 0; i < 45; i++) socket.send({ type: "ping", pad });
  for (const draft of [...messages, ...messages]) socket.send({ type: "message.send", ...draft, ref: draft.body, pad });
  const refused = [];
  while (refused.length < 4) {
    const { ref, code } = await socket.next("error");
    if (ref !== undefined) refused.push([ref, code]);
  }
  expect(refused).toEqual(["m1", "m2", "m1", "m2"].map((ref) => [ref, "slow_down"]));
  await insist(socket, messages);
  expect(await storedIn(conversationId)).toEqual(bodiesOf(messages));
});

test("a socket is waited for by a bounded number of refused messages, however many it sends", () => {
  const order = new SendOrder();
  const refusal = new ChatError(serverBusy);
  const ids = Array.from({ length: MAX_MISSING + 500 }, () => crypto.randomUUID());
  for (const id of ids) order.refuseUnread(JSON.stringify({ client_id: id }), refusal);
  const pass = (id: string) => order.enter(1, id);
  expect(() => pass(ids[1]!)).toThrow(refusal);
  for (const id of ids.slice(0, MAX_MISSING)) pass(id);
  // Nothing is missing any more: the rest has no place to keep.
  pass(crypto.randomUUID());
  order.close();
});

test("what waits behind a message that the database did not take in time is refused with it, and so is what comes after", async () => {
  const { socket, conversationId } = await open(server);
  const messages = drafts(9);
  proxy.refuse();
  send(socket, messages.slice(0, 4));
  // The others have more time left when the first are given up.
  await Bun.sleep(QUEUE_TIMEOUT_MS / 2);
  send(socket, messages.slice(4, 8));
  const first = await answers(socket, 8);
  proxy.open();
  // As from a buffer that is read only now.
  send(socket, messages.slice(8));
  first.push(...(await answers(socket, 1)));
  expect(first.map(({ ref, code }) => [ref, code])).toEqual(bodiesOf(messages).map((body) => [body, "unavailable"]));
  expect(await storedIn(conversationId)).toEqual([]);
  await insist(socket, messages);
  expect(await storedIn(conversationId)).toEqual(bodiesOf(messages));
});

test("what was given up on a socket and is sent again on another one, in order, is stored in order", async () => {
  const { socket, reopen, conversationId } = await open(server);
  const messages = drafts(8);
  proxy.refuse();
  send(socket, messages.slice(0, 4));
  await answers(socket, 4);
  proxy.open();
  while ((await server.call("GET", "/health")).status !== 200) await Bun.sleep(5);
  const again = await reopen();
  // The rest of the old socket's is read when the new one has begun.
  send(again, messages.slice(0, 1));
  send(socket, messages.slice(4));
  send(again, messages.slice(1));
  await answers(again, 8);
  expect(await storedIn(conversationId)).toEqual(bodiesOf(messages));
});

test("a message that is sent again while it waits keeps its place, and what a closed socket left is stored", async () => {
  const { socket, reopen, conversationId } = await open(server);
  const messages = drafts(5);
  const { timeline } = server.core;
  const release = await locks.holdRoom(conversationId);
  send(socket, messages.slice(0, 3));
  while (timeline.queued < 3) await Bun.sleep(2);
  await socket.close();
  const again = await reopen();
  send(again, [messages[0]!, messages[3]!, messages[1]!, messages[4]!]);
  await again.ready();
  // Once none is in flight any more, each waits once, also the two that were sent again.
  while (timeline.queued !== 5) await Bun.sleep(2);
  await release();
  const acks = await answers(again, 4);
  expect(acks.map(({ type }) => type)).toEqual(Array(4).fill("ack"));
  expect(await storedIn(conversationId)).toEqual(bodiesOf(messages));
});

test("a socket with too many messages under way stores none of those behind the first that it refuses", async () => {
  const { socket, conversationId } = await open(server);
  const messages = drafts(200);
  send(socket, messages);
  const first = await answers(socket, messages.length);
  const refused = first.filter(({ type }) => type === "error").map(({ ref }) => ref);
  expect(refused).toEqual(bodiesOf(messages).slice(messages.length - refused.length));
  await insist(socket, messages.slice(messages.length - refused.length));
  expect(await storedIn(conversationId)).toEqual(bodiesOf(messages));
});

test("other rooms of the socket go on, and after two seconds so does the room, should the refused one never come again", async () => {
  const [one, other] = [await newPair(server), await newGroup(server, 2)];
  const group = await server.connect(other.owner, "/ws");
  await other.owner.post(`/conversations/${one.ali.id}`);
  await group.ready();
  const { conversation_id } = (await other.owner.post(`/conversations/${one.veli.id}`)).body;
  await group.ready();
  const release = await locks.holdRoom(conversation_id);
  send(group, drafts(1), { conversation_id });
  expect((await group.nextOf("error", "ack")).code).toBe("unavailable");
  await release();
  group.send({
    type: "group.message.send",
    group_id: other.groupId,
    body: "hello",
    client_id: crypto.randomUUID(),
    ref: "g",
  });
  expect((await group.nextOf("error", "ack")).type).toBe("ack");
  // Without a client_id it has no part in the order.
  group.send({ type: "message.send", conversation_id, body: "hello", ref: "plain" });
  expect((await group.nextOf("error", "ack")).type).toBe("ack");
  let refusals = 0;
  for (let isStored = false; !isStored; ) {
    send(group, drafts(1, 2), { conversation_id });
    const { type } = await group.nextOf("error", "ack");
    isStored = type === "ack";
    if (isStored) break;
    refusals++;
    await Bun.sleep(100);
  }
  expect(refusals).toBeGreaterThan(0);
});

test("messages sent right behind the token are stored in order, those that are too many once they are sent again", async () => {
  const { ali, conversationId } = await newPair(server);
  const messages = drafts(100);
  const socket = await server.connect(null, `/ws/conversations/${conversationId}`);
  socket.send({ type: "auth", token: ali.token });
  send(socket, messages);
  const first = await answers(socket, messages.length);
  const refused = messages.filter(({ body }) => first.some(({ type, ref }) => type === "error" && ref === body));
  expect(refused.length).toBeGreaterThan(0);
  await insist(socket, refused);
  expect(await storedIn(conversationId)).toEqual(bodiesOf(messages));
});

test("each sending of a message that waits is answered in its own time, and the message is stored once", async () => {
  const { socket, reopen, conversationId } = await open(server);
  const [message] = drafts(1);
  const { timeline } = server.core;
  const release = await locks.holdRoom(conversationId);
  send(socket, [message!]);
  while (timeline.queued < 1) await Bun.sleep(2);
  // Again and again, so that there always is one that has just begun to wait.
  const again = await reopen();
  let isGivenUp = false;
  let count = 0;
  const sending = (async () => {
    for (; !isGivenUp; await Bun.sleep(50)) {
      send(again, [message!]);
      count++;
    }
  })();
  expect((await socket.nextOf("ack", "error")).code).toBe("unavailable");
  isGivenUp = true;
  await sending;
  // On a busy machine the last one may have been given up as well.
  while (timeline.queued < 1) {
    send(again, [message!]);
    count++;
    await Bun.sleep(2);
  }
  expect(timeline.queued).toBe(1);
  await release();
  const types = (await answers(again, count)).map(({ type }) => type);
  expect(types.at(-1)).toBe("ack");
  expect(await storedIn(conversationId)).toEqual(["m1"]);
});
