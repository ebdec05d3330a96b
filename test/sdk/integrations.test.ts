// API keys and bots through the SDK: what a program gets, and what it does with it.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { newName, PASSWORD, startServer, type TestServer } from "../support/harness.ts";
import { bodies, chatOf, closeChats, openChat, until } from "./chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(closeChats);
afterAll(() => server.close());

const proof = { password: PASSWORD };

test("a key is created with proof, shown once, again for the same id, listed and ended", async () => {
  const user = await server.newUser();
  const { listKeys, createKey, deleteKey } = await (await openChat(user, server.url)).integrations();
  const wanted = { name: "Backup", scopes: ["read" as const], client_id: crypto.randomUUID() };
  await expect(createKey(wanted, { password: "wrong" })).rejects.toMatchObject({ code: "bad_credentials" });
  await expect(createKey({ ...wanted, name: " " }, proof)).rejects.toMatchObject({
    fields: { name: expect.any(String) },
  });
  const { data, key } = await createKey(wanted, proof);
  expect(await createKey(wanted, proof)).toEqual({ data, key });
  expect(await listKeys()).toEqual([data]);
  const program = await openChat({ token: key } as never, server.url);
  expect(program.me.getSnapshot()).toMatchObject({ id: user.id });
  await deleteKey(data.id);
  await until(
    program.connection,
    "the end of the key",
    ({ state, reason }) => state === "closed" && reason === "unauthorized",
  );
  expect(await listKeys()).toEqual([]);
  await expect(deleteKey(data.id)).rejects.toMatchObject({ code: "not_found" });
});

test("a bot is created, changed and listed, answers with its key, and is deleted", async () => {
  const user = await server.newUser();
  const chat = await openChat(user, server.url);
  const calls = await chat.integrations();
  const created = await calls.createBot({ username: newName(), display_name: "Echo" });
  await expect(calls.createBot({ username: created.username })).rejects.toMatchObject({ code: "username_taken" });
  const bot = await calls.updateBot(created.id, { display_name: null, status: { text: "Listening" } });
  expect(bot).toMatchObject({ id: created.id, status: { text: "Listening" } });
  expect(bot).not.toHaveProperty("display_name");
  expect([await calls.listBots(), await calls.getBot(bot.id)]).toEqual([[bot], bot]);
  const { data, key } = await calls.createBotKey(bot.id, { name: "Server", scopes: ["read", "write"] });
  expect(await calls.listBotKeys(bot.id)).toEqual([data]);

  const room = await chat.openConversation(bot.id);
  room.subscribe(() => {});
  const program = chatOf({ token: key }, server.url);
  program.onMessage(({ room: at, message }) => program.room(at).send(`You said: ${message.body}`));
  room.send("hello");
  const { messages } = await until(room, "the echo", (now) => now.messages.length === 2);
  expect(bodies(messages)).toEqual(["hello", "You said: hello"]);

  await calls.deleteBotKey(bot.id, data.id);
  await until(program.connection, "the end of the key", ({ state }) => state === "closed");
  await calls.removeBotAvatar(bot.id);
  await expect(calls.setBotAvatar(bot.id, 1)).rejects.toMatchObject({ code: "not_found" });
  await calls.deleteBot(bot.id);
  expect(await calls.listBots()).toEqual([]);
  await expect(calls.getBot(bot.id)).rejects.toMatchObject({ code: "not_found" });
});
