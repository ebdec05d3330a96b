// The unread count on devices of a user who reads on another one.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { RoomKey } from "../../../src/sdk/index.ts";
import { newGroup, newPair, startServer, type TestServer, type User } from "../../support/harness.ts";
import { closeChats, look, openChat, until } from "../chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  closeChats();
  await server.close();
});

const send = async (user: User, path: string, count: number) => {
  const ids: number[] = [];
  for (let i = 1; i <= count; i++) ids.push((await user.post(path, { body: `${i}` })).body.data.id);
  return ids;
};
const unread = (n: number) => [`${n} unread`, (state: { unread: number }) => state.unread === n] as const;

test.each(["conversation", "group"])("a deleted message is not counted among those read, in a %s", async (kind) => {
  const pair = await newPair(server);
  const { owner, others, groupId } = await newGroup(server, 2);
  const isGroup = kind === "group";
  const [writer, reader] = isGroup ? [owner, others[0]!] : [pair.veli, pair.ali];
  const path = isGroup ? `/groups/${groupId}/messages` : `/messages/${pair.conversationId}`;
  const second = await openChat(reader, server.url);
  const ids = await send(writer, path, 5);
  await until(second.rooms, ...unread(5));
  await writer.delete(`${path}/${ids[2]}`);
  await until(second.rooms, ...unread(4));
  const socket = await (await server.connect(reader, "/ws")).ready();
  socket.send({
    type: `${kind}.read`,
    [`${kind}_id`]: isGroup ? groupId : pair.conversationId,
    last_message_id: ids[3],
  });
  expect((await socket.next(`${kind}.read`)).data.updated_count).toBe(3);
  await until(second.rooms, ...unread(1));
  await socket.close();
});

test("with more than 100 unread, reading lowers the count on every device", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const ids = await send(veli, `/messages/${conversationId}`, 130);
  const key: RoomKey = `conversation:${conversationId}`;
  const second = await openChat(ali, server.url);
  const reading = await openChat(ali, server.url);
  const room = await look(reading, key);
  await until(second.rooms, ...unread(100));
  room.markRead(ids[9]);
  // 120 are left: still more than are counted.
  const read = (seq: number) => async () => (await ali.get("/conversations")).body.data[0].unread_count === seq;
  while (!(await read(100)())) await Bun.sleep(5);
  expect(second.rooms.getSnapshot().unread).toBe(100);
  room.markRead(ids[59]);
  await until(reading.rooms, ...unread(70));
  await until(second.rooms, ...unread(70));
  room.markRead(ids[69]);
  await until(reading.rooms, ...unread(60));
  await until(second.rooms, ...unread(60));
  room.markRead();
  await until(second.rooms, ...unread(0));
});
