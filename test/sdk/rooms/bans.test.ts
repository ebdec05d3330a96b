// Bans by the SDK: a member is removed at once, can't come back, and can after the ban is lifted.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { startServer, type TestServer } from "../../support/harness.ts";
import { closeChats, openChat, until } from "../chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(closeChats);
afterAll(() => server.close());

test("a member is banned from a group, listed, and allowed back", async () => {
  const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
  const chat = await openChat(ali, server.url);
  const theirs = await openChat(veli, server.url);
  const group = await chat.groups.create({ name: "Weekend", is_private: false });
  const room = await theirs.groups.join(group.id);
  await until(group, "joined", ({ info }) => info?.kind === "group" && info.member_count === 2);
  await chat.groups.ban(group.id, veli.id, { reason: "Advertising" });
  await until(room, "gone", ({ status }) => status === "gone");
  await until(group, "left", ({ info }) => info?.kind === "group" && info.member_count === 1);
  const { data } = await chat.groups.listBans(group.id);
  expect(data).toMatchObject([{ user_id: veli.id, username: veli.username, reason: "Advertising", until: null }]);
  expect(theirs.groups.join(group.id)).rejects.toMatchObject({ code: "banned", status: 403 });
  await chat.groups.liftBan(group.id, veli.id);
  expect((await chat.groups.listBans(group.id)).data).toEqual([]);
  await theirs.groups.join(group.id);
});
