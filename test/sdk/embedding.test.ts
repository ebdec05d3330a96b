// What is behind a product with customers of its own: its back end signs, its page chats, and bots run on keys. The back end is the one of
// examples/embedding.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { parseTokenIssuers } from "../../src/lib/token-issuers.ts";
import { admin as runCommand } from "../support/admin.ts";
import { asUser, newGroup, startServer, type TestServer } from "../support/harness.ts";
import { withKey } from "../support/keys.ts";
import { bodies, chatOf, closeChats, until } from "./chats.ts";

let server: TestServer;
let shop: Bun.Server<undefined>;
let admin: { token: string };
beforeAll(async () => {
  const free = Bun.serve({ port: 0, fetch: () => new Response() });
  const { port } = free;
  await free.stop(true);
  server = await startServer({
    tokenIssuers: parseTokenIssuers(
      JSON.stringify([
        {
          name: "shop",
          issuer: "https://shop.example.com",
          audience: "chat",
          jwks_url: `http://localhost:${port}/jwks.json`,
          algorithms: ["ES256"],
          claims: { name: "name" },
        },
      ]),
    ),
  });
  const user = await server.newUser();
  await runCommand(server, "role", user.username, "admin");
  const key = await runCommand(server, "keys", "create", user.username, "Shop", "admin");
  admin = asUser(server.url, key);
  Object.assign(process.env, { PORT: String(port), CHAT_URL: server.url, CHAT_KEY: key });
  shop = (await import("../../examples/embedding/server.ts")).server as Bun.Server<undefined>;
  for (const name of ["PORT", "CHAT_URL", "CHAT_KEY"]) delete process.env[name];
});
afterAll(async () => {
  closeChats();
  await Promise.all([server.close(), shop.stop(true)]);
});

const ask = async (customer: string) =>
  (await (await fetch(new URL(`/chat/${customer}`, shop.url))).json()) as { token: string; room: number };

test("customers of the example chat in the room that its back end keeps, and are there by their names", async () => {
  const [ada, grace] = [await ask("ada"), await ask("grace")];
  expect(ada.room).toBe(grace.room);
  const chats = [ada, grace].map(({ token }) => chatOf({ token }, server.url));
  const [hers, other] = chats.map((chat) => chat.room(`group:${ada.room}`));
  other!.subscribe(() => {});
  hers!.send("Where is it?");
  const { messages } = await until(other!, "the message", ({ messages }) => messages.length > 0);
  expect(bodies(messages)).toEqual(["Where is it?"]);
  const me = await until(chats[0]!.me, "oneself", (account) => account !== null);
  expect(me).toMatchObject({ display_name: "Ada Lovelace" });
  expect(me).not.toHaveProperty("email");
});

test("a page whose customer was logged out asks its back end, and goes on with the next token", async () => {
  const asked: string[] = [];
  const { token } = await ask("ada");
  // (What is signed within the second of the log-out was signed before it.)
  const renewToken = async () => {
    let next = await ask("ada");
    while (!(await server.core.sessions.find(next.token))) next = await ask("ada");
    asked.push(next.token);
    return next.token;
  };
  const chat = chatOf({ token }, server.url, { renewToken });
  await until(chat.connection, "open", ({ state }) => state === "open");
  const closed = until(chat.connection, "closed by the server", ({ state }) => state !== "open");
  await server.call("POST", "/admin/users/shop:ada/logout", {}, { authorization: `Bearer ${admin.token}` });
  await closed;
  await until(chat.connection, "open again", ({ state }) => state === "open");
  expect(asked).toHaveLength(1);
});

test("a bot runs on the SDK with a key: it answers what it is asked", async () => {
  const { owner, groupId } = await newGroup(server, 1);
  const { body } = await owner.post("/bots", { username: "echo-bot" });
  await owner.post(`/groups/${groupId}/members`, { user_id: body.data.id });
  const bot = chatOf(await withKey(server, body.data, ["read", "write"]), server.url);
  bot.onMessage(({ room, message }) => {
    if (message.body.startsWith("/echo ")) bot.room(room).send(message.body.slice(6));
  });
  await until(bot.connection, "open", ({ state }) => state === "open");
  const person = chatOf(owner, server.url);
  const room = person.room(`group:${groupId}`);
  room.subscribe(() => {});
  room.send("/echo hello");
  const { messages } = await until(room, "the answer", ({ messages }) => messages.some(({ body }) => body === "hello"));
  expect(messages.find(({ body }) => body === "hello")!.sender_id).toBe(body.data.id);
});
