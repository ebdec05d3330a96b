// What two servers on one database promise while the bus between them loses what it carries, or is down. Many writers in such a storm
// are in storm.test.ts.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { ClusterBus } from "../../src/bus/cluster.ts";
import { newGroup, newPair, type TestServer, type User } from "../support/harness.ts";
import type { MemoryNetwork } from "../support/memory-wire.ts";
import { replayed, resume, upTo } from "../support/resuming.ts";
import { startTwo, type TwoServers } from "./two-servers.ts";

let two: TwoServers;
let network: MemoryNetwork;
beforeAll(async () => {
  two = await startTwo("memory");
  network = two.network!;
});
afterEach(() => {
  network.weather = {};
  network.restore();
});
afterAll(() => two.close());

const open = async (server: TestServer, user: User, path = "/ws") => (await server.connect(user, path)).ready();

test("sockets that resume on either server while the bus is bad have no seam", async () => {
  network.weather = { loss: 0.3, repeats: 0.3, delayMs: 40 };
  const { ali, veli, conversationId } = await newPair(two.a);
  const path = `/messages/${conversationId}`;
  await ali.post(path, { body: "first" });
  let isWriting = true;
  const writing = [ali, two.onB(ali)].map(async (writer) => {
    while (isWriting) await writer.post(path, { body: "more" });
  });
  let position = 1;
  for (let round = 0; round < 12; round++) {
    const server = round % 2 ? two.a : two.b;
    const socket = await resume(server, veli, "/ws", { rooms: { [`conversation:${conversationId}`]: position } });
    // Past the end of the replay, where events of both servers come live.
    const { events } = await replayed(socket);
    const seqs = events.map(({ seq }) => seq!);
    for (let i = 0; i < 20; i++) seqs.push((await socket.next("message.new")).seq!);
    await socket.close();
    expect(seqs).toEqual(upTo(position + seqs.length, position + 1));
    position += seqs.length;
  }
  isWriting = false;
  await Promise.all(writing);
});

test("a room that has long been quiet goes on through the database as soon as the bus is down", async () => {
  const { ali, veli, conversationId } = await newPair(two.a);
  const onB = await open(two.b, veli);
  const { sequencer } = two.b.core.bus as ClusterBus;
  // All rooms have been compared with the database, and were not to be compared again for a while.
  while (!sequencer.isVerified) await Bun.sleep(20);
  network.cut();
  const { body } = await ali.post(`/messages/${conversationId}`, { body: "by the database" });
  expect((await onB.next("message.new")).data.id).toBe(body.data.id);
});

test("the last message of a room that the bus has lost is found when the bus is back", async () => {
  const { ali, veli, conversationId } = await newPair(two.a);
  const onB = await open(two.b, veli);
  await ali.post(`/messages/${conversationId}`, { body: "first" });
  await onB.next("message.delivered");
  network.weather = { loss: 1 };
  const { body } = await ali.post(`/messages/${conversationId}`, { body: "lost on the way" });
  await onB.expectSilence();
  network.weather = {};
  network.restore();
  expect((await onB.next("message.new")).data.id).toBe(body.data.id);
});

test("a message that the bus has lost is marked delivered once it is found", async () => {
  const { ali, veli, conversationId } = await newPair(two.a);
  const onA = await open(two.a, ali);
  await open(two.b, veli);
  network.cut();
  const { body } = await ali.post(`/messages/${conversationId}`, { body: "found" });
  network.restore();
  expect((await onA.next("message.delivered")).data).toMatchObject({
    user_id: veli.id,
    last_message_id: body.data.id,
  });
});

test("who was removed does not see others type, though the news of the removal is lost on the way", async () => {
  const { owner, others, groupId } = await newGroup(two.a, 3);
  const [removed, kept] = others as [User, User];
  const theirs = await open(two.b, removed);
  const witness = await open(two.b, kept);
  const typist = await open(two.a, owner);
  await network.lose(() => owner.delete(`/groups/${groupId}/members/${removed.id}`));
  typist.send({ type: "typing.start", group_id: groupId });
  expect((await witness.next("typing.start")).data.user_id).toBe(owner.id);
  const last = await theirs.nextOf("room.left", "typing.start");
  expect(last.type).toBe("room.left");
  await theirs.expectSilence();
});

test("who comes online, and who goes, while the bus is cut is shown to friends on the other server once it is back", async () => {
  const [ali, veli, can] = [await two.a.newUser(), await two.a.newUser(), await two.a.newUser()];
  for (const friend of [veli, can]) {
    await ali.post(`/friends/requests/${friend.id}`);
    await friend.post(`/friends/requests/${ali.id}`);
  }
  const going = await open(two.a, can);
  const stored = async (userId: number, count: number) => {
    const rows = () => two.a.core.sql`select 1 from online where user_id = ${userId}`;
    while ((await rows()).length !== count) await Bun.sleep(10);
  };
  await stored(can.id, 1);
  const onB = await open(two.b, ali);
  network.cut();
  await going.close();
  await open(two.a, veli);
  await stored(can.id, 0);
  await stored(veli.id, 1);
  network.restore();
  const shown = new Map<number, boolean>();
  while (shown.size < 2) {
    const { data } = await onB.next("presence");
    shown.set(data.user_id, data.online);
  }
  expect(Object.fromEntries(shown)).toEqual({ [veli.id]: true, [can.id]: false });
});

test("bundles that nobody can read change nothing", async () => {
  const { ali, veli, conversationId } = await newPair(two.a);
  const onB = await open(two.b, veli);
  const stranger = network.newWire();
  const room = `d ${conversationId}`;
  for (const payload of [
    "",
    "1",
    "1 x",
    "1 x\n",
    "9 x\ne d 1 1 - - 2\n{}\n",
    `1 x\ne ${room} 1 - - 200\n{}\n`,
    `1 x\ne ${room} -1 - - 2\n{}\n`,
    `1 x\nz ${room} what is this 2\n{}\n`,
    `1 x\nf ${room} 99 - x\n`,
    "1 x\nu nobody 2\n{}\n",
  ])
    stranger.send("l.0", payload);
  await onB.expectSilence();
  await ali.post(`/messages/${conversationId}`, { body: "all is well" });
  expect(await onB.next("message.new")).toMatchObject({ seq: 1, data: { body: "all is well" } });
  network.remove(stranger);
});

test("a member whose removal this server has not heard of yet resumes to nothing, and hears nothing of the group before `room.left`", async () => {
  const { owner, others, groupId } = await newGroup(two.a, 2);
  const [member] = others as [User];
  await owner.post(`/groups/${groupId}/messages`, { body: "before" });
  const onB = await open(two.b, member);
  const onRoom = await open(two.b, member, `/ws/groups/${groupId}`);
  network.weather = { loss: 1 };
  expect((await owner.delete(`/groups/${groupId}/members/${member.id}`)).status).toBe(200);
  onB.send({ type: "resume", rooms: { [`group:${groupId}`]: 0 } });
  onRoom.send({ type: "resume", after_seq: 0 });
  expect((await onB.next("resumed")).data.rooms).toEqual({});
  expect(await onRoom.closed).toMatchObject({ code: 1008, reason: "forbidden" });
  network.weather = {};
  network.restore();
  const next = await onB.find(
    "the end of the membership",
    (frame) => frame.seq !== undefined || frame.type === "room.left",
  );
  expect(next.type).toBe("room.left");
});
