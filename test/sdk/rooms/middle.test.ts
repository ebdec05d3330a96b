// The middle of a room's history, on a real server: jumping to a message, walking both ways, and back to the newest.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { ChatError, RoomKey, RoomStore } from "../../../src/sdk/index.ts";
import { newGroup, newPair, startServer, type TestServer, type User } from "../../support/harness.ts";
import { bodies, closeChats, look, openChat, until } from "../chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(closeChats);
afterAll(() => server.close());

const COUNT = 230;

/** A conversation with numbered messages, by their ids, that a chat looks at. */
async function longHistory() {
  const { ali, veli, conversationId } = await newPair(server);
  const ids: number[] = [];
  for (let i = 0; i < COUNT; i++) ids.push((await post(veli, conversationId, `${i}`)).id);
  const chat = await openChat(ali, server.url);
  const room = await look(chat, `conversation:${conversationId}`);
  return { ali, veli, chat, room, ids, conversationId };
}

const post = async (user: User, conversationId: number, body: string) =>
  (await user.post(`/messages/${conversationId}`, { body })).body.data as { id: number };
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `${from + i}`);
const shown = (room: RoomStore) => bodies(room.getSnapshot().messages);

test("a message further up is shown in the middle of its page, and pages follow in both directions up to the newest", async () => {
  const { room, ids, veli, conversationId } = await longHistory();
  await room.showAround(ids[60]!);
  expect(shown(room)).toEqual(numbers(36, 86));
  expect(room.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: true, status: "ready" });
  await room.loadOlder();
  expect(shown(room)).toEqual(numbers(0, 86));
  expect(room.getSnapshot().hasOlder).toBe(false);
  // What is said meanwhile counts as unread, and is in its place once one comes there.
  await post(veli, conversationId, `${COUNT}`);
  await until(room, "counted", ({ info }) => info?.last_message?.body === `${COUNT}`);
  expect(shown(room)).toEqual(numbers(0, 86));
  await room.loadNewer();
  expect(shown(room)).toEqual(numbers(0, 136));
  for (let i = 0; i < 5 && room.getSnapshot().hasNewer; i++) await room.loadNewer();
  expect(shown(room)).toEqual(numbers(0, COUNT + 1));
  expect(room.getSnapshot().hasOlder).toBe(false);
  await post(veli, conversationId, `${COUNT + 1}`);
  await until(room, "live", ({ messages }) => messages.at(-1)!.body === `${COUNT + 1}`);
  expect(shown(room)).toEqual(numbers(0, COUNT + 2));
});

test("edits, deletions and reactions reach the messages that are shown", async () => {
  const { room, ids, veli, conversationId } = await longHistory();
  await room.showAround(ids[50]!);
  await veli.put(`/messages/${conversationId}/${ids[50]}`, { body: "edited" });
  await veli.delete(`/messages/${conversationId}/${ids[51]}`);
  await veli.put(`/messages/${conversationId}/${ids[52]}/reactions/${encodeURIComponent("👍")}`);
  const { messages } = await until(room, "reacted", (now) => now.messages.some(({ reactions }) => reactions));
  const at = messages.findIndex(({ id }) => id === ids[50]);
  expect(messages[at]).toMatchObject({ body: "edited" });
  expect(messages[at + 1]).toMatchObject({ body: "" });
  expect(messages[at + 2]!.reactions).toEqual([{ emoji: "👍", count: 1, user_ids: [veli.id] }]);
  await room.react(ids[53]!, "🎉");
  expect(room.getSnapshot().messages[at + 3]!.reactions).toMatchObject([{ emoji: "🎉", mine: true }]);
});

test("one's own message shows the newest, with it as the last", async () => {
  const { room, ids } = await longHistory();
  await room.showAround(ids[10]!);
  room.send("mine");
  expect(room.getSnapshot().hasNewer).toBe(false);
  expect(shown(room)).toEqual([...numbers(COUNT - 50, COUNT), "mine"]);
});

test("a message that is held needs no request, and showNewest shows the newest as they are by then", async () => {
  const { room, ids, veli, conversationId } = await longHistory();
  await room.showAround(ids.at(-3)!);
  expect(room.getSnapshot().hasNewer).toBe(false);
  await room.showAround(ids[100]!);
  const before = room.getSnapshot().messages;
  await room.showAround(ids[101]!);
  expect(room.getSnapshot().messages).toEqual(before);
  await post(veli, conversationId, "while away");
  await until(room, "heard", ({ info }) => info?.last_message?.body === "while away");
  room.showNewest();
  expect(shown(room).at(-1)).toBe("while away");
});

test("of two jumps the later one counts, and what is not there changes nothing", async () => {
  const { room, ids, chat, veli } = await longHistory();
  await Promise.all([room.showAround(ids[30]!), room.showAround(ids[120]!)]);
  expect(shown(room)).toEqual(numbers(96, 146));
  const elsewhere = await chat.groups.create({ name: "Elsewhere" });
  await chat.groups.addMember(elsewhere.id, veli.id);
  const foreign = (await veli.post(`/groups/${elsewhere.id}/messages`, { body: "foreign" })).body.data.id;
  const error: ChatError = await room.showAround(foreign).catch((refusal) => refusal);
  expect(error.code).toBe("not_found");
  expect(shown(room)).toEqual(numbers(96, 146));
  const first = room.showAround(ids[10]!);
  room.showNewest();
  await first;
  expect(room.getSnapshot().hasNewer).toBe(false);
});

test("a room that nobody has looked at yet opens at the message", async () => {
  const { ali, ids, conversationId } = await longHistory();
  const room = (await openChat(ali, server.url)).room(`conversation:${conversationId}`);
  room.subscribe(() => {});
  await room.showAround(ids[60]!);
  expect(shown(room)).toEqual(numbers(36, 86));
  expect(room.getSnapshot().status).toBe("ready");
});

test("a room without listeners shows the newest again", async () => {
  const { ali, ids, conversationId } = await longHistory();
  const room = (await openChat(ali, server.url)).room(`conversation:${conversationId}`);
  const stop = room.subscribe(() => {});
  await room.showAround(ids[60]!);
  stop();
  while (room.getSnapshot().hasNewer || room.getSnapshot().status !== "ready") await Bun.sleep(1);
  expect(shown(room)).toEqual(numbers(COUNT - 50, COUNT));
});

test("what happened in a group is shown between the messages of the part", async () => {
  const { owner, groupId } = await newGroup(server, 1);
  const ids: number[] = [];
  for (let i = 0; i < 160; i++) {
    ids.push((await owner.post(`/groups/${groupId}/messages`, { body: `${i}` })).body.data.id);
    if (i % 40 === 20) await owner.put(`/groups/${groupId}`, { name: `After ${i}` });
  }
  const room = await look(await openChat(owner, server.url), `group:${groupId}` as RoomKey);
  const names = () => room.getSnapshot().events.flatMap(({ data }) => ("name" in data ? [data.name] : []));
  await room.showAround(ids[40]!);
  expect(shown(room)).toEqual(numbers(16, 66));
  expect(names()).toEqual(["After 20", "After 60"]);
  await room.loadNewer();
  expect(room.getSnapshot().hasNewer).toBe(false);
  expect(names()).toEqual(["After 20", "After 60", "After 100", "After 140"]);
});
