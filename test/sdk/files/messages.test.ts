// Messages that wait for their files.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { RoomStore, Upload } from "../../../src/sdk/index.ts";
import { noise, startFileServer } from "../../support/files.ts";
import { newPair } from "../../support/harness.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";
import { bodies, chatOf, closeChats, look, memoryStorage, openChat, until } from "../chats.ts";
import { uploadStorage } from "./storage.ts";

let server: Awaited<ReturnType<typeof startFileServer>>;
let proxy: TcpProxy;
beforeAll(async () => {
  server = await startFileServer({ fileMaxSize: 8 * 1024 ** 2 });
  proxy = await TcpProxy.start(server.url);
});
afterEach(() => {
  proxy.isUp = true;
  closeChats();
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});

const stored = (room: RoomStore, count: number) =>
  until(room, `${count} stored`, ({ messages }) => messages.filter(({ id }) => id !== null).length === count);

const MiB = 1024 ** 2;

async function pairIn(url = server.url, options = {}) {
  const { ali, veli, conversationId } = await newPair(server);
  const chat = await openChat(ali, url, options);
  const room = await look(chat, `conversation:${conversationId}`);
  return { ali, veli, conversationId, chat, room };
}

test("a message waits for its files, visibly, and later ones of the room wait for it", async () => {
  const { chat, room, veli, conversationId } = await pairIn();
  const uploads = [3, 2, 1].map((size, i) => chat.files.upload(new File([noise(size * MiB, i)], `${i}.bin`)));
  uploads[1]!.pause();
  room.send("look", { attachments: uploads });
  room.send("after it");
  const [waiting, later] = room.getSnapshot().messages;
  expect(waiting).toMatchObject({ body: "look", state: "sending" });
  expect(waiting!.uploads).toEqual(uploads);
  expect(later).toMatchObject({ body: "after it", state: "sending" });
  await Promise.all([uploads[0]!.untilReady(), uploads[2]!.untilReady()]);
  expect(room.getSnapshot().messages.map(({ state }) => state)).toEqual(["sending", "sending"]);
  expect(chat.connection.getSnapshot().queued).toBe(2);
  uploads[1]!.resume();
  const { messages } = await stored(room, 2);
  expect(bodies(messages)).toEqual(["look", "after it"]);
  expect(messages[0]!.uploads).toBeUndefined();
  expect(messages[0]!.attachments!.map(({ name }) => name)).toEqual(["0.bin", "1.bin", "2.bin"]);
  const { body } = await veli.get(`/messages/${conversationId}`);
  expect(body.data.map((message: { body: string }) => message.body)).toEqual(["look", "after it"]);
  expect(chat.files.pending.getSnapshot()).toEqual([]);
});

test("files without a text are a message, and so are those that are ready before it is sent", async () => {
  const { chat, room } = await pairIn();
  const upload = chat.files.upload(new File(["hello"], "hello.txt"), { draft: room.key });
  await upload.untilReady();
  expect(chat.files.pending.getSnapshot()).toEqual([upload]);
  room.send("", { attachments: [upload] });
  const { messages } = await stored(room, 1);
  expect(messages[0]).toMatchObject({ body: "", attachments: [{ name: "hello.txt" }] });
  expect(chat.files.pending.getSnapshot()).toEqual([]);
  expect(upload.draft).toBeNull();
});

test("a message whose file is refused fails by its reason; it goes without the file, or not at all", async () => {
  const { chat, room } = await pairIn();
  const large = () => chat.files.upload(new Blob([noise(9 * MiB)]));
  const key = room.send("with text", { attachments: [large()] });
  room.send("", { attachments: [large()] });
  room.send("after them");
  await stored(room, 1);
  const failed = await until(room, "both failed", ({ messages }) => messages.every(({ state }) => state !== "sending"));
  expect(failed.messages.map(({ body, state, error }) => [body, state, error?.code])).toEqual([
    ["after them", "sent", undefined],
    ["with text", "failed", "too_large"],
    ["", "failed", "too_large"],
  ]);
  for (const { uploads = [] } of failed.messages) for (const upload of uploads) upload.cancel();
  // Nothing is left of the one that had no text.
  const left = await until(room, "one less", ({ messages }) => messages.length === 2);
  expect(left.messages[1]!.uploads ?? []).toEqual([]);
  room.retry(key);
  const { messages } = await stored(room, 2);
  expect(bodies(messages)).toEqual(["after them", "with text"]);
  expect(messages[1]!.attachments).toBeUndefined();
});

test("a message that is discarded takes its files along", async () => {
  const { chat, room, ali } = await pairIn();
  const ready = chat.files.upload(new Blob(["ready"]));
  await ready.untilReady();
  const upload = chat.files.upload(new Blob([noise(6 * MiB)]));
  const key = room.send("never mind", { attachments: [ready, upload] });
  expect(room.discard(key)).toBe(true);
  expect(upload.getSnapshot().state).toBe("canceled");
  const left = () => server.core.sql`select id from files where owner_id = ${ali.id} and state <> 'deleted'`;
  while ((await left()).length > 0) await Bun.sleep(10);
  expect(room.getSnapshot().messages).toEqual([]);
  expect(chat.files.pending.getSnapshot()).toEqual([]);
});

test("a message that waits for its files is sent after a reload, once", async () => {
  const files = uploadStorage();
  const options = { storage: memoryStorage(), uploadStorage: files };
  const { chat, room, ali, conversationId } = await pairIn(proxy.url, options);
  const upload = chat.files.upload(new File([noise(4 * MiB)], "a.bin"), { draft: room.key });
  upload.pause();
  const done = chat.files.upload(new File(["done"], "b.txt"), { draft: room.key });
  await done.untilReady();
  room.send("later", { attachments: [upload, done] });
  room.send("last");
  while (files.kept.size !== 1 || [...files.kept.values()].some((kept) => kept.upload.draft !== null))
    await Bun.sleep(5);
  chat.close();

  const second = chatOf(ali, proxy.url, options);
  const again = await look(second, `conversation:${conversationId}`);
  const [waiting] = again.getSnapshot().messages;
  expect(waiting!.uploads!.map(({ name, size }) => [name, size])).toEqual([
    ["a.bin", 4 * MiB],
    ["b.txt", 4],
  ]);
  const [left] = waiting!.uploads as Upload[];
  await until(left!, "paused, as it was", ({ state }) => state === "paused");
  left!.resume();
  const { messages } = await stored(again, 2);
  expect(messages.map(({ body, attachments = [] }) => [body, attachments.map(({ name }) => name)])).toEqual([
    ["later", ["a.bin", "b.txt"]],
    ["last", []],
  ]);
  expect(second.files.pending.getSnapshot()).toEqual([]);
  while (files.kept.size > 0) await Bun.sleep(5);
});

test("a message whose file is on no device any more says so", async () => {
  const storage = memoryStorage();
  const { chat, room, ali, conversationId } = await pairIn(server.url, { storage });
  const upload = chat.files.upload(new Blob([noise(MiB)]));
  upload.pause();
  room.send("gone", { attachments: [upload] });
  chat.close();
  const second = chatOf(ali, server.url, { storage });
  const again = await look(second, `conversation:${conversationId}`);
  const { messages } = await until(again, "failed", (state) => state.messages[0]?.state === "failed");
  expect(messages[0]!.error!.code).toBe("unreadable");
});
