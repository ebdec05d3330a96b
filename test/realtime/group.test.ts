// A group's socket: messages, and everything else that happens in a group.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { MOMENT, newGroup, startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

async function openGroup(size = 3, input: object = {}) {
  const group = await newGroup(server, size, input);
  const path = `/ws/groups/${group.groupId}`;
  const sockets = await Promise.all([group.owner, ...group.others].map((user) => server.connect(user, path)));
  await Promise.all(sockets.map((socket) => socket.ready()));
  return { ...group, path, sockets, members: group.others };
}

test("a message reaches every member with the group and the sender's name", async () => {
  const { groupId, members, sockets } = await openGroup();
  sockets[1]!.send({ type: "group.message.send", body: "hello", ref: "r" });
  for (const socket of sockets) {
    const frame = await socket.next("group.message.new");
    // Two members joined before.
    expect(frame.seq).toBe(3);
    expect(frame.data).toMatchObject({
      group_id: groupId,
      sender_id: members[0]!.id,
      sender_name: members[0]!.username,
      body: "hello",
      delivered_at: null,
      read_at: null,
    });
  }
  expect((await sockets[1]!.next("ack")).ref).toBe("r");
});

test("every durable change of a group takes the next seq and is told to all", async () => {
  const { owner, groupId, members, sockets } = await openGroup();
  const [socket] = sockets;
  const late = await server.newUser();
  const of = `/groups/${groupId}`;
  await owner.put(of, { name: "Sunday", description: "By the sea" });
  expect(await socket!.next("group.updated")).toMatchObject({
    seq: 3,
    data: { group_id: groupId, name: "Sunday", description: "By the sea", is_private: true, actor_id: owner.id },
  });
  await owner.put(`${of}/visibility`, { is_private: false });
  expect(await socket!.next("group.updated")).toMatchObject({ seq: 4, data: { is_private: false } });
  await late.post(`${of}/join`);
  const joined = await socket!.next("group.member.joined");
  expect(joined).toMatchObject({
    seq: 5,
    data: { user_id: late.id, username: late.username, role: "member", actor_id: late.id },
  });
  expect(joined.data.at).toMatch(MOMENT);
  await owner.put(`${of}/members/${late.id}/role`, { role: "admin" });
  expect(await socket!.next("group.member.role")).toMatchObject({
    seq: 6,
    data: { user_id: late.id, role: "admin", actor_id: owner.id },
  });
  await owner.put(`${of}/members/${members[0]!.id}/mute`, { until: "2099-01-01T00:00:00Z" });
  expect(await socket!.next("group.member.muted")).toMatchObject({
    seq: 7,
    data: { user_id: members[0]!.id, is_muted: true, muted_until: "2099-01-01T00:00:00.000000+00:00" },
  });
  await owner.put(`${of}/members/${members[0]!.id}/unmute`);
  expect(await socket!.next("group.member.unmuted")).toMatchObject({
    seq: 8,
    data: { is_muted: false, muted_until: null },
  });
  const { body } = await owner.post(`${of}/messages`, { body: "one" });
  await owner.put(`${of}/messages/${body.data.id}`, { content: "two" });
  await owner.delete(`${of}/messages/${body.data.id}`);
  expect((await socket!.next("group.message.new")).seq).toBe(9);
  expect(await socket!.next("group.message.updated")).toMatchObject({
    seq: 10,
    data: { id: body.data.id, body: "two" },
  });
  expect(await socket!.next("group.message.deleted")).toMatchObject({ seq: 11, data: { id: body.data.id, body: "" } });
  await late.post(`${of}/leave`);
  expect(await socket!.next("group.member.left")).toMatchObject({
    seq: 12,
    data: { user_id: late.id, actor_id: late.id },
  });
  // What changes nothing takes no place.
  await owner.put(of, { name: "Sunday" });
  await owner.put(`${of}/members/${members[0]!.id}/unmute`);
  await owner.put(`${of}/members/${members[0]!.id}/role`, { role: "member" });
  await socket!.expectSilence();
});

test("changes of all kinds at once leave no gap, and everyone sees the same ones under the same numbers", async () => {
  const { owner, groupId, members, sockets } = await openGroup(4);
  const of = `/groups/${groupId}`;
  const before = (await owner.get(of)).body.data.seq;
  const own = (await members[0]!.post(`${of}/messages`, { body: "0" })).body.data.id;
  const changes: Promise<{ status: number }>[] = [];
  // As many as one user may have waiting: three a round are the owner's.
  for (let i = 1; i <= 10; i++) {
    for (const [k, socket] of sockets.entries()) socket.send({ type: "group.message.send", body: `${k} ${i}` });
    changes.push(
      members[0]!.put(`${of}/messages/${own}`, { body: String(i) }),
      owner.put(of, { name: `Name ${i}` }),
      owner.put(`${of}/members/${members[1]!.id}/role`, { role: i % 2 ? "admin" : "member" }),
      owner.put(`${of}/members/${members[2]!.id}/mute`, { until: `2099-01-01T00:00:${10 + i}Z` }),
      owner.post(`${of}/messages`, { body: `over HTTP ${i}` }),
    );
    // One user may have only so many changes waiting.
    if (i % 3 === 0) await Promise.all(changes);
  }
  for (const { status } of await Promise.all(changes)) expect(status).toBeLessThan(300);
  // The muted one is refused, at whatever point the mute came; everything else has its place.
  const last = (await owner.get(of)).body.data.seq;
  expect(last - before).toBeGreaterThan(10 * 6);
  const heard = await Promise.all(
    sockets.map(async (socket) => {
      const frames: string[] = [];
      for (let seq = before + 1; seq <= last; seq++) {
        const frame = await socket.find(`event ${seq}`, (frame) => frame.seq !== undefined);
        expect(frame.seq).toBe(seq);
        frames.push(JSON.stringify(frame));
      }
      return frames;
    }),
  );
  for (const frames of heard) expect(frames).toEqual(heard[0]!);
});

test("one client_id is one message in a group as well, over socket and HTTP", async () => {
  const { groupId, members, sockets } = await openGroup();
  const client_id = crypto.randomUUID();
  sockets[1]!.send({ type: "group.message.send", body: "first", client_id, ref: "1" });
  const { data } = await sockets[1]!.next("ack");
  const again = await members[0]!.post(`/groups/${groupId}/messages`, { body: "again", client_id });
  expect([again.status, again.body.data]).toEqual([200, data]);
  expect((await sockets[2]!.next("group.message.new")).data).toEqual(data);
  await sockets[2]!.expectSilence();
});

test("handing a group over tells of both roles and of the new owner", async () => {
  const { owner, groupId, members, sockets } = await openGroup();
  await owner.put(`/groups/${groupId}/members/${members[0]!.id}/role`, { role: "owner" });
  expect((await sockets[2]!.next("group.member.role")).data).toMatchObject({ user_id: members[0]!.id, role: "owner" });
  expect((await sockets[2]!.next("group.member.role")).data).toMatchObject({ user_id: owner.id, role: "admin" });
  expect((await sockets[2]!.next("group.updated")).data).toMatchObject({ owner_id: members[0]!.id });
});

test("a muted member hears but can't speak; the mute ends by itself", async () => {
  const { owner, groupId, members, sockets } = await openGroup();
  const mute = `/groups/${groupId}/members/${members[0]!.id}/mute`;
  await owner.put(mute);
  sockets[1]!.send({ type: "group.message.send", body: "no", ref: "r" });
  expect(await sockets[1]!.next("error")).toMatchObject({ ref: "r", code: "muted" });
  sockets[0]!.send({ type: "group.message.send", body: "listen" });
  expect((await sockets[1]!.next("group.message.new")).data.body).toBe("listen");

  const until = new Date(Date.now() + 300).toISOString();
  expect((await owner.put(mute, { until })).status).toBe(200);
  // By the server's clock, not ours: tries until it is over.
  for (;;) {
    sockets[1]!.send({ type: "group.message.send", body: "again", ref: "again" });
    if ((await sockets[1]!.nextOf("ack", "error")).type === "ack") break;
  }
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(until));
});

test("a removed member hears of it last, and nothing that follows", async () => {
  const { owner, groupId, members, sockets } = await openGroup();
  const [, removed, other] = sockets;
  await owner.delete(`/groups/${groupId}/members/${members[0]!.id}`);
  expect((await removed!.next("group.member.left")).data).toMatchObject({
    user_id: members[0]!.id,
    actor_id: owner.id,
  });
  await owner.post(`/groups/${groupId}/messages`, { body: "they are gone" });
  expect(await removed!.closed).toEqual({ code: 1008, reason: "forbidden" });
  expect(removed!.frames).toEqual([]);
  expect((await other!.next("group.message.new")).data.body).toBe("they are gone");
});

test("someone who leaves loses the room but keeps their other sockets", async () => {
  const { groupId, members, sockets } = await openGroup();
  const elsewhere = await openGroup(1);
  await elsewhere.owner.post(`/groups/${elsewhere.groupId}/members`, { user_id: members[0]!.id });
  const kept = await (await server.connect(members[0]!, elsewhere.path)).ready();
  await members[0]!.delete(`/groups/${groupId}/members/me`);
  expect(await sockets[1]!.closed).toEqual({ code: 1008, reason: "forbidden" });
  await kept.expectSilence();
});

test("a deleted group says so and closes everyone's sockets", async () => {
  const { owner, groupId, sockets, path, members } = await openGroup();
  await owner.delete(`/groups/${groupId}`);
  for (const socket of sockets) {
    expect((await socket.next("group.deleted")).data).toEqual({ group_id: groupId, actor_id: owner.id });
    expect(await socket.closed).toEqual({ code: 1008, reason: "not_found" });
  }
  const again = await server.connect(members[0]!, path);
  expect(await again.closed).toEqual({ code: 1008, reason: "not_found" });
});

test("reading moves a cursor that everyone hears of and the member list shows", async () => {
  const { owner, groupId, members, sockets } = await openGroup();
  const ids: number[] = [];
  for (const body of ["one", "two"]) ids.push((await owner.post(`/groups/${groupId}/messages`, { body })).body.data.id);
  sockets[1]!.send({ type: "group.read", last_message_id: ids[1], ref: "r" });
  for (const socket of sockets) {
    expect((await socket.next("group.read")).data).toEqual({
      group_id: groupId,
      reader_id: members[0]!.id,
      last_message_id: ids[1]!,
      updated_count: 2,
    });
  }
  expect((await sockets[1]!.next("ack")).data).toEqual({ last_message_id: ids[1]!, updated_count: 2 });
  const list = (await owner.get(`/groups/${groupId}/members`)).body.data;
  const shown = list.find((member: { user_id: number }) => member.user_id === members[0]!.id);
  expect(shown).toMatchObject({ read_seq: 4, last_read_message_id: ids[1] });
});
