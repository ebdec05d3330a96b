// The list of rooms and the lists of people: order, unread counts, rooms that are joined and left, friends, requests, blocks.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { presenceFrame } from "../../../src/protocol/presence.ts";
import type { Chat, IncomingMessage, RoomsSnapshot } from "../../../src/sdk/index.ts";
import { newGroup, newPair, startServer, type TestServer, type User } from "../../support/harness.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";
import { chatOf, closeChats, isOpen, look, memoryStorage, openChat, until } from "../chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  closeChats();
  await server.close();
});

/** Two friends, of whom one has just gone; begun early, because that is told after a while. */
let parted: { a: Chat; veli: User };

test("friend requests: sent, declined, cancelled, accepted", async () => {
  const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
  const a = await openChat(ali, server.url);
  for (const store of [a.friends, a.requests.incoming, a.requests.outgoing, a.blocks]) {
    store.subscribe(() => {});
    await until(store as typeof a.friends, "loaded", ({ isLoaded }) => isLoaded);
  }
  const v = await openChat(veli, server.url);
  v.requests.incoming.load();
  v.requests.outgoing.load();
  v.friends.load();
  const asked = async () => (await until(v.requests.incoming, "asked", ({ items }) => items.length === 1)).items[0]!.id;
  const nobodyAsks = () =>
    until(v.requests.incoming, "nobody asks", ({ items, isLoaded }) => isLoaded && items.length === 0);

  await nobodyAsks();
  expect(await a.requests.send(veli.username)).toMatchObject({ status: "pending" });
  expect(a.requests.outgoing.getSnapshot().items).toHaveLength(1);
  await v.requests.decline(await asked());
  await nobodyAsks();
  await until(a.requests.outgoing, "declined", ({ items }) => items.length === 0);
  // A "no" holds for a day.
  await server.core.sql`update friend_requests set answered_at = now() - interval '1 day' where sender_id = ${ali.id}`;
  const { id } = await a.requests.send(veli.id);
  await asked();
  await a.requests.cancel(id);
  await nobodyAsks();
  await a.requests.send(veli.id);
  await v.requests.accept(await asked());
  // Once it is known since when, all friends are told when that ends.
  await until(a.friends, "friends", ({ items }) => items[0]?.id === veli.id && items[0].last_seen_at !== null);
  expect(a.friends.getSnapshot().items[0]!.online).toBe(true);
  await until(v.friends, "friends", ({ items }) => items[0]?.id === ali.id);
  expect(a.presence.getSnapshot()[veli.id]).toMatchObject({ online: true });
  v.close();
  parted = { a, veli };
});

test("a mute does not move its room in the list", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  const chat = await openChat(owner, server.url);
  const other = (await owner.post("/groups", { name: "Other" })).body.group_id;
  const room = chat.room(`group:${groupId}`);
  room.subscribe(() => {});
  const keys = () => chat.rooms.getSnapshot().rooms.map(({ id }) => id);
  chat.rooms.subscribe(() => {});
  await until(chat.rooms, "both", ({ rooms }) => rooms.length === 2);
  await until(room, "ready", ({ status }) => status === "ready");
  await owner.put(`/groups/${groupId}/members/${others[0]!.id}/mute`, {});
  await until(room, "muted", ({ events }) => events.some(({ kind }) => kind === "muted"));
  expect(keys()).toEqual([other, groupId]);
  chat.close();
});

test("rooms are listed by activity, as the server lists them, and move with each event", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const chat = await openChat(ali, server.url);
  const other = await openChat(veli, server.url);
  const arrivals: IncomingMessage[] = [];
  chat.onMessage((arrival) => arrivals.push(arrival));
  const group = await chat.groups.create({ name: "Weekend", description: "Out" });
  expect(group.getSnapshot().info).toMatchObject({ title: "Weekend", role: "owner", member_count: 1 });
  await chat.groups.addMember(group.id, veli.id);
  await until(other.rooms, "added", ({ rooms }) => rooms.length === 2);
  other.room(`conversation:${conversationId}`).send("hi");
  await until(chat.rooms, "the conversation first", ({ rooms }) => rooms[0]?.key === `conversation:${conversationId}`);
  expect(chat.rooms.getSnapshot()).toMatchObject({
    unread: 1,
    rooms: [
      { kind: "conversation", title: veli.username, unread_count: 1, last_message: { body: "hi" } },
      { kind: "group", title: "Weekend", unread_count: 0, member_count: 2 },
    ],
  });
  other.room(group.key).send("out we go");
  await until(chat.rooms, "the group first", ({ rooms }) => rooms[0]?.key === group.key);
  expect(arrivals).toMatchObject([
    { room: `conversation:${conversationId}`, message: { body: "hi", sender_name: veli.username }, isLive: true },
    { room: group.key, message: { body: "out we go" }, isLive: true },
  ]);
  // What the server would say, to the last field.
  const listed = [...(await ali.get("/groups")).body.data, ...(await ali.get("/conversations")).body.data];
  for (const row of listed) {
    const info = chat.rooms.getSnapshot().rooms.find(({ id }) => id === row.id);
    const { last_message, ...rest } = row;
    expect(info).toMatchObject(rest);
    expect(info!.last_message).toMatchObject({ id: last_message.id, body: last_message.body, seq: last_message.seq });
  }
  const message = group.getSnapshot().info!.last_message!;
  await other.room(group.key).delete(message.id);
  await until(chat.rooms, "one unread less", ({ unread }) => unread === 1);
});

test("more rooms than a page, some of them joined and left without a connection", async () => {
  const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
  const ids: number[] = [];
  for (let i = 0; i < 105; i++)
    ids.push((await veli.post("/groups", { name: `Group ${i}`, is_private: false })).body.group_id);
  for (const id of ids) await ali.post(`/groups/${id}/join`);
  const proxy = await TcpProxy.start(server.url);
  const chat = chatOf(ali, proxy.url);
  await until(chat.rooms, "all rooms", ({ rooms }) => rooms.length === 105);
  await isOpen(chat);
  const untouched = await look(chat, `group:${ids[1]!}`);
  proxy.isUp = false;
  proxy.cut();
  await until(chat.connection, "away", ({ state }) => state !== "open");
  await veli.delete(`/groups/${ids[0]}/members/${ali.id}`);
  const { body } = await veli.post("/groups", { name: "New", is_private: true });
  await veli.post(`/groups/${body.group_id}/members`, { user_id: ali.id });
  await veli.post(`/groups/${body.group_id}/messages`, { body: "welcome" });
  await ali.post(`/groups/${ids[1]}/leave`);
  await ali.post(`/groups/${ids[1]}/join`);
  await veli.post(`/groups/${ids[1]}/messages`, { body: "back?" });
  proxy.isUp = true;
  await until(
    chat.rooms,
    "as it is now",
    ({ rooms }) => rooms.length === 105 && rooms.some(({ title }) => title === "New"),
  );
  const { rooms } = chat.rooms.getSnapshot();
  expect(rooms.some(({ id }) => id === ids[0])).toBe(false);
  expect(rooms.find(({ title }) => title === "New")).toMatchObject({
    unread_count: 1,
    last_message: { body: "welcome" },
  });
  await until(untouched, "back", ({ messages, status }) => status === "ready" && messages[0]?.body === "back?");
  const order = [...(await ali.get("/groups")).body.data].map(({ id }) => id);
  expect(rooms.slice(0, 100).map(({ id }) => id)).toEqual(order);
  await proxy.close();
});

test("a conversation that someone else opens appears with its first message", async () => {
  const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
  const chat = await openChat(ali, server.url);
  const other = await openChat(veli, server.url);
  expect(chat.rooms.getSnapshot()).toEqual({ rooms: [], isLoaded: true, error: null, unread: 0 });
  const room = await other.openConversation(ali.id);
  expect(room.getSnapshot().info).toMatchObject({ title: ali.username });
  room.send("hello");
  await until(chat.rooms, "there", ({ rooms }) => rooms[0]?.unread_count === 1);
  const here = await look(chat, room.key);
  expect(here.getSnapshot().messages).toMatchObject([{ body: "hello", sender_name: veli.username }]);
  expect(here.getSnapshot().members.map(({ username }) => username)).toEqual([ali.username, veli.username]);
  await look(other, room.key);
  await until(other.rooms, "delivered in the list", ({ rooms }) => rooms[0]?.last_message_state === "delivered");
});

test("a read receipt waits for the connection, and survives a page reload", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const storage = memoryStorage();
  for (let i = 1; i <= 3; i++) await veli.post(`/messages/${conversationId}`, { body: `${i}` });
  const key = `conversation:${conversationId}` as const;
  const proxy = await TcpProxy.start(server.url);
  const chat = chatOf(ali, proxy.url, { storage });
  await isOpen(chat);
  const room = await look(chat, key);
  await until(chat.rooms, "unread", ({ unread }) => unread === 3);
  proxy.isUp = false;
  proxy.cut();
  await until(chat.connection, "away", ({ state }) => state !== "open");
  room.markRead(room.getSnapshot().messages[1]!.id!);
  await until(chat.rooms, "one left", ({ unread }) => unread === 1);
  room.markRead();
  room.markRead();
  await until(chat.rooms, "none left", ({ unread }) => unread === 0);
  chat.close();
  proxy.isUp = true;
  const again = chatOf(ali, proxy.url, { storage });
  await isOpen(again);
  const history = async () => (await veli.get(`/messages/${conversationId}`)).body.data;
  while (!(await history()).every((m: { read_at: string | null }) => m.read_at)) await Bun.sleep(5);
  await until(again.rooms, "read", ({ rooms, unread }) => rooms.length === 1 && unread === 0);
  await proxy.close();
});

test("the list counts queued and refused messages, also for rooms without subscribers", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const storage = memoryStorage();
  const key = `conversation:${conversationId}` as const;
  await veli.post(`/messages/${conversationId}`, { body: "hi" });
  const proxy = await TcpProxy.start(server.url);
  const before = await openChat(ali, proxy.url, { storage });
  const unsentIn = ({ rooms }: RoomsSnapshot) => rooms[0]!.unsent;
  expect(unsentIn(before.rooms.getSnapshot())).toEqual({ waiting: 0, failed: 0, last: null });
  proxy.isUp = false;
  proxy.cut();
  await until(before.connection, "away", ({ state }) => state !== "open");
  before.room(key).send("one");
  before.room(key).send("two");
  await until(before.rooms, "both wait", (list) => unsentIn(list).waiting === 2);
  expect(unsentIn(before.rooms.getSnapshot())).toEqual({ waiting: 2, failed: 0, last: "two" });
  before.close();

  // Refused only once a page is back on which nobody has opened the room.
  await veli.put(`/blocks/${ali.id}`);
  proxy.isUp = true;
  const chat = await openChat(ali, proxy.url, { storage });
  const { rooms } = await until(chat.rooms, "both refused", (list) => unsentIn(list).failed === 2);
  expect(rooms[0]).toMatchObject({ unsent: { waiting: 0, last: "two" }, last_message: { body: "hi" } });
  await veli.delete(`/blocks/${ali.id}`);
  const [one, two] = chat.room(key).getSnapshot().messages;
  chat.room(key).discard(one!.key);
  chat.room(key).retry(two!.key);
  await until(
    chat.rooms,
    "sent",
    (list) => unsentIn(list).last === null && list.rooms[0]!.last_message?.body === "two",
  );
  await proxy.close();
});

test("two pages store the read receipts of both, and of one room the later one", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const storage = memoryStorage();
  const key = `conversation:${conversationId}` as const;
  const { body: group } = await veli.post("/groups", { name: "Both", is_private: false });
  const groupKey = `group:${group.group_id as number}` as const;
  await ali.post(`/groups/${group.group_id}/join`);
  const said: number[] = [];
  for (const text of ["1", "2", "3"])
    said.push((await veli.post(`/messages/${conversationId}`, { body: text })).body.data.id);
  const inGroup = (await veli.post(`/groups/${group.group_id}/messages`, { body: "4" })).body.data.id;
  const proxy = await TcpProxy.start(server.url);
  const pages = [chatOf(ali, proxy.url, { storage }), chatOf(ali, proxy.url, { storage })];
  for (const page of pages) await isOpen(page);
  proxy.isUp = false;
  proxy.cut();
  for (const page of pages) await until(page.connection, "away", ({ state }) => state !== "open");
  pages[0]!.room(key).markRead(said[2]);
  pages[1]!.room(key).markRead(said[1]);
  pages[1]!.room(groupKey).markRead(inGroup);
  for (const page of pages) page.close();
  const kept = [...storage.kept].find(([name]) => name.endsWith("reads"))!;
  expect(JSON.parse(kept[1])).toEqual({ [key]: said[2], [groupKey]: inGroup });
  proxy.isUp = true;
  const again = chatOf(ali, proxy.url, { storage });
  await isOpen(again);
  while (storage.kept.has(kept[0])) await Bun.sleep(5);
  await until(again.rooms, "read", ({ rooms, unread }) => rooms.length === 2 && unread === 0);
  await proxy.close();
});

test("friends are read again after a lost connection", async () => {
  const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
  const proxy = await TcpProxy.start(server.url);
  const chat = chatOf(ali, proxy.url);
  await isOpen(chat);
  chat.requests.incoming.subscribe(() => {});
  await until(chat.requests.incoming, "loaded", ({ isLoaded }) => isLoaded);
  proxy.isUp = false;
  proxy.cut();
  await veli.post(`/friends/requests/${ali.username}`);
  proxy.isUp = true;
  await until(chat.requests.incoming, "asked", ({ items }) => items.length === 1);
  await proxy.close();
});

test("no one is shown as online while disconnected, except during a short interruption", async () => {
  const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
  const { body } = await ali.post(`/friends/requests/${veli.id}`);
  await veli.post(`/requests/${body.data.id}/accept`);
  await openChat(veli, server.url);
  const proxy = await TcpProxy.start(server.url);
  const chat = chatOf(ali, proxy.url);
  chat.friends.subscribe(() => {});
  await until(chat.presence, "online", (presence) => presence[veli.id]?.online === true);
  // A frame may have told of it before the list was read.
  await until(chat.friends, "listed", ({ items }) => items.length === 1);
  let changes = 0;
  chat.presence.subscribe(() => {
    if (!chat.presence.getSnapshot()[veli.id]?.online) changes++;
  });
  proxy.cut();
  await until(chat.connection, "away", ({ state }) => state !== "open");
  await isOpen(chat);
  expect(changes).toBe(0);
  proxy.isUp = false;
  proxy.cut();
  await until(chat.presence, "unknown", (presence) => !(veli.id in presence));
  expect(chat.friends.getSnapshot().items).toMatchObject([{ id: veli.id, online: false }]);
  proxy.isUp = true;
  await until(chat.presence, "online again", (presence) => presence[veli.id]?.online === true);
  await until(chat.friends, "online again", ({ items }) => items[0]!.online);
  chat.close();
  expect(chat.presence.getSnapshot()).toEqual({});
  await proxy.close();
});

test("a change of presence that is older than what is known changes nothing", async () => {
  const [ali, veli, can] = await Promise.all([server.newUser(), server.newUser(), server.newUser()]);
  const { body } = await ali.post(`/friends/requests/${veli.id}`);
  await veli.post(`/requests/${body.data.id}/accept`);
  await openChat(veli, server.url);
  const chat = await openChat(ali, server.url);
  chat.requests.incoming.load();
  chat.friends.subscribe(() => {});
  await until(chat.presence, "since when", (presence) => typeof presence[veli.id]?.last_seen_at === "string");
  await until(chat.friends, "listed", ({ items }) => items.length === 1);
  server.core.bus.publishToUser(ali.id, presenceFrame(veli.id, false, "2026-01-13T17:00:29.317890+00:00"));
  await can.post(`/friends/requests/${ali.id}`);
  await until(chat.requests.incoming, "asked later", ({ items }) => items.length === 1);
  expect(chat.presence.getSnapshot()[veli.id]).toMatchObject({ online: true });
  expect(chat.friends.getSnapshot().items).toMatchObject([{ id: veli.id, online: true }]);
});

test("friends: offline, removed, blocked", async () => {
  const { a, veli } = parted;
  await until(a.presence, "gone", (presence) => presence[veli.id]?.online === false);
  expect(a.friends.getSnapshot().items[0]).toMatchObject({ online: false, last_seen_at: expect.any(String) });
  await a.friends.remove(veli.id);
  await until(a.friends, "alone", ({ items }) => items.length === 0);
  await a.blocks.add(veli.id);
  expect(a.blocks.getSnapshot().items).toMatchObject([{ id: veli.id, username: veli.username }]);
  expect(a.openConversation(veli.id)).rejects.toMatchObject({ code: "blocked", status: 403 });
  await a.blocks.remove(veli.id);
  expect(a.blocks.getSnapshot().items).toEqual([]);
  expect((await a.searchUsers(veli.username.slice(0, 5))).data.length).toBeGreaterThan(0);
});
