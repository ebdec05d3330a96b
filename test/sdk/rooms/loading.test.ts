// The user's own message stays visible from the moment it is sent, whatever else the room is waiting for.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { RoomStore } from "../../../src/sdk/index.ts";
import { newPair, startServer, type TestServer } from "../../support/harness.ts";
import { bodies, chatOf, closeChats, isOpen, openChat, until } from "../chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  closeChats();
  await server.close();
});

/** A fetch whose answers of history wait until they are let go, and fail as long as `isDown`. */
function heldFetch() {
  const held: (() => void)[] = [];
  const state = { isDown: false, release: () => held.splice(0).forEach((go) => void go()) };
  const fetch = async (url: string, init: RequestInit) => {
    const answer = await globalThis.fetch(url, init);
    const text = await answer.text();
    const isHistory = init.method === "GET" && url.includes("/messages/");
    if (isHistory) await new Promise<void>((resolve) => held.push(resolve));
    if (isHistory && state.isDown) return { ok: false, status: 404, text: async () => "{}" };
    return { ok: answer.ok, status: answer.status, text: async () => text };
  };
  return { fetch, held, state };
}

/** Every list of bodies with states that the room's store shows. */
function watch(room: RoomStore) {
  const seen: string[] = [];
  const note = () => {
    const now = room.getSnapshot().messages.map(({ body, state }) => `${body} ${state}`);
    if (seen.at(-1) !== String(now)) seen.push(String(now));
  };
  room.subscribe(note);
  note();
  return seen;
}

test("a message that is sent while the room loads never vanishes", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  for (const body of ["1", "2"]) await veli.post(`/messages/${conversationId}`, { body });
  const { fetch, state, held } = heldFetch();
  const chat = await openChat(ali, server.url, { fetch });
  const room = chat.room(`conversation:${conversationId}`);
  const seen = watch(room);
  const key = room.send("mine");
  await until(room, "stored", ({ info }) => info?.last_message?.body === "mine");
  await until(chat.connection, "nothing queued", ({ queued }) => queued === 0);
  room.send("mine too");
  await until(room, "stored", ({ info }) => info?.last_message?.body === "mine too");
  await veli.post(`/messages/${conversationId}`, { body: "theirs" });
  await until(room, "heard", ({ info }) => info?.last_message?.body === "theirs");
  expect(bodies(room.getSnapshot().messages)).toEqual(["mine", "mine too"]);
  expect(room.getSnapshot().status).toBe("loading");
  while (held.length === 0) await Bun.sleep(2);
  state.release();
  const { messages } = await until(room, "ready", ({ status }) => status === "ready");
  expect(bodies(messages)).toEqual(["1", "2", "mine", "mine too", "theirs"]);
  expect(messages[2]!.key).toBe(key);
  expect(seen.slice(1).filter((shown) => !shown.includes("mine "))).toEqual([]);
});

test("a sent message is shown before the room is read, and when it can't be read", async () => {
  const { ali, conversationId } = await newPair(server);
  const { fetch, state, held } = heldFetch();
  const chat = chatOf(ali, server.url, { fetch });
  await isOpen(chat);
  const room = chat.room(`conversation:${conversationId}`);
  room.send("early");
  await until(chat.connection, "sent", ({ queued }) => queued === 0);
  expect(room.getSnapshot().messages).toMatchObject([{ body: "early", seq: 1 }]);
  await ali.put(`/messages/${conversationId}/${room.getSnapshot().messages[0]!.id}`, { body: "early, edited" });
  await until(chat.rooms, "edited", ({ rooms }) => rooms[0]?.last_message?.body === "early, edited");
  expect(bodies(room.getSnapshot().messages)).toEqual(["early, edited"]);
  state.isDown = true;
  room.subscribe(() => {});
  while (held.length === 0) await Bun.sleep(2);
  state.release();
  await until(room, "failed", ({ status }) => status === "failed");
  expect(bodies(room.getSnapshot().messages)).toEqual(["early, edited"]);
  state.isDown = false;
  room.reload();
  while (held.length === 0) await Bun.sleep(2);
  state.release();
  await until(room, "ready", ({ status }) => status === "ready");
  expect(bodies(room.getSnapshot().messages)).toEqual(["early, edited"]);
});

/** A socket that asks for what was missed when the test says so. */
class Late extends WebSocket {
  static release: (() => void) | null = null;
  override send(text: string) {
    const go = () => super.send(text);
    if (text.includes('"resume"')) Late.release = go;
    else go();
  }
}

test("a page that is older than the beginning of the stream is read again, although events followed", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/messages/${conversationId}`;
  const { fetch, state, held } = heldFetch();
  const chat = chatOf(ali, server.url, { fetch, WebSocket: Late });
  const room = chat.room(`conversation:${conversationId}`);
  room.subscribe(() => {});
  while (held.length === 0 || !Late.release) await Bun.sleep(2);
  for (const body of ["1", "2"]) await veli.post(path, { body });
  Late.release();
  await isOpen(chat);
  await veli.post(path, { body: "3" });
  await until(room, "the event", ({ info }) => info?.last_message?.body === "3");
  state.release();
  while (held.length === 0) await Bun.sleep(2);
  state.release();
  await until(room, "ready", ({ status }) => status === "ready");
  expect(bodies(room.getSnapshot().messages)).toEqual(["1", "2", "3"]);
});
