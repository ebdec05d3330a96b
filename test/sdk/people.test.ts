// People in the stores of the SDK show what they show on the server.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { newPair, startServer, type TestServer } from "../support/harness.ts";
import { chatOf, closeChats, isOpen, until } from "./chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(closeChats);
afterAll(() => server.close());

test("friends and peers get the names and statuses that people give themselves, and lose what these take away", async () => {
  const { ali, veli } = await newPair(server);
  await veli.post(`/friends/requests/${ali.id}`);
  await ali.post(`/friends/requests/${veli.id}`);
  const chat = chatOf(ali, server.url);
  await isOpen(chat);
  chat.friends.load();
  await until(chat.friends, "read", ({ isLoaded }) => isLoaded);
  await until(chat.rooms, "read", ({ isLoaded }) => isLoaded);
  const shown = () => {
    const [room] = chat.rooms.getSnapshot().rooms;
    const [friend] = chat.friends.getSnapshot().items;
    return [room?.kind === "conversation" ? room.peer : null, friend].map((person) => [
      person?.display_name,
      person?.status?.text,
    ]);
  };
  await veli.put("/me", { display_name: "Veli Öz", status: { text: "Here" } });
  await until(chat.friends, "named", ({ items }) => items[0]!.status !== undefined);
  await until(chat.rooms, "named", () => shown()[0]![1] === "Here");
  expect(shown()).toEqual([
    ["Veli Öz", "Here"],
    ["Veli Öz", "Here"],
  ]);
  expect(chat.friends.getSnapshot().items[0]).toMatchObject({ friends_since: expect.any(String), online: false });
  await veli.put("/me", { display_name: null });
  await until(chat.friends, "unnamed", ({ items }) => items[0]!.display_name === undefined);
  await until(chat.rooms, "unnamed", () => shown()[0]![0] === undefined);
  expect(shown()).toEqual([
    [undefined, "Here"],
    [undefined, "Here"],
  ]);
});
