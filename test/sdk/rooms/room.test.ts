// A room's store against the real server: each state of a message, pages, edits and deletions inside and outside of the window,
// members, typing, and another device of the user.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { MessageState, RoomKey, RoomsSnapshot } from "../../../src/sdk/index.ts";
import { newGroup, newPair, startServer, type TestServer } from "../../support/harness.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";
import { bodies, chatOf, closeChats, isOpen, look, openChat, until } from "../chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  closeChats();
  await server.close();
});

/** Two people in a conversation, the first with its room in view. */
async function newConversation() {
  const { ali, veli, conversationId } = await newPair(server);
  const key: RoomKey = `conversation:${conversationId}`;
  const chat = await openChat(ali, server.url);
  return { ali, veli, key, id: conversationId, chat, room: await look(chat, key) };
}

test("a message is sending, sent, delivered and read under one key", async () => {
  const { veli, key, room } = await newConversation();
  const seen: MessageState[] = [];
  room.subscribe(() => {
    const state = room.getSnapshot().messages.at(-1)?.state;
    if (state && state !== seen.at(-1)) seen.push(state);
  });
  const clientId = room.send("  hello ");
  expect(room.getSnapshot().messages).toMatchObject([{ key: clientId, body: "hello", id: null, state: "sending" }]);
  await until(room, "sent", ({ messages }) => messages[0]?.state === "sent");
  const other = await openChat(veli, server.url);
  await until(room, "delivered", ({ messages }) => messages[0]?.state === "delivered");
  const there = await look(other, key);
  expect(there.getSnapshot().messages).toMatchObject([{ body: "hello", state: "delivered" }]);
  expect(other.rooms.getSnapshot()).toMatchObject({ unread: 1, rooms: [{ unread_count: 1 }] });
  there.markRead();
  await until(other.rooms, "nothing unread", ({ unread }) => unread === 0);
  await until(room, "read", ({ messages }) => messages[0]?.state === "read");
  expect(there.getSnapshot().messages[0]!.state).toBe("read");
  expect(room.getSnapshot().messages).toMatchObject([{ key: clientId, client_id: clientId, seq: 1, state: "read" }]);
  expect(room.getSnapshot().info!.last_message_state).toBe("read");
  expect(seen).toEqual(["sending", "sent", "delivered", "read"]);
});

test("a message that the server refuses has failed, says why, and can be retried or discarded", async () => {
  const { veli, id, ali, room, chat } = await newConversation();
  expect((await veli.put(`/blocks/${ali.id}`)).status).toBe(200);
  const first = room.send("one");
  const second = room.send("two");
  const { messages } = await until(room, "failed", (s) => s.messages.length === 2 && s.messages.every((m) => m.error));
  expect(messages).toMatchObject([
    { key: first, state: "failed", error: { code: "forbidden" } },
    { key: second, state: "failed", error: { code: "forbidden" } },
  ]);
  expect(chat.connection.getSnapshot().queued).toBe(0);
  await veli.delete(`/blocks/${ali.id}`);
  expect(room.discard(first)).toBe(true);
  room.retry(second);
  await until(room, "sent", (s) => s.messages.length === 1 && s.messages[0]!.state === "sent");
  expect((await ali.get(`/messages/${id}`)).body.data.map((m: { body: string }) => m.body)).toEqual(["two"]);

  const long = room.send("x".repeat(4001));
  const empty = room.send("   ");
  expect(room.getSnapshot().messages.slice(1)).toMatchObject([
    { key: long, state: "failed", error: { code: "invalid", fields: { body: "must be at most 4000 characters" } } },
    { key: empty, state: "failed", error: { code: "invalid" } },
  ]);
});

test("history comes in pages without gaps or repeats, while new messages come", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  for (let i = 1; i <= 120; i++) await veli.post(`/messages/${conversationId}`, { body: `${i}` });
  const chat = await openChat(ali, server.url);
  const room = await look(chat, `conversation:${conversationId}`);
  const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);
  expect(bodies(room.getSnapshot().messages)).toEqual(upTo(71, 120));
  expect(room.getSnapshot().hasOlder).toBe(true);
  const older = Promise.all([room.loadOlder(), room.loadOlder()]);
  expect(room.getSnapshot().isLoadingOlder).toBe(true);
  await veli.post(`/messages/${conversationId}`, { body: "121" });
  await older;
  await until(room, "121", ({ messages }) => messages.at(-1)?.body === "121");
  expect(bodies(room.getSnapshot().messages)).toEqual(upTo(21, 121));
  await room.loadOlder();
  await room.loadOlder();
  expect(bodies(room.getSnapshot().messages)).toEqual(upTo(1, 121));
  expect(room.getSnapshot().hasOlder).toBe(false);
  room.dropOlder();
  expect(bodies(room.getSnapshot().messages)).toEqual(upTo(72, 121));
  await room.loadOlder();
  expect(room.getSnapshot().messages).toHaveLength(100);
  room.dropOlder(0);
  expect(room.getSnapshot()).toMatchObject({ messages: [], hasOlder: true });
  await veli.post(`/messages/${conversationId}`, { body: "122" });
  await until(room, "122", ({ messages }) => messages.at(-1)?.body === "122");
  await room.loadOlder();
  expect(bodies(room.getSnapshot().messages)).toEqual(upTo(72, 122));
  room.dropOlder(0);
  await room.loadOlder();
  expect(bodies(room.getSnapshot().messages)).toEqual(upTo(73, 122));
});

test("edits and deletions show in their position; those outside of the window come with their page", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const ids: number[] = [];
  for (let i = 1; i <= 60; i++)
    ids.push((await ali.post(`/messages/${conversationId}`, { body: `${i}` })).body.data.id);
  const chat = await openChat(ali, server.url);
  const room = await look(chat, `conversation:${conversationId}`);
  await room.edit(ids[2]!, "three");
  await room.delete(ids[3]!);
  await room.edit(ids[58]!, "fifty-nine");
  await room.delete(ids[59]!);
  await until(room, "deleted", ({ messages }) => messages.at(-1)?.deleted_at !== null);
  expect(room.getSnapshot().messages).toHaveLength(50);
  expect(room.getSnapshot().messages.slice(-2)).toMatchObject([
    { body: "fifty-nine", edited_at: expect.any(String) },
    { body: "", deleted_at: expect.any(String) },
  ]);
  expect(room.getSnapshot().info!.last_message).toMatchObject({ id: ids[59], body: "" });
  await room.loadOlder();
  expect(room.getSnapshot().messages).toHaveLength(60);
  expect(room.getSnapshot().messages[2]).toMatchObject({ body: "three", seq: 3 });
  expect(room.getSnapshot().messages[3]).toMatchObject({ body: "", deleted_at: expect.any(String) });
  const theirs = (await veli.post(`/messages/${conversationId}`, { body: "mine" })).body.data.id;
  expect(room.edit(theirs, "yours")).rejects.toMatchObject({ name: "ChatError", code: "forbidden", status: 403 });
});

test("a change that comes while its page is requested is not overwritten by the older page", async () => {
  const { ali, conversationId } = await newPair(server);
  const ids: number[] = [];
  for (let i = 1; i <= 60; i++)
    ids.push((await ali.post(`/messages/${conversationId}`, { body: `${i}` })).body.data.id);
  let release: (() => void) | null = null;
  // A page is answered at once, but arrives when the test says so.
  const fetch = async (url: string, init: RequestInit) => {
    const answer = await globalThis.fetch(url, init);
    const text = await answer.text();
    if (url.includes("/messages/")) await new Promise<void>((resolve) => (release = resolve));
    return { ok: answer.ok, status: answer.status, text: async () => text };
  };
  const chat = await openChat(ali, server.url, { fetch });
  const room = chat.room(`conversation:${conversationId}`);
  room.subscribe(() => {});
  const held = async () => {
    while (!release) await Bun.sleep(2);
    return release;
  };
  const info = () => room.getSnapshot().info;
  const first = await held();
  await ali.put(`/messages/${conversationId}/${ids[58]}`, { body: "edited 59" });
  await ali.post(`/messages/${conversationId}`, { body: "61" });
  await until(room, "the event", () => info()?.seq === 62);
  release = null;
  first();
  await until(room, "ready", ({ status }) => status === "ready");
  expect(bodies(room.getSnapshot().messages).slice(-3)).toEqual(["edited 59", "60", "61"]);
  const older = room.loadOlder();
  const second = await held();
  await ali.put(`/messages/${conversationId}/${ids[4]}`, { body: "edited 5" });
  await until(room, "the event", () => info()?.seq === 63);
  second();
  await older;
  expect(bodies(room.getSnapshot().messages).slice(0, 6)).toEqual(["1", "2", "3", "4", "edited 5", "6"]);
});

test("a group shows read positions, mutes, members who leave, and its new name", async () => {
  const { owner, others, groupId } = await newGroup(server, 3);
  const [veli, ayse] = others;
  const key: RoomKey = `group:${groupId}`;
  const chat = await openChat(owner, server.url);
  const room = await look(chat, key);
  await until(room, "members", ({ members }) => members.length === 3);
  const veliChat = await openChat(veli!, server.url);
  const veliRoom = await look(veliChat, key);
  room.send("for all");
  await until(veliRoom, "there", ({ messages }) => messages.length === 1);
  veliRoom.markRead();
  await until(room, "read by one", ({ members }) => members.some((m) => m.user_id === veli!.id && m.read_seq === 3));
  expect(room.getSnapshot().messages[0]).toMatchObject({ state: "sent", sender_name: owner.username });
  const ayseChat = await openChat(ayse!, server.url);
  (await look(ayseChat, key)).markRead();
  await until(room, "read by all", ({ messages }) => messages[0]!.state === "read");

  await chat.groups.setRole(groupId, veli!.id, "admin");
  await veliChat.groups.mute(groupId, ayse!.id);
  await until(ayseChat.rooms, "muted", ({ rooms }) => rooms[0]?.kind === "group" && rooms[0].is_muted);
  const refused = ayseChat.room(key).send("may I?");
  await until(ayseChat.room(key), "failed", ({ messages }) => messages.at(-1)?.error?.code === "muted");
  expect(ayseChat.room(key).discard(refused)).toBe(true);
  await veliChat.groups.unmute(groupId, ayse!.id);
  await veliChat.groups.mute(groupId, ayse!.id, new Date(Date.now() + 1_000).toISOString());
  const isMuted = ({ rooms }: RoomsSnapshot) => rooms[0]?.kind === "group" && rooms[0].is_muted;
  await until(ayseChat.rooms, "muted for a second", isMuted);
  await until(ayseChat.rooms, "free to speak without being told", (now) => !isMuted(now));
  await chat.groups.update(groupId, { name: "Holiday" });
  await chat.groups.setVisibility(groupId, false);
  await until(ayseChat.rooms, "renamed", ({ rooms }) => rooms[0]!.title === "Holiday");
  await chat.groups.removeMember(groupId, ayse!.id);
  await until(ayseChat.room(key), "gone", ({ status }) => status === "gone");
  expect(ayseChat.rooms.getSnapshot().rooms).toEqual([]);
  await until(
    room,
    "two left",
    ({ members, info }) => members.length === 2 && info?.kind === "group" && info.member_count === 2,
  );

  // Back again: what was said meanwhile is there, once.
  room.send("while away");
  await until(room, "sent", ({ messages }) => messages.at(-1)?.seq !== null);
  await ayseChat.groups.join(groupId);
  await until(ayseChat.room(key), "back", ({ status, messages }) => status === "ready" && messages.length === 2);
  expect(bodies(ayseChat.room(key).getSnapshot().messages)).toEqual(["for all", "while away"]);
  room.send("welcome back");
  await until(ayseChat.room(key), "live again", ({ messages }) => messages.length === 3);
  expect(ayseChat.rooms.getSnapshot()).toMatchObject({
    rooms: [{ title: "Holiday", unread_count: 1, member_count: 3 }],
  });

  await chat.groups.setRole(groupId, veli!.id, "owner");
  await until(veliRoom, "handed over", ({ info }) => info?.kind === "group" && info.role === "owner");
  await chat.groups.leave(groupId);
  await until(chat.rooms, "left", ({ rooms }) => rooms.length === 0);
  await veliChat.groups.delete(groupId);
  await until(ayseChat.room(key), "deleted", ({ status }) => status === "gone");
});

test("typing is sent at once, throttled, and ends with the message", async () => {
  const { veli, key, room, ali } = await newConversation();
  const socket = await (await server.connect(veli, "/ws")).ready();
  for (let i = 0; i < 5; i++) room.startTyping();
  await socket.next("typing.start");
  room.stopTyping();
  await socket.next("typing.stop");
  room.startTyping();
  await socket.next("typing.start");
  room.send("done");
  expect((await socket.nextOf("typing.start", "typing.stop", "message.new")).type).not.toBe("typing.start");
  const id = Number(key.split(":")[1]);
  socket.send({ type: "typing.start", conversation_id: id });
  await until(room, "typing", ({ typing }) => typing.length === 1 && typing[0]!.id === veli.id);
  socket.send({ type: "message.send", conversation_id: id, body: "me too" });
  await until(room, "not typing", ({ typing, messages }) => typing.length === 0 && messages.length === 2);
  expect(ali.id).not.toBe(veli.id);
  await socket.close();
});

test("two devices of a user show each message once, and share the read position", async () => {
  const { ali, veli, key, room, chat } = await newConversation();
  const phone = await openChat(ali, server.url);
  const there = await look(phone, key);
  room.send("from the desk");
  there.send("from the phone");
  await until(room, "both", ({ messages }) => messages.length === 2 && messages.every((m) => m.seq !== null));
  await until(there, "both", ({ messages }) => messages.length === 2 && messages.every((m) => m.seq !== null));
  expect(there.getSnapshot().messages.map((m) => m.key)).toEqual(room.getSnapshot().messages.map((m) => m.key));
  const other = await openChat(veli, server.url);
  (await look(other, key)).send("hi");
  await until(chat.rooms, "unread", ({ unread }) => unread === 1);
  await until(phone.rooms, "unread", ({ unread }) => unread === 1);
  room.markRead();
  await until(phone.rooms, "read", ({ unread }) => unread === 0);
});

test("after a lost connection missed events are replayed, and nothing is read again", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const proxy = await TcpProxy.start(server.url);
  let calls = 0;
  const fetch = (url: string, init: RequestInit) => {
    calls++;
    return globalThis.fetch(url, init);
  };
  const chat = chatOf(ali, proxy.url, { fetch });
  await isOpen(chat);
  const room = await look(chat, `conversation:${conversationId}`);
  // What was not read before the cut would be read after it.
  await until(chat.rooms, "rooms", ({ isLoaded }) => isLoaded);
  await veli.post(`/messages/${conversationId}`, { body: "1" });
  await until(room, "1", ({ messages }) => messages.length === 1);
  proxy.isUp = false;
  proxy.cut();
  await until(chat.connection, "away", ({ state }) => state !== "open");
  const before = calls;
  const { id } = (await veli.post(`/messages/${conversationId}`, { body: "2" })).body.data;
  await veli.post(`/messages/${conversationId}`, { body: "3" });
  await veli.put(`/messages/${conversationId}/${id}`, { body: "two" });
  const arrivals: boolean[] = [];
  chat.onMessage(({ isLive }) => arrivals.push(isLive));
  proxy.isUp = true;
  await isOpen(chat);
  expect(bodies(room.getSnapshot().messages)).toEqual(["1", "two", "3"]);
  expect(room.getSnapshot().info).toMatchObject({ seq: 4, unread_count: 3 });
  expect(arrivals).toEqual([false, false]);
  expect(calls).toBe(before);
  await proxy.close();
});

test("after more changes than are replayed the room is read again", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  await veli.post(`/messages/${conversationId}`, { body: "before" });
  const proxy = await TcpProxy.start(server.url);
  const chat = chatOf(ali, proxy.url);
  await isOpen(chat);
  const room = await look(chat, `conversation:${conversationId}`);
  const id = room.getSnapshot().messages[0]!.id!;
  proxy.isUp = false;
  proxy.cut();
  await until(chat.connection, "away", ({ state }) => state !== "open");
  const socket = await (await server.connect(veli, "/ws")).ready();
  await veli.put(`/messages/${conversationId}/${id}`, { body: "before, edited" });
  for (let i = 1; i <= 1010; i++) {
    socket.send({ type: "message.send", conversation_id: conversationId, body: `${i}`, ref: `${i}` });
    if (i % 50 === 0) await socket.find("ack", (frame) => frame.ref === `${i}`);
  }
  await socket.find("ack", (frame) => frame.ref === "1010");
  proxy.isUp = true;
  await until(room, "anew", ({ messages, status }) => status === "ready" && messages.at(-1)?.body === "1010");
  expect(room.getSnapshot().messages).toHaveLength(50);
  expect(room.getSnapshot().hasOlder).toBe(true);
  await until(room, "its info as well", ({ info }) => info?.unread_count === 100 && info.seq === 1012);
  await veli.post(`/messages/${conversationId}`, { body: "live" });
  await until(room, "live", ({ messages }) => messages.at(-1)?.body === "live");
  expect(room.getSnapshot().messages).toHaveLength(51);
  await socket.close();
  await proxy.close();
});
