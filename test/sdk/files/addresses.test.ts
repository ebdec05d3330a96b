// Where the SDK says that the bytes of files are, and the token that these addresses have.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Chat, DebugEntry } from "../../../src/sdk/index.ts";
import { startFileServer, uploadForm } from "../../support/files.ts";
import { PASSWORD, type User } from "../../support/harness.ts";
import { imageOf } from "../../support/images.ts";
import { chatOf, closeChats, isOpen, memoryStorage, openChat, until } from "../chats.ts";

let server: Awaited<ReturnType<typeof startFileServer>>;
beforeAll(async () => {
  server = await startFileServer();
});
afterAll(async () => {
  closeChats();
  await server.close();
});

/** A chat that notes each request of a token. */
function watched(user: User, options: Parameters<typeof chatOf>[2] = {}) {
  const requests: DebugEntry[] = [];
  const debug = (entry: DebugEntry) => {
    if (entry.type === "call" && entry.path === "/files/token") requests.push(entry);
  };
  return { chat: chatOf(user, server.url, { ...options, debug }), requests };
}

const tokenOf = (chat: Chat) => until(chat.files.token, "a token", (token) => token !== null);

test("a file and its thumbnail are read by their addresses, from the first subscription on", async () => {
  const user = await server.newUser();
  const { body } = await uploadForm(server, user, new Blob([await imageOf("jpeg", 640, 480)]), "cat.jpg", {
    kind: "image",
  });
  const { chat, requests } = watched(user);
  await isOpen(chat);
  expect(chat.files.url(body.data)).toBeNull();
  expect(requests).toEqual([]);
  chat.files.token.subscribe(() => {});
  await tokenOf(chat);
  const [content, thumbnail] = await Promise.all([
    fetch(chat.files.url(body.data)!),
    fetch(chat.files.thumbnailUrl(body.data)!),
  ]);
  expect([content.status, (await content.bytes()).length]).toEqual([200, body.data.size]);
  expect([thumbnail.status, thumbnail.headers.get("content-type")]).toEqual([200, "image/webp"]);
  expect(chat.files.thumbnailUrl({ id: 1, kind: "video" })).toBeNull();
});

test("a reload finds the same token, another session one of its own", async () => {
  const user = await server.newUser();
  const storage = memoryStorage();
  const first = watched(user, { storage });
  first.chat.files.token.subscribe(() => {});
  const token = await tokenOf(first.chat);
  first.chat.close();
  expect(first.chat.files.token.getSnapshot()).toBeNull();
  const second = watched(user, { storage });
  second.chat.files.token.subscribe(() => {});
  expect(second.chat.files.token.getSnapshot()).toBe(token);
  await isOpen(second.chat);
  expect(second.requests).toEqual([]);
  const login = await server.call("POST", "/login", { username: user.username, password: PASSWORD });
  const third = watched({ ...user, token: login.body.access_token }, { storage });
  third.chat.files.token.subscribe(() => {});
  expect(await tokenOf(third.chat)).not.toBe(token);
  await third.chat.logout();
  expect([...storage.kept.keys()]).toEqual([]);
});

test("a token is renewed before it ends while somebody uses it", async () => {
  const user = await server.newUser();
  const storage = memoryStorage();
  const first = watched(user, { storage });
  first.chat.files.token.subscribe(() => {});
  await tokenOf(first.chat);
  first.chat.close();
  // As if most of the hour had passed.
  const [key] = [...storage.kept].find(([, value]) => value.includes("renewAt"))!;
  const stored = JSON.parse(storage.kept.get(key)!);
  storage.setItem(key, JSON.stringify({ ...stored, token: "old", renewAt: Date.now() + 300 }));
  const second = watched(user, { storage });
  const stop = second.chat.files.token.subscribe(() => {});
  expect(second.chat.files.token.getSnapshot()).toBe("old");
  await until(second.chat.files.token, "another token", (token) => token !== null && token !== "old");
  expect(second.requests).toHaveLength(1);
  stop();
});

test("of many addresses that fail, one request of a token comes, and none of a token that is new", async () => {
  const user = await server.newUser();
  const { chat, requests } = watched(user);
  await isOpen(chat);
  const tokens = await Promise.all(Array.from({ length: 50 }, () => chat.files.renewToken()));
  expect(new Set(tokens).size).toBe(1);
  expect(await chat.files.renewToken()).toBe(tokens[0]!);
  expect(requests).toHaveLength(1);
});

test("a file that no message has is removed, one of a message is not", async () => {
  const user = await server.newUser();
  const other = await server.newUser();
  const chat = await openChat(user, server.url);
  const upload = async () => (await uploadForm(server, user, new Blob(["hello"]))).body.data;
  const unused = await upload();
  await chat.files.remove(unused.id);
  expect((await user.get(`/files/${unused.id}`)).status).toBe(404);
  const used = await upload();
  const room = await chat.openConversation(other.id);
  room.subscribe(() => {});
  room.send("", { attachments: [used] });
  await until(room, "sent", ({ messages }) => messages[0]?.state === "sent");
  await expect(chat.files.remove(used.id)).rejects.toMatchObject({ code: "not_found" });
});
