// Coming back: what was missed is replayed in order and once, and joins the live events without a seam.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect, newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { replayed, resume, seqs, upTo } from "../support/resuming.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

test("a room's socket replays every kind of change as it was live, then says how the room stands", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  const path = `/ws/groups/${groupId}`;
  const live = await (await server.connect(owner, path)).ready();
  const first = (await owner.post(`/groups/${groupId}/messages`, { body: "one" })).body.data;
  const second = (await owner.post(`/groups/${groupId}/messages`, { body: "two" })).body.data;
  await owner.put(`/groups/${groupId}/members/${others[0]!.id}/mute`);
  await owner.put(`/groups/${groupId}`, { name: "Renamed" });
  await owner.delete(`/groups/${groupId}/messages/${first.id}`);
  await owner.put(`/groups/${groupId}/messages/${second.id}`, { body: "two!" });
  await live.next("group.message.updated");

  const socket = await resume(server, others[0]!, path, { after_seq: 1 });
  const { events, resumed } = await replayed(socket);
  expect(seqs(events)).toEqual(upTo(7, 2));
  expect(events.map((frame) => frame.type.replace("group.", ""))).toEqual([
    "message.new",
    "message.new",
    "member.muted",
    "updated",
    "message.deleted",
    "message.updated",
  ]);
  // A message shows as it stands now: deleted text is gone from its first event as well.
  expect(events[0]!.data).toMatchObject({ id: first.id, body: "", deleted_at: expect.any(String) });
  expect(events[1]!.data.body).toBe("two!");
  expect(resumed.data).toEqual({
    group_id: groupId,
    epoch: expect.any(String),
    seq: 7,
    unread_count: 1,
    members: [owner.id, others[0]!.id]
      .toSorted((a, b) => a - b)
      .map((user_id) => ({ user_id, read_seq: 0, delivered_seq: expect.any(Number) })),
  });
});

test("on /ws each room goes on from where the client stood; rooms it did not name are told of, and lost ones are named", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const { owner, groupId } = await newGroup(server, 1);
  await owner.post(`/groups/${groupId}/members`, { user_id: ali.id });
  const gone = await newGroup(server, 1);
  const other = (await ali.post("/groups", { name: "Not named" })).body.group_id;
  await ali.post(`/groups/${other}/messages`, { body: "mine" });
  for (let i = 1; i <= 3; i++) {
    await veli.post(`/messages/${conversationId}`, { body: `direct ${i}` });
    await owner.post(`/groups/${groupId}/messages`, { body: `group ${i}` });
  }
  const socket = await resume(server, ali, "/ws", {
    rooms: { [`conversation:${conversationId}`]: 1, [`group:${groupId}`]: 4, [`group:${gone.groupId}`]: 0 },
  });
  const { events, resumed } = await replayed(socket);
  expect(events.map((frame) => frame.data.body)).toEqual(["direct 2", "direct 3"]);
  const { rooms, lost, more } = resumed.data;
  expect({ lost, more }).toEqual({ lost: [`group:${gone.groupId}`], more: false });
  expect(Object.keys(rooms).sort()).toEqual(
    [`conversation:${conversationId}`, `group:${groupId}`, `group:${other}`].sort(),
  );
  expect(rooms[`conversation:${conversationId}`]).toMatchObject({ seq: 3, unread_count: 3 });
  expect(rooms[`group:${groupId}`]).toMatchObject({ seq: 4, unread_count: 3 });
  expect(rooms[`group:${other}`]).toMatchObject({ seq: 1, unread_count: 0 });
  await veli.post(`/messages/${conversationId}`, { body: "live" });
  expect(await socket.next("message.new")).toMatchObject({ seq: 4, data: { body: "live" } });
  await ali.post(`/groups/${other}/messages`, { body: "live" });
  expect(await socket.next("group.message.new")).toMatchObject({ seq: 2, data: { body: "live" } });
});

test.each(["/ws", "room"])(
  "who resumes again and again on %s while others write at full rate sees each seq once, in order",
  async (kind) => {
    const { owner, others, groupId } = await newGroup(server, 4);
    const path = kind === "/ws" ? "/ws" : `/ws/groups/${groupId}`;
    const writers = await Promise.all(
      [owner, ...others.slice(0, 2)].map((user) => server.connect(user, `/ws/groups/${groupId}`)),
    );
    let writing = true;
    for (const [n, writer] of writers.entries()) {
      const write = (i: number) => writer.send({ type: "group.message.send", body: `${n}.${i}`, ref: String(i) });
      writer.ws.addEventListener("message", ({ data }) => {
        const { type, ref } = JSON.parse(String(data));
        if (type === "ack" && writing) write(Number(ref) + 10);
      });
      for (let i = 0; i < 10; i++) write(i);
    }
    const reader = others[2]!;
    const seen: number[] = [];
    let position = 0;
    for (let round = 0; round < 12; round++) {
      const command = kind === "/ws" ? { rooms: { [`group:${groupId}`]: position } } : { after_seq: position };
      const socket = await resume(server, reader, path, command);
      let live = 0;
      let resynced = false;
      for (let isLive = false; live < 30; ) {
        const frame = await socket.find("events", () => true);
        if (frame.type === "resync") {
          position = frame.data.seq;
          resynced = true;
        } else if (frame.type === "resumed") {
          isLive = true;
          const { seq } = kind === "/ws" ? frame.data.rooms[`group:${groupId}`] : frame.data;
          expect(seq).toBe(position);
        } else if (frame.seq !== undefined) {
          seen.push(frame.seq);
          if (!resynced) expect(frame.seq).toBe(position + 1);
          position = frame.seq;
          if (isLive) live++;
        }
      }
      await socket.close();
    }
    writing = false;
    expect(seen.length).toBeGreaterThan(12 * 30);
    expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b));
    await Promise.all(writers.map((writer) => writer.close()));
  },
);

test("live events wait for a resume that was announced", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const socket = await connect(`${server.url}/ws?token=${ali.token}&resume=1`);
  await socket.ready();
  for (let i = 1; i <= 3; i++) await veli.post(`/messages/${conversationId}`, { body: String(i) });
  await socket.expectSilence();
  await veli.post(`/messages/${conversationId}`, { body: "4" });
  socket.send({ type: "resume", rooms: { [`conversation:${conversationId}`]: 1 } });
  const { events } = await replayed(socket);
  expect(seqs(events)).toEqual([2, 3, 4]);
  await veli.post(`/messages/${conversationId}`, { body: "5" });
  expect((await socket.next("message.new")).seq).toBe(5);
});

test("one who was removed meanwhile gets nothing that came after, and is told that the room is lost", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  await owner.delete(`/groups/${groupId}/members/${others[0]!.id}`);
  await owner.post(`/groups/${groupId}/messages`, { body: "not for you" });
  const socket = await resume(server, others[0]!, "/ws", { rooms: { [`group:${groupId}`]: 2 } });
  const { events, resumed } = await replayed(socket);
  expect(events).toEqual([]);
  expect(resumed.data).toEqual({ rooms: {}, lost: [`group:${groupId}`], more: false, epoch: expect.any(String) });
});

test("a second resume beside one that is under way is refused; afterwards it is not", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  for (let i = 0; i < 5; i++) await veli.post(`/messages/${conversationId}`, { body: String(i) });
  const socket = await resume(server, ali, "/ws", { rooms: { [`conversation:${conversationId}`]: 3 } });
  socket.send({ type: "resume", rooms: {}, ref: "2" });
  expect(await socket.next("error")).toMatchObject({ ref: "2", code: "slow_down" });
  await socket.next("resumed");
  socket.send({ type: "resume", rooms: { [`conversation:${conversationId}`]: 0 }, ref: "3" });
  const { events } = await replayed(socket);
  expect(seqs(events)).toEqual(upTo(5));
  expect(await socket.next("ack")).toMatchObject({ ref: "3", data: {} });
});

test("a position holds after a restart and on another server of the same database", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  for (let i = 0; i < 5; i++) await veli.post(`/messages/${conversationId}`, { body: String(i) });
  const another = await startServer({}, server.target);
  try {
    const socket = await connect(`${another.url}/ws?token=${ali.token}&resume=1`);
    socket.send({ type: "resume", rooms: { [`conversation:${conversationId}`]: 2 } });
    expect(seqs((await replayed(socket)).events)).toEqual([3, 4, 5]);
  } finally {
    await another.close();
  }
});

test("a resume that was announced and does not come in time is waited for no longer", async () => {
  const hasty = await startServer({}, server.target, { resume: 1_000, sweep: 100 });
  const { ali, veli, conversationId } = await newPair(hasty);
  const socket = await connect(`${hasty.url}/ws?token=${ali.token}&resume=1`);
  await socket.ready();
  await veli.post(`/messages/${conversationId}`, { body: "1" });
  expect((await socket.next("message.new")).seq).toBe(1);
  await hasty.close();
});

test("a resume that fails is refused before any live event that waited for it, and can be asked for again", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  await veli.post(`/messages/${conversationId}`, { body: "missed" });
  const socket = await connect(`${server.url}${path}?token=${ali.token}&resume=1`);
  await socket.ready();
  await veli.post(`/messages/${conversationId}`, { body: "live" });
  const { sql } = server.core;
  await sql`alter table members rename column read_seq to gone`;
  try {
    socket.send({ type: "resume", after_seq: 0, ref: "again" });
    expect(await socket.nextOf("error", "message.new")).toMatchObject({
      type: "error",
      ref: "again",
      code: "internal",
    });
  } finally {
    await sql`alter table members rename column gone to read_seq`;
  }
  expect(await socket.next("message.new")).toMatchObject({ seq: 2 });
  socket.send({ type: "resume", after_seq: 0 });
  const { events, resumed } = await replayed(socket);
  expect(seqs(events)).toEqual([1, 2]);
  expect(resumed.data.seq).toBe(2);
});

test("of a room that was left before the client asked, it is told that it is lost and shown nothing that waited", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  const leaving = others[0]!;
  const socket = await connect(`${server.url}/ws?token=${leaving.token}&resume=1`);
  await socket.ready();
  const path = `/groups/${groupId}`;
  await owner.post(`${path}/messages`, { body: "waits" });
  await owner.delete(`${path}/members/${leaving.id}`);
  socket.send({ type: "resume", rooms: { [`group:${groupId}`]: 0 }, ref: "1" });
  const { events, resumed } = await replayed(socket);
  expect(events).toEqual([]);
  expect(resumed.data).toMatchObject({ rooms: {}, lost: [`group:${groupId}`] });
  await socket.next("ack");
  await owner.post(`${path}/members`, { user_id: leaving.id });
  expect(await socket.nextOf("room.left", "room.joined", "group.message.new", "group.member.joined")).toMatchObject({
    type: "room.joined",
    data: { group_id: groupId },
  });
});

test.each([{ "conversation:1": "abc" }, null, { "conversation:1": -5 }, "x"])(
  "on a room's socket `rooms` is nothing but a field too many: %j",
  async (rooms) => {
    const { ali, conversationId } = await newPair(server);
    await ali.post(`/messages/${conversationId}`, { body: "missed" });
    const socket = await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready();
    socket.send({ type: "resume", after_seq: 0, rooms });
    expect((await socket.next("message.new")).seq).toBe(1);
    expect((await socket.next("resumed")).data.seq).toBe(1);
  },
);
