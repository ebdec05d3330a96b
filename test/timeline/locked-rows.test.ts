// A row that somebody keeps locked, such as an operator whose transaction stands open, holds up nobody but those who need it.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { expectRefusal, logIn, newGroup, newPair, PASSWORD, startServer, type TestServer } from "../support/harness.ts";
import { openLocks, timelineOf } from "../support/room-lock.ts";

let server: TestServer;
let locks: ReturnType<typeof openLocks>;
const held: (() => Promise<void>)[] = [];

beforeAll(async () => {
  server = await startServer();
  locks = openLocks(server);
});
afterEach(async () => {
  for (const release of held.splice(0)) await release();
});
afterAll(async () => {
  await locks.close();
  await server.close();
});

async function lock(statement: string): Promise<() => Promise<void>> {
  const release = await locks.hold(statement);
  held.push(release);
  return release;
}
const lockRoom = (id: number) => lock(`select 1 from rooms where id = ${id} for update`);

async function openConversation() {
  const pair = await newPair(server);
  const a = await (await server.connect(pair.ali, `/ws/conversations/${pair.conversationId}`)).ready();
  return { ...pair, a };
}

test("messages and changes of other rooms go on while a room is locked; its own are stored in order once it is not", async () => {
  const [locked, free] = await Promise.all([openConversation(), openConversation()]);
  const { owner, others, groupId } = await newGroup(server);
  const release = await lockRoom(locked.conversationId);
  const bodies = Array.from({ length: 20 }, (_, i) => String(i));
  for (const body of bodies) {
    locked.a.send({ type: "message.send", body, ref: body });
    free.a.send({ type: "message.send", body, ref: body });
  }
  for (const body of bodies) expect((await free.a.next("ack")).ref).toBe(body);
  expect((await owner.put(`/groups/${groupId}`, { name: "Sunday" })).status).toBe(200);
  expect((await owner.delete(`/groups/${groupId}/members/${others[0]!.id}`)).status).toBe(200);
  // Whatever is sent while it is known to be locked waits in its turn.
  locked.a.send({ type: "message.send", body: "last", ref: "last" });
  free.a.send({ type: "message.send", body: "last", ref: "last" });
  expect((await free.a.next("ack")).ref).toBe("last");
  expect(locked.a.frames.filter(({ type }) => type === "ack")).toEqual([]);
  await release();
  for (const body of [...bodies, "last"]) expect((await locked.a.next("ack")).ref).toBe(body);
  expect((await timelineOf(server, locked.conversationId)).map(({ body }) => body)).toEqual([...bodies, "last"]);
});

test("who writes to a room that stays locked is told so, and it works again afterwards", async () => {
  const hasty = await startServer({ queueTimeoutMs: 500 }, server.target);
  const { ali, conversationId } = await newPair(hasty);
  const a = await (await hasty.connect(ali, `/ws/conversations/${conversationId}`)).ready();
  const sent = await ali.post(`/messages/${conversationId}`, { body: "before" });
  const release = await lockRoom(conversationId);
  const client_id = crypto.randomUUID();
  a.send({ type: "message.send", body: "one", client_id, ref: "1" });
  const edit = ali.put(`/messages/${conversationId}/${sent.body.data.id}`, { body: "edited" });
  const refused = await a.next("error");
  expect([refused.ref, refused.code]).toEqual(["1", "unavailable"]);
  expectRefusal(await edit, 503, "unavailable");
  await release();
  a.send({ type: "message.send", body: "one", client_id, ref: "2" });
  expect((await a.next("ack")).ref).toBe("2");
  expect((await timelineOf(server, conversationId)).map(({ body }) => body)).toEqual(["before", "one"]);
  await hasty.close();
});

test("a change of a locked room waits for it, and holds up no other", async () => {
  const [locked, free] = await Promise.all([newGroup(server), newGroup(server)]);
  const release = await lockRoom(locked.groupId);
  const waiting = [
    locked.owner.put(`/groups/${locked.groupId}`, { name: "Sunday" }),
    locked.owner.delete(`/groups/${locked.groupId}/members/${locked.others[0]!.id}`),
    locked.others[1]!.post(`/groups/${locked.groupId}/leave`),
  ];
  for (let i = 0; i < 5; i++)
    expect((await free.owner.put(`/groups/${free.groupId}`, { name: `Name ${i}` })).status).toBe(200);
  await release();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
});

test("log-ins of a user whose row is locked fail as unavailable; all others log in, read and connect meanwhile", async () => {
  const [target, other] = await Promise.all([server.newUser(), server.newUser()]);
  const { ali, conversationId } = await newPair(server);
  await lock(`update users set banned_at = now() where id = ${target.id}`);
  const form = new URLSearchParams({ username: target.username, password: PASSWORD }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const logIns = Array.from({ length: 30 }, () => server.call("POST", "/login", form, headers));
  const requests = Array.from({ length: 30 }, () => ali.post(`/friends/requests/${target.id}`));
  for (let i = 0; i < 5; i++) {
    expect((await ali.get(`/messages/${conversationId}`)).status).toBe(200);
    expect(await logIn(server.url, other.username)).toBeString();
  }
  await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready();
  for (const answer of await Promise.all([...logIns, ...requests])) expectRefusal(answer, 503, "unavailable");
});

test("presence of others is shown while a user's row is locked, and that user's afterwards", async () => {
  const [watcher, friend, stuck] = await Promise.all([server.newUser(), server.newUser(), server.newUser()]);
  for (const one of [friend, stuck]) {
    await one.post(`/friends/requests/${watcher.id}`);
    await watcher.post(`/friends/requests/${one.id}`);
  }
  const w = await (await server.connect(watcher, "/ws")).ready();
  const release = await lock(`update users set banned_at = null where id = ${stuck.id}`);
  await (await server.connect(stuck, "/ws")).ready();
  await (await server.connect(friend, "/ws")).ready();
  expect((await w.next("presence", ({ data }) => data.online)).data.user_id).toBe(friend.id);
  await release();
  expect((await w.next("presence", ({ data }) => data.online)).data.user_id).toBe(stuck.id);
});

test("read cursors of others move while one member's row is locked", async () => {
  const { owner, others, groupId } = await newGroup(server, 4);
  await owner.post(`/groups/${groupId}/messages`, { body: "hello" });
  const release = await lock(
    `select 1 from members where room_id = ${groupId} and user_id = ${others[0]!.id} for update`,
  );
  const answers = await Promise.all(others.map((user) => user.put(`/groups/${groupId}/members/me/read`)));
  expect(answers.map(({ status }) => status)).toEqual([503, 200, 200]);
  await release();
  expect((await others[0]!.put(`/groups/${groupId}/members/me/read`)).status).toBe(200);
});

test("messages are delivered to others while one member's row is locked, and to that member afterwards", async () => {
  const [stuck, free] = await Promise.all([newPair(server), newPair(server)]);
  const sockets = [];
  for (const { ali, conversationId } of [stuck, free]) {
    await ali.post(`/messages/${conversationId}`, { body: "hello" });
    sockets.push(await (await server.connect(ali, `/ws/conversations/${conversationId}`)).ready());
  }
  const release = await lock(`select 1 from members where user_id = ${stuck.veli.id} for update`);
  for (const { veli } of [stuck, free]) await (await server.connect(veli, "/ws")).ready();
  expect((await sockets[1]!.next("message.delivered")).data.user_id).toBe(free.veli.id);
  await release();
  expect((await sockets[0]!.next("message.delivered")).data.user_id).toBe(stuck.veli.id);
});

test("a session whose row is locked is checked all the same", async () => {
  const user = await server.newUser();
  await locks.sql`update tokens set last_used_at = now() - interval '1 day' where user_id = ${user.id}`;
  await lock(`select 1 from tokens where user_id = ${user.id} for update`);
  expect((await user.get("/me")).status).toBe(200);
});
