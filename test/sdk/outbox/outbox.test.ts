// Unsent messages: stored on the device, through reloads and ended sessions, shared by the pages of one user.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { newPair, startServer, type TestServer } from "../../support/harness.ts";
import { TcpProxy } from "../../support/tcp-proxy.ts";
import { chatOf, closeChats, isOpen, look, memoryStorage, openChat, until } from "../chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(closeChats);
afterAll(() => server.close());

test("unsent messages survive a page reload, for the same user alone, and are stored once and in order", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const storage = memoryStorage();
  const proxy = await TcpProxy.start(server.url);
  const key = `conversation:${conversationId}` as const;
  const before = await openChat(ali, proxy.url, { storage });
  proxy.isUp = false;
  proxy.cut();
  await until(before.connection, "away", ({ state }) => state !== "open");
  const ids = ["one", "two", "three"].map((body) => before.room(key).send(body));
  expect(before.connection.getSnapshot().queued).toBe(3);
  before.close();

  // Offline still: the queue is there all the same; somebody else on the device has nothing to do with it.
  const after = chatOf(ali, proxy.url, { storage });
  expect(
    after
      .room(key)
      .getSnapshot()
      .messages.map((m) => [m.key, m.state]),
  ).toEqual(ids.map((id) => [id, "sending"]));
  const other = chatOf(veli, proxy.url, { storage });
  proxy.isUp = true;
  await isOpen(other);
  await isOpen(after);
  await until(after.connection, "sent", ({ queued }) => queued === 0);
  const stored = (await ali.get(`/messages/${conversationId}`)).body.data;
  expect(stored.map((m: { client_id: string }) => m.client_id)).toEqual(ids);
  expect(stored.every((m: { sender_id: number }) => m.sender_id === ali.id)).toBe(true);
  expect([...storage.kept.keys()].some((name) => name.includes("outbox"))).toBe(false);
  await proxy.close();
});

test("two pages of a user keep their queues side by side; invalid stored data is ignored", async () => {
  const { ali, conversationId } = await newPair(server);
  const storage = memoryStorage();
  const key = `conversation:${conversationId}` as const;
  const proxy = await TcpProxy.start(server.url);
  await openChat(ali, proxy.url, { storage }).then((chat) => chat.close());
  proxy.isUp = false;
  proxy.cut();
  const pages = [1, 2].map(() => chatOf(ali, proxy.url, { storage }));
  for (const [index, page] of [...pages, ...pages].entries()) page.room(key).send(`${index}`);
  const gone = pages[0]!.room(key).send("thrown away");
  expect(pages[0]!.room(key).discard(gone)).toBe(true);
  for (const page of pages) page.close();
  const queue = [...storage.kept.keys()].find((name) => name.endsWith("outbox"))!;
  storage.setItem(queue, JSON.stringify([...JSON.parse(storage.getItem(queue)!), null, { room: "nowhere" }]));
  proxy.isUp = true;
  const chat = chatOf(ali, proxy.url, { storage });
  await isOpen(chat);
  await until(chat.connection, "all sent", ({ queued }) => queued === 0);
  const sent = (await ali.get(`/messages/${conversationId}`)).body.data.map((m: { body: string }) => m.body);
  expect(sent.toSorted()).toEqual(["0", "1", "2", "3"]);
  await proxy.close();
});

test("messages of tabs that share a storage are stored in the order written, whichever tab is reloaded, closed or reconnected first", async () => {
  for (const first of ["reloaded", "other", "only other"]) {
    const { ali, conversationId } = await newPair(server);
    const storage = memoryStorage();
    const key = `conversation:${conversationId}` as const;
    const proxies = [await TcpProxy.start(server.url), await TcpProxy.start(server.url)] as const;
    // A storage is one server's: the two tabs reach it by different ways here.
    const shared = (n: 0 | 1) => chatOf(ali, proxies[n].url, { storage: renamed(storage, proxies[n].url) });
    const tabs = [shared(0), shared(1)] as const;
    for (const tab of tabs) await isOpen(tab);
    for (const proxy of proxies) {
      proxy.isUp = false;
      proxy.cut();
    }
    for (const tab of tabs) await until(tab.connection, "away", ({ state }) => state !== "open");
    for (const body of ["A1", "A2", "A3"]) tabs[0].room(key).send(body);
    tabs[1].room(key).send("A4");
    tabs[0].room(key).send("A5");
    tabs[0].close();
    const again = first === "only other" ? null : shared(0);
    const order = first === "reloaded" ? ([0, 1] as const) : ([1, 0] as const);
    for (const n of order) {
      const chat = n === 1 ? tabs[1] : again;
      if (!chat) continue;
      proxies[n].isUp = true;
      chat.reconnect();
      await isOpen(chat);
      await until(chat.connection, "sent", ({ queued }) => queued === 0);
    }
    const bodies = (await ali.get(`/messages/${conversationId}`)).body.data.map(({ body }: { body: string }) => body);
    expect([first, bodies]).toEqual([first, ["A1", "A2", "A3", "A4", ...(again ? ["A5"] : [])]]);
    tabs[1].close();
    again?.close();
    for (const proxy of proxies) await proxy.close();
  }
});

/** The storage as a tab sees it that has the server under this address: the address is left out of the names. */
const renamed = (storage: ReturnType<typeof memoryStorage>, url: string) => ({
  getItem: (key: string) => storage.getItem(key.replace(url, "")),
  setItem: (key: string, value: string) => storage.setItem(key.replace(url, ""), value),
  removeItem: (key: string) => storage.removeItem(key.replace(url, "")),
});

test("messages that an earlier version stored without an order are sent first, in their own order", async () => {
  const { ali, conversationId } = await newPair(server);
  const storage = memoryStorage();
  const key = `conversation:${conversationId}` as const;
  await openChat(ali, server.url, { storage }).then((chat) => chat.close());
  const kept = ["1", "2", "3"].map((body) => ({
    client_id: crypto.randomUUID(),
    room: key,
    body,
    created_at: new Date().toISOString(),
    error: null,
    tried: false,
  }));
  storage.setItem(`chat ${server.url} ${ali.id} outbox`, JSON.stringify(kept));
  const chat = chatOf(ali, server.url, { storage });
  chat.room(key).send("4");
  await isOpen(chat);
  await until(chat.connection, "sent", ({ queued }) => queued === 0);
  const { data } = (await ali.get(`/messages/${conversationId}`)).body;
  expect(data.map(({ body }: { body: string }) => body)).toEqual(["1", "2", "3", "4"]);
});

test("a message that one page discards does not come back from another open page", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const storage = memoryStorage();
  const key = `conversation:${conversationId}` as const;
  const first = await openChat(ali, server.url, { storage });
  const [tooLong, other] = ["x".repeat(4_001), ""].map((body) => first.room(key).send(body));
  const second = await openChat(ali, server.url, { storage });
  const keysIn = (chat: typeof first) =>
    chat
      .room(key)
      .getSnapshot()
      .messages.map((message) => message.key);
  expect(keysIn(second)).toEqual([tooLong!, other!]);
  // One that was taken up is thrown away where it was written, and the other way round.
  first.room(key).discard(tooLong!);
  second.room(key).discard(other!);
  for (const chat of [second, first]) {
    chat.room(key).send("hello");
    await until(chat.connection, "sent", ({ queued }) => queued === 0);
    expect(keysIn(chat)).not.toContain(tooLong!);
    expect(keysIn(chat)).not.toContain(other!);
  }
  expect([...storage.kept.keys()].filter((name) => name.endsWith("outbox"))).toEqual([]);

  // What waits is not sent by a page that had taken it up; a storage that takes nothing any more throws nothing away.
  const proxy = await TcpProxy.start(server.url);
  const writer = await openChat(ali, proxy.url, { storage });
  proxy.isUp = false;
  proxy.cut();
  await until(writer.connection, "away", ({ state }) => state !== "open");
  const unwanted = writer.room(key).send("unwanted");
  const reader = chatOf(ali, proxy.url, { storage });
  expect(keysIn(reader)).toEqual([unwanted]);
  expect(writer.room(key).discard(unwanted)).toBe(true);
  storage.setItem = () => {};
  const refused = writer.room(key).send("");
  writer.room(key).send("wanted");
  proxy.isUp = true;
  await isOpen(reader);
  await isOpen(writer);
  for (const chat of [reader, writer]) await until(chat.connection, "sent", ({ queued }) => queued === 0);
  const { data } = (await veli.get(`/messages/${conversationId}`)).body;
  expect(data.map(({ body }: { body: string }) => body)).toEqual(["hello", "hello", "wanted"]);
  expect(keysIn(writer)).toContain(refused);
  await proxy.close();
});

test("a session that was ended elsewhere closes the chat and keeps its queue for the next login", async () => {
  const { ali, conversationId } = await newPair(server);
  const storage = memoryStorage();
  const proxy = await TcpProxy.start(server.url);
  const key = `conversation:${conversationId}` as const;
  const chat = await openChat(ali, proxy.url, { storage });
  proxy.isUp = false;
  proxy.cut();
  chat.room(key).send("not yet");
  await ali.post("/logout");
  proxy.isUp = true;
  await until(chat.connection, "closed", ({ state, reason }) => state === "closed" && reason === "unauthorized");
  const token = await server.core.sessions.create(ali.id, "test");
  const again = chatOf({ token: token.token }, proxy.url, { storage });
  await isOpen(again);
  const room = await look(again, key);
  await until(room, "sent", ({ messages }) => messages.length === 1 && messages[0]!.state === "sent");
  await proxy.close();
});
