// `chat.search` on a real server: what the server offers, page by page, and cancelled.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ChatError } from "../../src/sdk/index.ts";
import { newPair, startServer, type TestServer } from "../support/harness.ts";
import { indexed } from "../support/search-index.ts";
import { closeChats, openChat } from "./chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ search: true });
});
afterAll(async () => {
  closeChats();
  await server.close();
});

test("messages are found by words and filters, newest first, in pages, with the places of the words", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/messages/${conversationId}`;
  for (let i = 0; i < 60; i++) await veli.post(path, { body: `gradient ${i}` });
  await ali.post(path, { body: "a gradient of mine, see https://example.org" });
  await indexed(server.core.sql);
  const chat = await openChat(ali, server.url);
  const first = await chat.search({ query: "gradi" });
  expect(first.data.length).toBe(50);
  expect(first.complete).toBe(true);
  const room = `conversation:${conversationId}` as const;
  expect(first.data[0]).toMatchObject({ room, highlights: [[2, 5]], message: { sender_id: ali.id } });
  const second = await chat.search({ query: "gradi", cursor: first.next_cursor });
  expect(second.data.length).toBe(11);
  expect(second.next_cursor).toBe(null);
  expect((await chat.search({ query: "gradient", from: ali.id, room })).data.length).toBe(1);
  expect((await chat.search({ has: "link" })).data.length).toBe(1);
  expect((await chat.search({ mentions: "me" })).data).toEqual([]);
  const [oldest] = (await chat.search({ query: "gradient", before: second.data.at(-2)!.message.created_at })).data;
  expect(oldest!.message.body).toBe("gradient 0");
  // Where it was said.
  const opened = chat.room(oldest!.room);
  await opened.showAround(oldest!.message.id);
  expect(opened.getSnapshot().messages[0]!.body).toBe("gradient 0");
});

test("a search that is cancelled throws the reason, before its response and after", async () => {
  const { ali } = await newPair(server);
  let answered = () => {};
  const fetch = async (url: string, init: RequestInit) => {
    if (!url.includes("/search")) return globalThis.fetch(url, init);
    answered();
    return new Promise<Response>((_, reject) =>
      init.signal!.addEventListener("abort", () => reject(init.signal!.reason)),
    );
  };
  const chat = await openChat(ali, server.url, { fetch });
  const controller = new AbortController();
  const begun = new Promise<void>((resolve) => {
    answered = resolve;
  });
  const search = chat.search({ query: "any", signal: controller.signal }).catch((error) => error);
  await begun;
  controller.abort();
  expect((await search).name).toBe("AbortError");
  const late = await chat.search({ query: "any", signal: controller.signal }).catch((error) => error);
  expect(late.name).toBe("AbortError");
});

test("what the server refuses is a ChatError: a query for nothing, and any where it does not search", async () => {
  const { ali } = await newPair(server);
  const chat = await openChat(ali, server.url);
  const invalid: ChatError = await chat.search({ query: " " }).catch((error) => error);
  expect(invalid).toMatchObject({ name: "ChatError", code: "invalid" });
  const silent = await startServer();
  try {
    const user = await silent.newUser();
    const off: ChatError = await (await openChat(user, silent.url)).search({ query: "a" }).catch((error) => error);
    expect(off).toMatchObject({ name: "ChatError", code: "not_found" });
  } finally {
    closeChats();
    await silent.close();
  }
});
