// A restore that loses the end of the history: the chat reconnects, and shows nothing that no longer exists.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { RoomKey } from "../../src/sdk/index.ts";
import { newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { History } from "../support/rewind.ts";
import { bodies, chatOf, closeChats, FakeSocket, isOpen, look, openChat, until } from "./chats.ts";

let server: TestServer;
let history: History;
beforeAll(async () => {
  server = await startServer({ logLevel: "silent" });
  history = History.of(server);
});
afterAll(async () => {
  closeChats();
  await history.close();
  await server.close();
});

test("after a restore, no message, receipt, member or event of the lost history is left", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const { owner, others, groupId } = await newGroup(server, 2);
  const path = `/messages/${conversationId}`;
  await ali.post(path, { body: "kept" });
  await history.keep();
  const chat = await openChat(ali, server.url);
  const direct = await look(chat, `conversation:${conversationId}`);
  const group = await look(await openChat(owner, server.url), `group:${groupId}` as RoomKey);
  await ali.post(path, { body: "lost" });
  await veli.post(path, { body: "lost as well" });
  await owner.put(`/groups/${groupId}`, { name: "Lost" });
  const socket = await (await server.connect(veli, "/ws")).ready();
  const read = (await veli.get(path)).body.data[1].id;
  socket.send({ type: "conversation.read", conversation_id: conversationId, last_message_id: read });
  await until(direct, "read", ({ messages }) => messages.length === 3 && messages[1]!.state === "read");
  await until(group, "renamed", ({ info, events }) => info?.title === "Lost" && events.at(-1)?.kind === "renamed");

  await history.goBack();
  await until(direct, "as it was", ({ messages, status }) => status === "ready" && messages.length === 1);
  await until(group, "as it was", ({ info, status }) => status === "ready" && info?.title === "Weekend");
  expect(bodies(direct.getSnapshot().messages)).toEqual(["kept"]);
  expect(direct.getSnapshot().messages[0]!.state).not.toBe("read");
  expect(group.getSnapshot().events.map(({ kind }) => kind)).toEqual(["added"]);
  await until(group, "members", ({ members }) => members.length === others.length + 1);
  await until(chat.rooms, "listed anew", ({ rooms }) =>
    rooms.some(({ last_message }) => last_message?.body === "kept"),
  );
  // And it goes on from there, under places that were taken before.
  await isOpen(chat);
  direct.send("new");
  await until(direct, "sent", ({ messages }) => messages.length === 2 && messages[1]!.seq === 2);
  expect(direct.getSnapshot().messages[1]!.state).not.toBe("read");
  await socket.close().catch(() => {});
});

test("the epoch is sent with the positions, unless the server has named none", async () => {
  const epochs: (string | undefined)[] = ["first", "first", undefined, "second"];
  const { send } = FakeSocket.prototype;
  const asked: unknown[] = [];
  FakeSocket.prototype.send = function (text: string) {
    const frame = JSON.parse(text);
    if (frame.type !== "resume") return send.call(this, text);
    asked.push("epoch" in frame ? frame.epoch : null);
    this.tell({ type: "resumed", data: { rooms: {}, lost: [], more: false, epoch: epochs.shift() } });
    this.tell({ type: "ack", ref: frame.ref, data: {} });
  };
  try {
    const me = { id: 1, username: "ali", email: "ali@example.com", created_at: "" };
    const answer = (url: string) => JSON.stringify({ data: url.endsWith("/me") ? me : [], next_cursor: null });
    const fetch = async (url: string) => ({ ok: true, status: 200, text: async () => answer(url) });
    const chat = chatOf({ token: "token-1" }, "http://chat.test", { WebSocket: FakeSocket, fetch });
    await isOpen(chat);
    for (let i = 0; i < 3; i++) {
      FakeSocket.made.at(-1)!.end(1012, "restarted");
      expect(chat.connection.getSnapshot()).toMatchObject({ state: "waiting", reason: "restarted" });
      await isOpen(chat);
    }
    expect(asked).toEqual([null, "first", "first", "first"]);
  } finally {
    FakeSocket.prototype.send = send;
    FakeSocket.made = [];
  }
});
