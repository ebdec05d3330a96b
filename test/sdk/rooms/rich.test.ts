// Formatting, replies and reactions in a room's store: shown at once, then as the server has them, on every device alike.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { RoomKey, RoomMessage, RoomSnapshot } from "../../../src/sdk/index.ts";
import { newPair, startServer, type TestServer } from "../../support/harness.ts";
import { closeChats, look, openChat, until } from "../chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  closeChats();
  await server.close();
});

async function newConversation() {
  const { ali, veli, conversationId } = await newPair(server);
  const key: RoomKey = `conversation:${conversationId}`;
  const [chat, other] = await Promise.all([openChat(ali, server.url), openChat(veli, server.url)]);
  const [room, there] = await Promise.all([look(chat, key), look(other, key)]);
  return { ali, veli, key, chat, other, room, there, path: `/messages/${conversationId}` };
}

const last = ({ messages }: RoomSnapshot) => messages.at(-1);
const isStored = (snapshot: RoomSnapshot) => typeof last(snapshot)?.id === "number";
const reactionsOf = (message: RoomMessage | undefined) =>
  (message?.reactions ?? []).map(({ emoji, count, mine }) => `${emoji}${count}${mine ? " mine" : ""}`);

test("a reply with formatting is shown while it is sent as it is stored, its ranges in the trimmed text", async () => {
  const { room, there, veli } = await newConversation();
  there.send("shall we?");
  const first = last(await until(room, "the question", isStored))!;
  const entities = [
    { type: "mention" as const, offset: 2, length: 4, user_id: veli.id },
    { type: "bold" as const, offset: 7, length: 9 },
  ];
  const stored = [
    { ...entities[0], offset: 0 },
    { ...entities[1], offset: 5, length: 5 },
  ];
  room.send("  Veli, sure   ", { entities, replyTo: first as RoomMessage & { id: number; seq: number } });
  const quote = { id: first.id, body: "shall we?", sender_name: veli.username };
  expect(last(room.getSnapshot())).toMatchObject({
    state: "sending",
    body: "Veli, sure",
    entities: stored,
    reply_to: quote,
  });
  const sent = last(await until(room, "it is stored", (s) => s.messages.length === 2 && isStored(s)))!;
  expect(sent).toMatchObject({ entities: stored, reply_to: quote });
  const seen = last(await until(there, "the reply", (s) => s.messages.length === 2))!;
  expect(seen).toMatchObject({ entities: stored, reply_to: quote });
});

test("an edit brings other formatting, or none", async () => {
  const { room, there } = await newConversation();
  room.send("hello", { entities: [{ type: "bold", offset: 0, length: 5 }] });
  const { id } = last(await until(room, "it is stored", isStored))!;
  await room.edit(id!, "hello!", { entities: [{ type: "code", offset: 0, length: 6 }] });
  await until(there, "the code", (s) => last(s)?.entities?.[0]?.type === "code");
  await room.edit(id!, "hello?");
  await until(there, "plain", (s) => last(s)?.body === "hello?" && last(s)?.entities === undefined);
});

test("a reaction is shown at once and everywhere, through edits, and taken back", async () => {
  const { room, there } = await newConversation();
  room.send("hello");
  const { id } = last(await until(there, "it is there", isStored))!;
  const done = there.react(id!, "👍");
  expect(reactionsOf(last(there.getSnapshot()))).toEqual(["👍1 mine"]);
  await done;
  expect(reactionsOf(last(there.getSnapshot()))).toEqual(["👍1 mine"]);
  await until(room, "the reaction", (s) => reactionsOf(last(s))[0] === "👍1");
  await room.react(id!, "👍");
  await until(there, "both", (s) => reactionsOf(last(s))[0] === "👍2 mine");
  await room.edit(id!, "hey");
  await until(there, "the edit", (s) => last(s)?.body === "hey" && reactionsOf(last(s))[0] === "👍2 mine");
  await room.react(id!, "👍", false);
  await there.react(id!, "👍", false);
  await until(room, "none", (s) => last(s)?.reactions === undefined);
});

test("a response that is older than an event before it counts nobody out", async () => {
  const { ali, veli, key, there } = await newConversation();
  there.send("hello");
  const { id } = last(await until(there, "it is there", isStored))!;
  const { promise: isSeen, resolve } = Promise.withResolvers<void>();
  const slow = await openChat(ali, server.url, {
    fetch: async (input, init) => {
      const response = await fetch(input as string, init as RequestInit);
      if (String(input).includes("/reactions/")) await isSeen;
      return response;
    },
  });
  const room = await look(slow, key);
  const reacted = room.react(id!, "👍");
  await until(there, "the first", (s) => reactionsOf(last(s))[0] === "👍1");
  await there.react(id!, "👍");
  await until(room, "both", (s) => reactionsOf(last(s))[0] === "👍2 mine");
  resolve();
  await reacted;
  expect(reactionsOf(last(room.getSnapshot()))).toEqual(["👍2 mine"]);
  expect((await veli.get(`/messages/${key.split(":")[1]}`)).body.data.at(-1).reactions[0].count).toBe(2);
});

test("a reaction that is refused is undone, and says why", async () => {
  const { ali, veli, room, there } = await newConversation();
  room.send("hello");
  const { id } = last(await until(there, "it is there", isStored))!;
  await ali.put(`/blocks/${veli.id}`);
  const refused = there.react(id!, "👍");
  expect(reactionsOf(last(there.getSnapshot()))).toEqual(["👍1 mine"]);
  expect(refused).rejects.toMatchObject({ code: "forbidden" });
  await refused.catch(() => {});
  expect(reactionsOf(last(there.getSnapshot()))).toEqual([]);
});

test("reactions that were missed are there after a cut, the user's own from another device as theirs", async () => {
  const { ali, veli, chat, room, there, path } = await newConversation();
  there.send("hello");
  const { id } = last(await until(room, "it is there", isStored))!;
  chat.close();
  for (const user of [ali, veli]) await user.put(`${path}/${id}/reactions/${encodeURIComponent("🎉")}`);
  await veli.post(path, { body: "and more" });
  const again = await openChat(ali, server.url);
  const back = await look(again, room.key);
  const shown = (await until(back, "all", (s) => s.messages.length === 2)).messages[0];
  expect(reactionsOf(shown)).toEqual(["🎉2 mine"]);
});

test("mentions, replies and reactions are in the inbox", async () => {
  const { chat, room, there, ali } = await newConversation();
  room.send("hello");
  const { id } = last(await until(there, "it is there", isStored))!;
  there.send("Ali", { entities: [{ type: "mention", offset: 0, length: 3, user_id: ali.id }] });
  await until(room, "the mention", (s) => s.messages.length === 2);
  await there.react(id!, "👍");
  const { data } = await chat.listMentions();
  expect(data.map(({ kind, room: of, message }) => [kind, of, message.body])).toEqual([
    ["reaction", room.key, "hello"],
    ["mention", room.key, "Ali"],
  ]);
  expect((await chat.listMentions(null, "mention")).data).toHaveLength(1);
});

test("who reacted is read by emoji, how far the other has come is known, and each event is heard", async () => {
  const { chat, room, there, ali, veli } = await newConversation();
  const heard: string[] = [];
  const end = chat.onEvent(({ type }) => heard.push(type));
  room.send("hello");
  const { id, seq } = last(await until(there, "it is there", isStored))!;
  expect(there.isRead({ id: id!, seq: seq! })).toBe(false);
  await there.react(id!, "👍");
  await there.react(id!, "🎉");
  await room.react(id!, "👍");
  const { data } = await room.listReactions(id!);
  expect(data.map(({ user, emoji }) => [user.id, emoji])).toEqual([
    [ali.id, "👍"],
    [veli.id, "🎉"],
    [veli.id, "👍"],
  ]);
  expect((await room.listReactions(id!, { emoji: "🎉" })).data).toHaveLength(1);
  there.markRead();
  expect(there.isRead({ id: id!, seq: seq! })).toBe(true);
  const position = (s: RoomSnapshot) => s.members.find(({ user_id }) => user_id === veli.id);
  await until(room, "it is read", (s) => position(s)?.last_read_message_id === id);
  const known = position(room.getSnapshot())!;
  expect(known.delivered_seq).toBeGreaterThanOrEqual(known.read_seq);
  await until(room, "all reactions", (s) => last(s)?.reactions?.[0]?.count === 2);
  end();
  await there.react(id!, "👍", false);
  await until(room, "one less", (s) => last(s)?.reactions?.[0]?.count === 1);
  expect(heard).toEqual(["message.new", "reaction.added", "reaction.added", "reaction.added"]);
});

test("a room counts what is for the user while it is unread: from the list, live, and after a cut", async () => {
  const { ali, chat, room, there } = await newConversation();
  const countOf = () => chat.rooms.getSnapshot().rooms.find(({ key }) => key === room.key)?.mention_count;
  there.send("nothing");
  there.send("Ali", { entities: [{ type: "mention", offset: 0, length: 3, user_id: ali.id }] });
  await until(chat.rooms, "one live", () => countOf() === 1);
  const again = await openChat(ali, server.url);
  await until(
    again.rooms,
    "one in the list",
    ({ rooms }) => rooms[0]?.mention_count === 1 && rooms[0]?.unread_count === 2,
  );
  room.markRead();
  for (const rooms of [chat.rooms, again.rooms])
    await until(rooms, "none", (s) => s.rooms[0]?.unread_count === 0 && s.rooms[0]?.mention_count === undefined);
});
