// What is told and never stored: who is online, and who is typing where.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { MOMENT, newGroup, newPair, startServer, type TestServer, type User } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({}, undefined, { presenceGrace: 1_000, typing: 600 });
});
afterAll(() => server.close());

const open = async (user: User, path = "/ws") => (await server.connect(user, path)).ready();

async function befriend(a: User, b: User) {
  await a.post(`/friends/requests/${b.id}`);
  await b.post(`/friends/requests/${a.id}`);
}

test("friends are told who comes online and goes, with when they were last seen; strangers are not", async () => {
  const [ali, veli, stranger] = [await server.newUser(), await server.newUser(), await server.newUser()];
  await befriend(ali, veli);
  await ali.post(`/conversations/${stranger.id}`);
  const [a, s] = [await open(ali), await open(stranger)];
  const v = await open(veli, "/ws");
  const seen = expect.stringMatching(MOMENT);
  expect((await a.next("presence")).data).toEqual({ user_id: veli.id, online: true, last_seen_at: seen });
  expect((await ali.get("/friends")).body.data[0]).toMatchObject({ id: veli.id, online: true, last_seen_at: seen });
  const second = await open(veli);
  await v.close();
  await a.expectSilence();
  await second.close();
  const gone = (await a.next("presence")).data;
  expect(gone).toEqual({ user_id: veli.id, online: false, last_seen_at: seen });
  const { body } = await ali.get("/friends");
  expect(body.data[0]).toMatchObject({ online: false, last_seen_at: gone.last_seen_at });
  expect(s.frames.filter((frame) => frame.type === "presence")).toEqual([]);
});

test("who is back at once was never gone", async () => {
  const [ali, veli, can] = [await server.newUser(), await server.newUser(), await server.newUser()];
  await befriend(ali, veli);
  await befriend(ali, can);
  const a = await open(ali);
  const first = await open(veli);
  await a.next("presence");
  await first.close();
  await open(veli);
  // What comes later shows that nothing came before it.
  const c = await open(can);
  expect((await a.next("presence")).data.user_id).toBe(can.id);
  await c.close();
  expect((await a.next("presence")).data).toMatchObject({ user_id: can.id, online: false });
});

test("new friends learn of each other at once", async () => {
  const [ali, veli] = [await server.newUser(), await server.newUser()];
  const [a, v] = [await open(ali), await open(veli)];
  await befriend(ali, veli);
  expect((await a.next("presence")).data).toMatchObject({ user_id: veli.id, online: true });
  expect((await v.next("presence")).data).toMatchObject({ user_id: ali.id, online: true });
});

test("who is gone before friends were told is told to have gone all the same", async () => {
  const [ali, visitor] = [await server.newUser(), await server.newUser()];
  const a = await open(ali);
  const v = await open(visitor);
  await befriend(ali, visitor);
  expect((await a.next("presence")).data).toMatchObject({ user_id: visitor.id, online: true });
  await v.close();
  let last = (await a.next("presence")).data;
  // It may have been told twice that the visitor is there: as a new friend, and as one who came.
  if (last.online) last = (await a.next("presence")).data;
  expect(last).toMatchObject({ user_id: visitor.id, online: false });
});

test("typing is told to the others in the room, on every kind of socket, and to none of the typist's own", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const own = [await open(ali), await open(ali, path)];
  const theirs = [await open(veli), await open(veli, path)];
  const data = { conversation_id: conversationId, user_id: ali.id, username: ali.username };
  own[0]!.send({ type: "typing.start", conversation_id: conversationId, ref: "1" });
  for (const socket of theirs) expect(await socket.next("typing.start")).toEqual({ type: "typing.start", data });
  await own[0]!.next("ack");
  own[0]!.send({ type: "typing.start", conversation_id: conversationId });
  own[1]!.send({ type: "typing.start" });
  own[1]!.send({ type: "typing.stop" });
  for (const socket of theirs) expect(await socket.next("typing.stop")).toEqual({ type: "typing.stop", data });
  own[1]!.send({ type: "typing.stop" });
  for (const socket of [...own, ...theirs]) await socket.expectSilence();
});

test("typing ends with the message, and with the last socket", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  const listener = await open(owner);
  const typist = await open(others[0]!);
  typist.send({ type: "typing.start", group_id: groupId });
  expect((await listener.next("typing.start")).data).toMatchObject({ group_id: groupId, user_id: others[0]!.id });
  typist.send({ type: "group.message.send", group_id: groupId, body: "done" });
  await listener.next("typing.stop");
  await listener.next("group.message.new");
  typist.send({ type: "typing.start", group_id: groupId });
  await listener.next("typing.start");
  await typist.close();
  await listener.next("typing.stop");
});

test("typing ends by itself when its time is over without another sign", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const [a, v] = [await open(ali), await open(veli)];
  a.send({ type: "typing.start", conversation_id: conversationId });
  await v.next("typing.start");
  await v.next("typing.stop");
});

test("nobody is seen typing who could not speak", async () => {
  const { owner, others, groupId } = await newGroup(server, 2);
  const { ali, veli, conversationId } = await newPair(server);
  const outsider = await server.newUser();
  await owner.put(`/groups/${groupId}/members/${others[0]!.id}/mute`);
  await veli.put(`/blocks/${ali.id}`);
  const [o, v] = [await open(owner), await open(veli)];
  const refused: [User, object, string][] = [
    [others[0]!, { group_id: groupId }, "muted"],
    [outsider, { group_id: groupId }, "not_found"],
    [outsider, { conversation_id: conversationId }, "not_found"],
    [ali, { conversation_id: conversationId }, "forbidden"],
    [veli, { conversation_id: conversationId }, "blocked"],
    [ali, { group_id: conversationId }, "not_found"],
  ];
  for (const [user, room, code] of refused) {
    const socket = await open(user);
    socket.send({ type: "typing.start", ...room, ref: "1" });
    expect(await socket.next("error")).toMatchObject({ ref: "1", code });
  }
  await o.expectSilence();
  await v.expectSilence();
});

test("who is removed, muted or blocked types no longer, however often they say so", async () => {
  const { owner, others, groupId } = await newGroup(server, 4);
  const [removed, muted] = others;
  const path = `/ws/groups/${groupId}`;
  const [o, r, m] = [await open(owner, path), await open(removed!), await open(muted!, path)];
  r.send({ type: "typing.start", group_id: groupId });
  expect((await o.next("typing.start")).data.user_id).toBe(removed!.id);
  m.send({ type: "typing.start" });
  expect((await o.next("typing.start")).data.user_id).toBe(muted!.id);
  await owner.delete(`/groups/${groupId}/members/${removed!.id}`);
  expect((await o.next("typing.stop")).data.user_id).toBe(removed!.id);
  r.send({ type: "typing.start", group_id: groupId, ref: "1" });
  expect((await r.next("error")).code).toBe("not_found");
  await owner.put(`/groups/${groupId}/members/${muted!.id}/mute`);
  m.send({ type: "typing.start", ref: "1" });
  expect((await m.next("error")).code).toBe("muted");
  expect((await o.next("typing.stop")).data.user_id).toBe(muted!.id);

  const { ali, veli, conversationId } = await newPair(server);
  const [a, v] = [await open(ali), await open(veli)];
  a.send({ type: "typing.start", conversation_id: conversationId });
  await v.next("typing.start");
  await veli.put(`/blocks/${ali.id}`);
  a.send({ type: "typing.start", conversation_id: conversationId, ref: "1" });
  expect((await a.next("error")).code).toBe("forbidden");
  await v.next("typing.stop");
});

test("a server that goes down notes of those who are there that they were", async () => {
  const first = await startServer({}, server.target);
  const [ali, veli] = [await first.newUser(), await first.newUser()];
  await befriend(ali, veli);
  await (await first.connect(veli, "/ws")).ready();
  const seen = async () => {
    const [row] = await server.core.sql<{ at: string | null }[]>`
      select last_seen_at::text as at from users where id = ${veli.id}`;
    return row!.at;
  };
  while ((await seen()) === null) await Bun.sleep(10);
  const before = await seen();
  await first.close();
  expect((await seen())! > before!).toBe(true);
});
