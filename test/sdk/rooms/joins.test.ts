// Rooms that become the user's: each is reported once, with its info.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { startServer, type TestServer } from "../../support/harness.ts";
import { closeChats, openChat, until } from "../chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  closeChats();
  await server.close();
});

test("a user who is added to a group is notified of that group alone", async () => {
  const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
  // More than a page of the list.
  for (let index = 0; index < 105; index++) await veli.post("/groups", { name: `Group ${index}` });
  const chat = await openChat(veli, server.url);
  const joined: string[] = [];
  let onOwn = () => {};
  const heardOwn = new Promise<void>((resolve) => {
    onOwn = resolve;
  });
  const stop = chat.onJoin(({ title }) => {
    joined.push(title);
    if (title === "Own") onOwn();
  });
  await until(chat.rooms, "all groups", ({ rooms }) => rooms.length === 105);
  expect(joined).toEqual([]);

  const { body } = await ali.post("/groups", { name: "Surprise" });
  await ali.post(`/groups/${body.group_id}/members`, { user_id: veli.id });
  await until(chat.rooms, "the new one", ({ rooms }) => rooms.some(({ title }) => title === "Surprise"));
  await ali.post(`/conversations/${veli.id}`);
  await until(chat.rooms, "the conversation", ({ rooms }) => rooms.some(({ title }) => title === ali.username));
  // The next one is told last, so nothing came twice before it.
  await veli.post("/groups", { name: "Own" });
  await heardOwn;
  expect(joined).toEqual(["Surprise", ali.username, "Own"]);

  stop();
  await veli.post("/groups", { name: "Unheard" });
  await until(chat.rooms, "unheard", ({ rooms }) => rooms.some(({ title }) => title === "Unheard"));
  expect(joined).not.toContain("Unheard");
});
