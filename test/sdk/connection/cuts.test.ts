// The promise of the SDK: whatever happens to the connection and to the server, each store ends up with what the server has,
// nothing lost, nothing twice, everything in order. Connections are cut at random; the seed is printed when it fails, and
// SDK_SEED repeats it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Chat, MessageState, RoomKey, RoomStore } from "../../../src/sdk/index.ts";
import {
  type Json,
  newDatabase,
  newGroup,
  newPair,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";
import { Chance } from "../../support/random.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";
import { chatOf, closeChats, isOpen, look, until } from "../chats.ts";

const SEED = Number(process.env.SDK_SEED ?? Math.floor(Math.random() * 2 ** 31));
const chance = new Chance(SEED, "cuts");

/** What is written, edited, deleted and read, and how many connections are cut meanwhile. */
const [ROUNDS, CUTS] = [250, 20];

let database: Awaited<ReturnType<typeof newDatabase>>;
let server: TestServer;
let proxy: TcpProxy;
beforeAll(async () => {
  database = await newDatabase();
  server = await startServer({}, database.target);
  proxy = await TcpProxy.start(server.url);
});
afterAll(async () => {
  closeChats();
  await proxy.close();
  await server.close();
  await database.drop();
});

/** Everything that the server has of a room, oldest first. */
async function historyOf(user: User, path: string): Promise<Json[]> {
  const all: Json[] = [];
  let before = "";
  do {
    const { body } = await user.get(`${path}?limit=100${before}`);
    all.unshift(...body.data);
    before = body.next_cursor ? `&before=${body.next_cursor}` : "";
  } while (before);
  return all;
}

/** Notes each moment in which a store shows something out of order or twice, and the order of each message's states. */
function watch(room: RoomStore) {
  const flaws: string[] = [];
  const order: MessageState[] = ["failed", "sending", "sent", "delivered", "read"];
  const states = new Map<string, MessageState[]>();
  room.subscribe(() => {
    const { messages } = room.getSnapshot();
    const keys = new Set<string>();
    let seq = 0;
    for (const message of messages) {
      if (keys.has(message.key)) flaws.push(`twice: ${message.body}`);
      keys.add(message.key);
      if (message.seq !== null && message.seq <= seq) flaws.push(`out of order: ${message.body}`);
      seq = message.seq ?? Number.POSITIVE_INFINITY;
      const seen = states.get(message.key) ?? [];
      if (seen.at(-1) !== message.state) {
        if (seen.length > 0 && order.indexOf(seen.at(-1)!) > order.indexOf(message.state))
          flaws.push(`${message.body}: ${seen.at(-1)} → ${message.state}`);
        states.set(message.key, [...seen, message.state]);
      }
    }
  });
  return { flaws, states };
}

async function matchesHistory(room: RoomStore, user: User, path: string) {
  while (room.getSnapshot().hasOlder) await room.loadOlder();
  const history = await historyOf(user, path);
  const { messages, info } = room.getSnapshot();
  const shape = (m: Json) => ({
    id: m.id,
    seq: m.seq,
    body: m.body,
    sender_id: m.sender_id,
    client_id: m.client_id,
    edited_at: m.edited_at,
    deleted_at: m.deleted_at,
  });
  expect(messages.map(shape)).toEqual(history.map(shape));
  expect(info!.last_message!.id).toBe(history.at(-1)!.id);
  return history;
}

test(`several clients send, edit, delete and read while every connection is cut at random (seed ${SEED})`, async () => {
  const { owner, others, groupId } = await newGroup(server, 4);
  const users = [owner, ...others];
  const { body } = await owner.post(`/conversations/${others[0]!.id}`);
  const places: { key: RoomKey; path: string; people: number[] }[] = [
    { key: `group:${groupId}`, path: `/groups/${groupId}/messages`, people: [0, 1, 2, 3] },
    { key: `conversation:${body.conversation_id}`, path: `/messages/${body.conversation_id}`, people: [0, 1] },
  ];
  const chats: Chat[] = users.map((user) => chatOf(user, proxy.url));
  const rooms: { room: RoomStore; user: User; path: string; seen: ReturnType<typeof watch> }[] = [];
  for (const { key, path, people } of places) {
    for (const index of people) {
      const room = chats[index]!.room(key);
      rooms.push({ room, user: users[index]!, path, seen: watch(room) });
    }
  }
  const sent = new Map<RoomKey, Map<number, string[]>>(places.map(({ key }) => [key, new Map()]));
  let rounds = 0;
  // Counted, so that a slow machine does as much as a fast one.
  const isOver = () => rounds >= ROUNDS && proxy.cuts >= CUTS;
  const cutter = (async () => {
    while (!isOver()) {
      await Bun.sleep(20 + chance.next() * 120);
      proxy.cut("close", () => chance.happens(0.4));
    }
  })();
  const changes: Promise<unknown>[] = [];
  for (let i = 0; !isOver(); rounds = ++i) {
    const { room, user } = chance.pick(rooms);
    const roll = chance.next();
    const own = room.getSnapshot().messages.filter((m) => m.sender_id === user.id && m.id !== null && !m.deleted_at);
    if (roll < 0.8 || own.length === 0) {
      room.send(`${user.username} ${i}`);
      const lists = sent.get(room.key)!;
      lists.set(user.id, [...(lists.get(user.id) ?? []), `${user.username} ${i}`]);
    } else if (roll < 0.85)
      changes.push(room.edit(chance.pick(own).id!, `${user.username} edited ${i}`).catch(() => {}));
    else if (roll < 0.88) changes.push(room.delete(chance.pick(own).id!).catch(() => {}));
    else if (roll < 0.97) room.markRead();
    else room.startTyping();
    await Bun.sleep(chance.next() * 8);
  }
  await cutter;
  await Promise.all(changes);
  for (const chat of chats) {
    await until(chat.connection, "all sent", ({ state, queued }) => state === "open" && queued === 0);
  }
  for (const { key, path } of places) {
    const history = await historyOf(owner, path);
    const newest = history.at(-1)!.seq;
    for (const entry of rooms.filter(({ room }) => room.key === key)) {
      await until(
        entry.room,
        "caught up",
        ({ messages, info, status }) =>
          status === "ready" &&
          (messages.at(-1)?.seq ?? 0) >= newest &&
          messages.every((m) => m.seq !== null) &&
          info !== null,
      );
    }
    const seqs = new Set<number>();
    for (const { room } of rooms.filter(({ room }) => room.key === key)) seqs.add(room.getSnapshot().info!.seq);
    if (seqs.size > 1) await Bun.sleep(200);
  }
  let total = 0;
  for (const { room, user, path, seen } of rooms) {
    const history = await matchesHistory(room, user, path);
    expect(seen.flaws).toEqual([]);
    // Everybody's messages stand in the order in which they were written, each once.
    const mine = history.filter((m) => m.sender_id === user.id);
    const written = sent.get(room.key)!.get(user.id) ?? [];
    expect(mine).toHaveLength(written.length);
    for (const [index, message] of mine.entries())
      if (!message.edited_at && !message.deleted_at) expect(message.body).toBe(written[index]!);
    total += written.length;
  }
  expect(total).toBeGreaterThan(100);
  // And in the end everyone has read everything.
  for (const { room } of rooms) room.markRead();
  for (const { room, seen } of rooms) {
    await until(room, "all read", ({ messages }) => messages.every(({ state }) => state === "read"));
    await until(room, "nothing unread", ({ info }) => info!.unread_count === 0);
    expect(seen.flaws).toEqual([]);
  }
  for (const chat of chats) chat.close();
});

test("when the server restarts during a conversation, nothing is lost, repeated or out of order", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const key: RoomKey = `conversation:${conversationId}`;
  const [a, v] = [chatOf(ali, proxy.url), chatOf(veli, proxy.url)];
  await Promise.all([isOpen(a), isOpen(v)]);
  const rooms = [await look(a, key), await look(v, key)];
  const seen = rooms.map(watch);
  const written: string[] = [];
  for (let i = 1; i <= 60; i++) {
    const body = `${i}`;
    rooms[0]!.send(body);
    written.push(body);
    rooms[1]!.send(`re ${i}`);
    if (i === 20 || i === 40) {
      const closing = server.close();
      for (let more = 0; more < 5; more++) {
        rooms[0]!.send(`${i} and ${more}`);
        written.push(`${i} and ${more}`);
        await Bun.sleep(2);
      }
      await closing;
      server = await startServer({}, database.target);
      proxy.moveTo(server.url);
    }
    await Bun.sleep(3);
  }
  for (const room of rooms)
    await until(room, "all", ({ messages }) => messages.length >= 100 && messages.every((m) => m.seq !== null));
  for (const [index, user] of [ali, veli].entries()) {
    const at = (path: string) => fetch(server.url + path, { headers: { authorization: `Bearer ${user.token}` } });
    const { data } = (await (await at(`/messages/${conversationId}?limit=1`)).json()) as Json;
    await until(rooms[index]!, "caught up", ({ messages }) => messages.at(-1)?.seq === data[0].seq);
    const again = { ...user, get: async (path: string) => ({ body: await (await at(path)).json() }) as Json };
    const history = await matchesHistory(rooms[index]!, again, `/messages/${conversationId}`);
    const of = (userId: number) => history.filter((m) => m.sender_id === userId).map((m) => m.body);
    expect(of(ali.id)).toEqual(written);
    expect(of(veli.id)).toHaveLength(60);
    expect(seen[index]!.flaws).toEqual([]);
  }
  const own = [...seen[0]!.states].filter(([id]) => !id.startsWith("m")).map(([, states]) => states);
  expect(own.every((states) => states[0] === "sending")).toBe(true);
});

test("a network that drops everything is detected, and what was sent into it is sent again, once", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const hole = await TcpProxy.start(server.url);
  const chat = chatOf(ali, hole.url, { heartbeatMs: 100, responseTimeoutMs: 150 });
  await isOpen(chat);
  const room = await look(chat, `conversation:${conversationId}`);
  const cut = hole.silence("both");
  room.send("into the hole");
  await veli.post(`/messages/${conversationId}`, { body: "meanwhile" });
  await until(chat.connection, "noticed", ({ state }) => state !== "open");
  cut();
  await until(room, "both", ({ messages }) => messages.length === 2 && messages.every((m) => m.seq !== null));
  expect(room.getSnapshot().messages.map(({ body }) => body)).toEqual(["meanwhile", "into the hole"]);
  await hole.close();
});
