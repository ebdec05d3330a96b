// Clients and servers are not upgraded at the same moment: the SDK as it was released before on this server, and this one on the
// server as it was.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import * as ours from "../../src/sdk/index.ts";
import { checkOut, FORMER, isInHistory } from "../support/former-version.ts";
import { Chance } from "../support/random.ts";
import { OURS, ServerProcess } from "../support/server-process.ts";
import { until } from "./chats.ts";

type Sdk = typeof ours;
type Chat = ours.Chat;

const PASSWORD = "correct horse battery";
const STEPS = 60;

const hasFormer = await isInHistory(FORMER);
if (!hasFormer)
  console.warn(`Commit ${FORMER} is not in this clone's history: what its SDK and server do with ours was left out.`);

let dir: string;
let former: Sdk;
const chats: Chat[] = [];

beforeAll(async () => {
  if (!hasFormer) return;
  dir = await checkOut(FORMER);
  // What both have is enough here; what only one of them has is tried below.
  former = await import(join(dir, "src/sdk/index.ts"));
});
afterEach(() => {
  for (const chat of chats.splice(0)) chat.close();
});
afterAll(async () => {
  for (const server of servers.values()) await server.then((started) => started.remove());
  if (dir) await rm(dir, { recursive: true, force: true });
});

/** WebSockets that can be cut. */
function cuttable() {
  const open = new Set<WebSocket>();
  class Cuttable extends WebSocket {
    constructor(url: string) {
      super(url);
      open.add(this);
      this.addEventListener("close", () => open.delete(this));
    }
  }
  return {
    WebSocket: Cuttable,
    cut() {
      for (const socket of open) socket.close(4000);
    },
  };
}

async function chatOf(sdk: Sdk, url: string, username: string, options: Partial<ours.ChatOptions> = {}): Promise<Chat> {
  const { token } = await sdk.signIn({ url, username, password: PASSWORD });
  const chat = sdk.createChat({ url, token, backoff: { baseMs: 20, capMs: 80 }, ...options });
  chats.push(chat);
  await until(chat.connection, "open", ({ state }) => state === "open");
  return chat;
}

async function look(chat: Chat, key: ours.RoomKey) {
  const room = chat.room(key);
  room.subscribe(() => {});
  await until(room, "ready", ({ status }) => status === "ready");
  return room;
}

/** The group as the server lists it. */
async function listed(url: string, username: string): Promise<{ unread_count: number; last_activity_at: string }> {
  const { token } = await ours.signIn({ url, username, password: PASSWORD });
  const response = await fetch(`${url}/groups`, { headers: { Authorization: `Bearer ${token}` } });
  return ((await response.json()) as { data: [never] }).data[0];
}

/** What both versions know of a message. */
const common = ({ id, seq, sender_id, sender_name, body, edited_at, deleted_at, state }: ours.RoomMessage) => ({
  id,
  seq,
  sender_id,
  sender_name,
  body,
  edited_at,
  deleted_at,
  state,
});

const view = (room: ours.RoomStore) => room.getSnapshot().messages.map(common);

const servers = new Map<string, Promise<ServerProcess>>();

/** The server of a version, for all tests. */
function serverOf(checkout: string): Promise<ServerProcess> {
  const start = async () => {
    const server = await ServerProcess.create(undefined, { ...OURS, checkout });
    await server.start();
    return server;
  };
  const server = servers.get(checkout) ?? start();
  servers.set(checkout, server);
  return server;
}

let groups = 0;

/** A new group of two new users, on the server of a version. */
async function newGroup(checkout: string) {
  const { url } = await serverOf(checkout);
  const n = ++groups;
  const [ali, veli] = [`ali${n}`, `veli${n}`];
  for (const username of [ali, veli])
    await ours.signUp({ url, username, email: `${username}@example.org`, password: PASSWORD });
  const owner = await chatOf(ours, url, ali);
  const found = await owner.searchUsers(veli);
  const { key, id } = await owner.groups.create({ name: "Release" });
  await owner.groups.addMember(id, found.data[0]!.id);
  return { url, key, ali, veli };
}

test.if(hasFormer).each([1, 2, 3])(
  "a former SDK follows what a newer one writes as the newer one does, over cuts (seed %d)",
  async (seed) => {
    const chance = new Chance(seed, "versions");
    const { url, key, ali, veli } = await newGroup(OURS.checkout);
    const writer = await chatOf(ours, url, ali);
    const wire = cuttable();
    const [old, current] = [await chatOf(former, url, veli, wire), await chatOf(ours, url, veli)];
    const [written, oldRoom, currentRoom] = [await look(writer, key), await look(old, key), await look(current, key)];
    const idsOf = () => written.getSnapshot().messages.flatMap(({ id, deleted_at }) => (id && !deleted_at ? [id] : []));
    const sent = (room: ours.RoomStore, clientId: string) =>
      until(room, "sent", ({ messages }) => messages.some((one) => one.key === clientId && one.id !== null));
    for (let step = 0; step < STEPS; step++) {
      const ids = idsOf();
      const quoted = written.getSnapshot().messages.find(({ id }) => id === ids.at(-1));
      const act = chance.pick(["plain", "rich", "reply", "react", "unreact", "edit", "delete", "cut", "old"]);
      if (act === "cut") wire.cut();
      else if (act === "old") await sent(oldRoom, oldRoom.send(`from the former one, ${step}`));
      else if (act === "plain" || !quoted) await sent(written, written.send(`plain ${step}`));
      else if (act === "rich")
        await sent(written, written.send(`rich ${step}`, { entities: [{ type: "bold", offset: 0, length: 4 }] }));
      else if (act === "reply") await sent(written, written.send(`reply ${step}`, { replyTo: quoted as never }));
      else if (act === "react" || act === "unreact") await written.react(chance.pick(ids), "👍", act === "react");
      else {
        const own = written
          .getSnapshot()
          .messages.filter(({ id, sender_id }) => ids.includes(id!) && sender_id === writer.me.getSnapshot()!.id);
        if (own.length === 0) continue;
        const { id } = chance.pick(own);
        if (act === "edit") await written.edit(id!, `edited ${step}`);
        else await written.delete(id!);
        const isDone = (one: ours.RoomMessage) => one.id === id && (one.deleted_at ?? one.body === `edited ${step}`);
        await until(written, "changed", ({ messages }) => messages.some(isDone));
      }
    }
    await sent(written, written.send("the end"));
    for (const room of [oldRoom, currentRoom])
      await until(room, "the end", ({ messages }) => messages.at(-1)?.body === "the end");
    expect(view(oldRoom)).toEqual(view(currentRoom));
    // Counts may be on their way.
    const { unread_count, last_activity_at } = await listed(url, veli);
    for (const room of [oldRoom, currentRoom])
      await until(room, "counted", ({ info }) => info?.unread_count === unread_count);
    expect(oldRoom.getSnapshot().info!.last_activity_at).toBe(last_activity_at);
    // What it read is what somebody reads who comes anew.
    const fresh = await look(await chatOf(former, url, veli), key);
    expect(view(fresh).slice(-view(oldRoom).length)).toEqual(view(oldRoom).slice(-view(fresh).length));
  },
  120_000,
);

test.if(hasFormer)(
  "on a former server this SDK chats, refuses plainly what that server can't do, and shows nothing that it did not store",
  async () => {
    const { url, key, ...names } = await newGroup(dir);
    const [ali, veli] = [await chatOf(ours, url, names.ali), await chatOf(ours, url, names.veli)];
    const [written, read] = [await look(ali, key), await look(veli, key)];
    written.send("plain");
    written.send("bold", { entities: [{ type: "bold", offset: 0, length: 4 }] });
    await until(read, "two messages", ({ messages }) => messages.length === 2);
    await until(written, "sent", ({ messages }) => messages.every(({ id }) => id !== null));
    expect(written.getSnapshot().messages.map(({ body }) => body)).toEqual(["plain", "bold"]);
    // It ignores fields that it does not know.
    for (const room of [written, read]) expect(room.getSnapshot().messages[1]!.entities).toBeUndefined();
    const { id } = written.getSnapshot().messages[0]!;
    const refusal = await written.react(id!, "👍").catch((error) => error);
    expect(refusal).toBeInstanceOf(ours.ChatError);
    expect(refusal.code).toBe("not_found");
    expect(written.getSnapshot().messages[0]!.reactions).toBeUndefined();
    expect(await ali.listMentions().catch(({ code }) => code)).toBe("not_found");
    await written.edit(id!, "edited");
    await until(read, "edited", ({ messages }) => messages[0]!.body === "edited");
    // Lists and counts are there without the fields that came later.
    const { rooms } = await until(veli.rooms, "listed", (state) => state.isLoaded && state.rooms.length === 1);
    expect(rooms[0]!.unread_count).toBe(2);
    veli.reconnect();
    read.markRead();
    await until(veli.rooms, "read", (state) => state.unread === 0);
    await until(written, "read", ({ messages }) => messages.every(({ state }) => state !== "sending"));
  },
  120_000,
);
