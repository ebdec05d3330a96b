// A server that is newer than this bundle: what the SDK does not know is ignored, and everything else works.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { RoomKey } from "../../src/sdk/index.ts";
import { newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { bodies, chatOf, closeChats, FakeSocket, isOpen, look, until } from "./chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(closeChats);
afterAll(() => server.close());

/** A socket to the real server that also says what the test wants it to. */
class Tapped extends WebSocket {
  static last: Tapped;
  constructor(url: string) {
    super(url);
    Tapped.last = this;
  }
  say(frame: unknown) {
    this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) } as never);
  }
}

const ODD: [string, unknown][] = [
  ["no JSON", "{"],
  ["null", null],
  ["a number", 5],
  ["a list", []],
  ["no type", { data: {} }],
  ["a type that is no text", { type: 7, data: {} }],
  ["no data", { type: "presence" }],
  ["data that is no object", { type: "message.new", seq: 3, data: "hello" }],
  ["an unknown type", { type: "poll.opened", data: { poll_id: 3 } }],
  ["an unknown type without data", { type: "maintenance" }],
  ["a seq but no room", { type: "account.renamed", seq: 9, data: { user_id: 3, username: "ece" } }],
  ["a seq and a room of another kind", { type: "channel.message.new", seq: 3, data: { channel_id: 4, sender_id: 2 } }],
  ["a seq that is none", { type: "message.new", seq: "x", data: { conversation_id: 1 } }],
  ["a room of another kind", { type: "room.joined", data: { room: "channel:4", channel_id: 4, seq: 3 } }],
  ["a resync of another kind", { type: "resync", data: { room: "channel:4", channel_id: 4, seq: 3 } }],
  ["the loss of a room of another kind", { type: "room.left", data: { room: "channel:4", channel_id: 4 } }],
  ["typing in a room of another kind", { type: "typing.start", data: { channel_id: 4, user_id: 2, username: "veli" } }],
  ["a resync without a place", { type: "resync", data: { room: "group:1", group_id: 1 } }],
  ["a room joined without a place", { type: "room.joined", data: { room: "group:1", group_id: 1 } }],
  ["a resumed without rooms", { type: "resumed", data: { more: false } }],
  ["an ack that nobody waits for", { type: "ack", ref: "x" }],
];

test.each(ODD)("a frame with %s changes nothing", async (_, frame) => {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  process.on("unhandledRejection", onError);
  try {
    const { ali, veli, conversationId } = await newPair(server);
    const chat = chatOf(ali, server.url, { WebSocket: Tapped });
    const room = await look(chat, `conversation:${conversationId}`);
    await isOpen(chat);
    await until(chat.rooms, "listed", ({ rooms }) => rooms.length === 1);
    const before = [chat.rooms.getSnapshot().rooms.length, Tapped.last] as const;
    expect(() => Tapped.last.say(frame)).not.toThrow();
    await veli.post(`/messages/${conversationId}`, { body: "after" });
    await until(room, "goes on", ({ messages }) => messages.length === 1);
    expect([chat.rooms.getSnapshot().rooms.length, Tapped.last] as const).toEqual(before);
    expect(chat.connection.getSnapshot().state).toBe("open");
    expect(errors).toEqual([]);
  } finally {
    process.off("unhandledRejection", onError);
  }
});

test("an unknown change of a known room moves the room's position and nothing else", async () => {
  const { owner, groupId } = await newGroup(server, 2);
  const key: RoomKey = `group:${groupId}`;
  const calls: string[] = [];
  const chat = chatOf(owner, server.url, {
    WebSocket: Tapped,
    fetch: (url: string, init: RequestInit) => {
      calls.push(url);
      return globalThis.fetch(url, init);
    },
  });
  const room = await look(chat, key);
  await isOpen(chat);
  await until(room, "members", ({ info, members }) => info !== null && members.length === 2);
  const before = room.getSnapshot();
  calls.length = 0;
  const who = { group_id: groupId, user_id: owner.id, sender_id: owner.id };
  const seq = before.info!.seq;
  const names = ["group.message.pinned", "group.member.nicknamed", "group.poll.opened"];
  // Known by name, but not in their form.
  names.push("group.message.new", "group.member.joined");
  for (const [i, type] of names.entries()) {
    const { user_id, ...rest } = who;
    Tapped.last.say({ type, seq: seq + 1 + i, data: type === "group.member.joined" ? rest : who });
  }
  const { info, members, messages, events } = room.getSnapshot();
  expect(info).toEqual({ ...before.info!, seq: seq + 5 });
  expect(members).toEqual(before.members);
  expect(messages).toEqual(before.messages);
  expect(events).toEqual(before.events);
  // The next known one is in order.
  const data = { id: 999, group_id: groupId, sender_id: 5, sender_name: "veli", body: "hello", client_id: null };
  const rest = {
    created_at: info!.last_activity_at,
    edited_at: null,
    deleted_at: null,
    delivered_at: null,
    read_at: null,
  };
  Tapped.last.say({ type: "group.message.new", seq: seq + 6, data: { ...data, seq: seq + 6, ...rest } });
  expect(bodies(room.getSnapshot().messages)).toEqual(["hello"]);
  expect(calls).toEqual([]);
});

test("an ack without the message is valid: the event shows the message, and nothing is sent again", async () => {
  const { ali, conversationId } = await newPair(server);
  let sends = 0;
  class Bare extends Tapped {
    override send(text: string) {
      if (text.includes('"message.send"')) sends++;
      super.send(text);
    }
    override set onmessage(listener: never) {
      super.onmessage = ((event: { data: string }) => {
        const { data, ...frame } = JSON.parse(event.data);
        const isBare = frame.type === "ack" && data?.body;
        (listener as (event: object) => void)(isBare ? { data: JSON.stringify(frame) } : event);
      }) as never;
    }
  }
  const chat = chatOf(ali, server.url, { WebSocket: Bare });
  const room = await look(chat, `conversation:${conversationId}`);
  room.send("one");
  room.send("two");
  await until(room, "both", ({ messages }) => messages.length === 2 && messages.every(({ seq }) => seq !== null));
  await until(chat.connection, "nothing queued", ({ queued }) => queued === 0);
  expect(sends).toBe(2);
});

test("rooms of an unknown kind in `resumed` are ignored", async () => {
  const { send } = FakeSocket.prototype;
  FakeSocket.prototype.send = function (text: string) {
    const frame = JSON.parse(text);
    if (frame.type !== "resume") return send.call(this, text);
    const rooms = { "channel:4": { seq: 3, unread_count: 0, members: [] } };
    this.tell({ type: "resumed", data: { rooms, lost: ["channel:5"], more: false, epoch: "a" } });
    this.tell({ type: "ack", ref: frame.ref, data: {} });
  };
  try {
    const me = { id: 1, username: "ali", email: "ali@example.com", created_at: "" };
    const answer = (url: string) => JSON.stringify({ data: url.endsWith("/me") ? me : [], next_cursor: null });
    const fetch = async (url: string) => ({ ok: true, status: 200, text: async () => answer(url) });
    const chat = chatOf({ token: "token-1" }, "http://chat.test", { WebSocket: FakeSocket, fetch });
    await isOpen(chat);
    expect(chat.rooms.getSnapshot().rooms).toEqual([]);
  } finally {
    FakeSocket.prototype.send = send;
  }
});
