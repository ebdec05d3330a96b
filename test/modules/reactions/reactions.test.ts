// Reactions to messages, in conversations and groups alike: counted without a gap, replayed, and gone with their message.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { REACTION_USERS_LIMIT, REACTIONS_LIMIT } from "../../../src/protocol/limits.ts";
import {
  expectInvalid,
  expectRefusal,
  type Json,
  newGroup,
  startServer,
  type TestServer,
} from "../../support/harness.ts";
import { KINDS, newRoom, type Room, seqOf } from "../messages/rooms.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const EMOJIS = [..."😀😃😄😁😆😅😂🙂🙃😉😊😇🥰😍🤩😘😗😚😙😋😛"];
const keyOf = (path: string) => (path.startsWith("/groups") ? "group_id" : "conversation_id");
const emojiPath = (room: Room, id: number, emoji: string) =>
  `${room.path}/${id}/reactions/${encodeURIComponent(emoji)}`;

describe.each(KINDS)("in a %s", (kind) => {
  const withMessage = async () => {
    const room = await newRoom(server, kind);
    const { body } = await room.author.post(room.path, { body: "hello" });
    const message = body.data;
    const react = (by = room.other, emoji = "👍") => by.put(emojiPath(room, message.id, emoji));
    const unreact = (by = room.other, emoji = "👍") => by.delete(emojiPath(room, message.id, emoji));
    const shown = async (to = room.author): Promise<Json> => (await to.get(`${room.path}?limit=1`)).body.data[0];
    return { room, message, react, unreact, shown };
  };

  test("adding and taking back: the answer, the event, the page", async () => {
    const { room, message, react, unreact, shown } = await withMessage();
    const socket = await (await server.connect(room.author, "/ws")).ready();
    const { other, author } = room;
    const added = await react();
    const reaction = { emoji: "👍", count: 1, user_ids: [other.id] };
    expect(added.body).toEqual({ data: { message_id: message.id, reactions: [{ ...reaction, mine: true }] } });
    const data = {
      [keyOf(room.path)]: room.id,
      message_id: message.id,
      user_id: other.id,
      username: other.username,
      emoji: "👍",
    };
    const first = await socket.next("reaction.added");
    expect(first).toEqual({
      type: "reaction.added",
      seq: message.seq + 1,
      data: { ...data, count: 1, at: first.data.at },
    });
    expect((await shown()).reactions).toEqual([reaction]);
    expect((await react(author)).body.data.reactions).toEqual([
      { emoji: "👍", count: 2, user_ids: [author.id, other.id].sort((a, b) => a - b), mine: true },
    ]);
    const taken = await unreact();
    expect(taken.body.data.reactions).toEqual([{ emoji: "👍", count: 1, user_ids: [author.id] }]);
    const removed = await socket.next("reaction.removed");
    expect(removed).toMatchObject({ seq: message.seq + 3, data: { ...data, count: 1 } });
    expect((await unreact(author)).body.data.reactions).toEqual([]);
    expect(Object.keys(await shown())).toEqual(Object.keys(message));
  });

  test("doing it twice changes nothing and takes no place", async () => {
    const { room, react, unreact } = await withMessage();
    await react();
    const seq = await seqOf(server, room);
    expect((await react()).body.data.reactions).toHaveLength(1);
    expect(await seqOf(server, room)).toBe(seq);
    await unreact();
    await unreact();
    expect(await seqOf(server, room)).toBe(seq + 1);
  });

  test("a replay and a stale page with the events give the same as a fresh page", async () => {
    const { room, message, react, unreact, shown } = await withMessage();
    await react(room.author, "🎉");
    await react(room.other, "🎉");
    await react();
    await unreact(room.author, "🎉");
    await unreact();
    const socket = await server.connect(room.author, "/ws");
    socket.send({ type: "resume", rooms: { [`${kind}:${room.id}`]: message.seq - 1 } });
    const { data } = await socket.next(kind === "group" ? "group.message.new" : "message.new");
    const counts = new Map<string, number>();
    for (let i = 0; i < 5; i++) {
      const event = await socket.nextOf("reaction.added", "reaction.removed");
      expect(event.seq).toBe(message.seq + 1 + i);
      counts.set(event.data.emoji, event.data.count);
    }
    const fresh = await shown(room.other);
    expect(fresh.reactions).toEqual([{ emoji: "🎉", count: 1, user_ids: [room.other.id], mine: true }]);
    expect([...counts].filter(([, count]) => count > 0)).toEqual([["🎉", 1]]);
    expect(data.reactions).toEqual([{ emoji: "🎉", count: 1, user_ids: [room.other.id] }]);
  });

  test("does not lift the room, count as unread, or come back in an edit; a deletion takes all of it", async () => {
    const { room, message, react, shown } = await withMessage();
    const list = kind === "group" ? "/groups" : "/conversations";
    const rowOf = async (): Promise<Json> =>
      (await room.author.get(list)).body.data.find(({ id }: Json) => id === room.id);
    const before = await rowOf();
    await react();
    const after = await rowOf();
    expect(after).toMatchObject({ unread_count: before.unread_count, last_activity_at: before.last_activity_at });
    expect(after.seq).toBe(before.seq + 1);
    const edited = await room.author.put(`${room.path}/${message.id}`, { body: "hey" });
    expect(Object.keys(edited.body.data)).toEqual(Object.keys(message));
    expect((await shown()).reactions).toHaveLength(1);
    await room.author.delete(`${room.path}/${message.id}`);
    expect(Object.keys(await shown())).toEqual(Object.keys(message));
    expectRefusal(await react(), 409, "message_deleted");
    expect((await room.other.get(`${room.path}/${message.id}/reactions`)).body.data).toEqual([]);
  });

  test.each(["", "x", "👍👍", "👍x", "%", "1", "https://example.com", "👍".repeat(40)])(
    "%p is not one emoji",
    async (emoji) => {
      const { room, message } = await withMessage();
      const answer = await room.other.put(emojiPath(room, message.id, emoji));
      if (emoji === "") expectRefusal(answer, 404, "not_found");
      else expectInvalid(answer, "emoji");
      expect(await seqOf(server, room)).toBe(message.seq);
    },
  );

  test.each(["👍🏽", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "🇫🇮", "❤️"])("%p is one emoji", async (emoji) => {
    const { react } = await withMessage();
    const answer = await react(undefined, emoji);
    expect([answer.status, answer.body.data?.reactions[0].emoji]).toEqual([200, emoji]);
  });

  test(`has at most ${REACTIONS_LIMIT} different ones, also when they come at once`, async () => {
    const { room, message, react, unreact, shown } = await withMessage();
    const answers = await Promise.all(EMOJIS.map((emoji, i) => react(i % 2 ? room.author : room.other, emoji)));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(1);
    expectInvalid(refused[0]!, "emoji");
    const { reactions } = await shown();
    expect(reactions).toHaveLength(REACTIONS_LIMIT);
    expect(await seqOf(server, room)).toBe(message.seq + REACTIONS_LIMIT);
    const [first] = reactions;
    expect((await react(room.author, first.emoji)).status).toBe(200);
    await unreact(room.author, first.emoji);
    await unreact(room.other, first.emoji);
    const missing = EMOJIS.find((emoji) => !reactions.some((reaction: Json) => reaction.emoji === emoji))!;
    expect((await react(room.other, missing)).status).toBe(200);
  });

  test("strangers, and messages of other rooms, are not found", async () => {
    const { room, message } = await withMessage();
    const elsewhere = await withMessage();
    for (const path of [emojiPath(room, elsewhere.message.id, "👍"), emojiPath(elsewhere.room, message.id, "👍")]) {
      expectRefusal(await room.other.put(path), 404, "not_found");
    }
    expectRefusal(await room.outsider.put(emojiPath(room, message.id, "👍")), 404, "not_found");
    expectRefusal(await room.outsider.get(`${room.path}/${message.id}/reactions`), 404, "not_found");
    expectRefusal(await room.other.get(`${room.path}/${elsewhere.message.id}/reactions`), 404, "not_found");
  });

  test("who reacted, page by page, of one emoji or all", async () => {
    const { room, message, react } = await withMessage();
    for (const emoji of ["👍", "🎉"]) for (const user of [room.author, room.other]) await react(user, emoji);
    const path = `${room.path}/${message.id}/reactions`;
    const seen: Json[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { body } = await room.other.get(`${path}?limit=3&cursor=${cursor}`);
      seen.push(...body.data);
      cursor = body.next_cursor;
    }
    expect(seen.map(({ user, emoji }) => [user.id, emoji])).toEqual([
      [room.other.id, "🎉"],
      [room.author.id, "🎉"],
      [room.other.id, "👍"],
      [room.author.id, "👍"],
    ]);
    const { body } = await room.other.get(`${path}?emoji=${encodeURIComponent("🎉")}`);
    expect(body.data).toEqual(seen.slice(0, 2));
    expectInvalid(await room.other.get(`${path}?emoji=x`), "emoji");
  });
});

test("many people on one message at once: every count from one to the last, each once, in order", async () => {
  const { owner, others, groupId } = await newGroup(server, 60);
  const path = `/groups/${groupId}/messages`;
  const { id, seq } = (await owner.post(path, { body: "hello" })).body.data;
  const socket = await (await server.connect(owner, "/ws")).ready();
  const answers = await Promise.all(
    [owner, ...others].map((user) => user.put(`${path}/${id}/reactions/${encodeURIComponent("👍")}`)),
  );
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  for (let count = 1; count <= 60; count++) {
    const event = await socket.next("reaction.added");
    expect([event.seq, event.data.count]).toEqual([seq + count, count]);
  }
  const [reaction] = (await owner.get(path)).body.data[0].reactions;
  expect(reaction).toMatchObject({ count: 60, mine: true });
  const ids = [owner, ...others].map((user) => user.id).sort((a, b) => a - b);
  expect(reaction.user_ids).toEqual(ids.slice(0, REACTION_USERS_LIMIT));
});

test("the muted may take theirs back, not add; a block stops both sides of a conversation", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  const [ali] = others;
  const path = `/groups/${groupId}/messages`;
  const { id } = (await owner.post(path, { body: "hello" })).body.data;
  const like = `${path}/${id}/reactions/${encodeURIComponent("👍")}`;
  await ali!.put(like);
  await owner.put(`/groups/${groupId}/members/${ali!.id}/mute`);
  expectRefusal(await ali!.put(`${path}/${id}/reactions/${encodeURIComponent("🎉")}`), 403, "muted");
  expect((await ali!.delete(like)).status).toBe(200);

  const room = await newRoom(server, "conversation");
  const message = (await room.author.post(room.path, { body: "hello" })).body.data;
  await room.author.put(`/blocks/${room.other.id}`);
  expectRefusal(await room.author.put(emojiPath(room, message.id, "👍")), 403, "blocked");
  expectRefusal(await room.other.put(emojiPath(room, message.id, "👍")), 403, "forbidden");
});

test("the author's inbox has one entry a message, moved up by each reaction, never counted, gone with the last one", async () => {
  const { owner, others, groupId } = await newGroup(server, 3);
  const [ali, veli] = others as [typeof owner, typeof owner];
  const path = `/groups/${groupId}/messages`;
  const send = async () => (await owner.post(path, { body: "hello" })).body.data.id as number;
  const like = (id: number, emoji = "👍") => `${path}/${id}/reactions/${encodeURIComponent(emoji)}`;
  const [first, second] = [await send(), await send()];
  const inbox = async () =>
    (await owner.get("/mentions?kind=reaction")).body.data.map(({ message }: Json) => message.id);
  await ali.put(like(first));
  await ali.put(like(second));
  await owner.put(like(second, "🎉"));
  expect(await inbox()).toEqual([second, first]);
  await veli.put(like(first));
  expect(await inbox()).toEqual([first, second]);
  const { mention_count } = (await owner.get(`/groups/${groupId}`)).body.data;
  expect(mention_count).toBeUndefined();
  await veli.delete(like(first));
  expect(await inbox()).toEqual([first, second]);
  await ali.delete(like(first));
  expect(await inbox()).toEqual([second]);
});

test("the inbox names the newest reaction that is still there, of somebody whom the author does not block", async () => {
  const { owner, others, groupId } = await newGroup(server, 3);
  const [ali, veli] = others as [typeof owner, typeof owner];
  const path = `/groups/${groupId}/messages`;
  const { id } = (await owner.post(path, { body: "hello" })).body.data;
  const emoji = (text: string) => `${path}/${id}/reactions/${encodeURIComponent(text)}`;
  const newest = async () => {
    const [entry] = (await owner.get("/mentions")).body.data;
    return entry && [entry.reaction?.user.username, entry.reaction?.emoji];
  };
  await ali.put(emoji("👍"));
  await veli.put(emoji("🎉"));
  await owner.put(emoji("❤️"));
  expect(await newest()).toEqual([veli.username, "🎉"]);
  await veli.delete(emoji("🎉"));
  expect(await newest()).toEqual([ali.username, "👍"]);
  await veli.put(emoji("🎉"));
  await ali.put(emoji("😂"));
  await owner.put(`/blocks/${veli.id}`);
  expect(await newest()).toEqual([ali.username, "😂"]);
});

test("is none of the group's changes", async () => {
  const { owner, groupId } = await newGroup(server, 2);
  const { id } = (await owner.post(`/groups/${groupId}/messages`, { body: "hello" })).body.data;
  await owner.put(`/groups/${groupId}/messages/${id}/reactions/${encodeURIComponent("👍")}`);
  const { body } = await owner.get(`/groups/${groupId}/events`);
  expect(body.data.map(({ type }: Json) => type)).not.toContain("reaction.added");
});
