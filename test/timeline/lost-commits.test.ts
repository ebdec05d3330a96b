// A database that is lost at the worst moment: what it had stored all the same is shown once and in order, what it had not to nobody.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { newDatabase, newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { until } from "../support/patience.ts";
import { PostgresProxy } from "../support/postgres-proxy.ts";
import { openLocks, timelineOf } from "../support/room-lock.ts";

let database: Awaited<ReturnType<typeof newDatabase>>;
let proxy: PostgresProxy;
let server: TestServer;
/** Straight to the database, past the proxy. */
let locks: ReturnType<typeof openLocks>;

beforeAll(async () => {
  database = await newDatabase();
  proxy = await PostgresProxy.to(database.target);
  server = await startServer({ logLevel: "silent", lockTimeoutMs: 30_000 }, proxy.target);
  locks = openLocks({ ...server, target: database.target });
});
afterEach(async () => {
  proxy.open();
  while ((await server.call("GET", "/health")).status !== 200) await Bun.sleep(5);
});
afterAll(async () => {
  proxy.cut();
  await server.close();
  await locks.close();
  await proxy.close();
  await database.drop();
});

/** Runs the change; the proxy goes dead when the statement that commits it is run, and is cut once `isStored`. */
async function loseCommit<T>(
  change: () => Promise<T>,
  isStored: () => Promise<boolean>,
  statement = "commit",
): Promise<T> {
  proxy.swallowAnswersTo(statement);
  const answer = change();
  await until("it is stored", isStored);
  proxy.open();
  proxy.cut();
  return answer;
}

const stored = async (roomId: number) =>
  (await timelineOf({ ...server, core: { ...server.core, sql: locks.sql } }, roomId)).length;

async function openGroup() {
  const group = await newGroup(server, 3);
  const sockets = await Promise.all(
    [group.owner, ...group.others].map((user) => server.connect(user, `/ws/groups/${group.groupId}`)),
  );
  await Promise.all(sockets.map((socket) => socket.ready()));
  return { ...group, sockets, path: `/groups/${group.groupId}` };
}

test("an edit is shown once, before what follows", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const v = await (await server.connect(veli, `/ws/conversations/${conversationId}`)).ready();
  const path = `/messages/${conversationId}`;
  const { id } = (await ali.post(path, { body: "one" })).body.data;
  // (From its second run on, a statement goes to the database whole, and need not be described first.)
  await ali.put(`${path}/${id}`, { body: "one and a half" });
  await v.next("message.updated");
  const answer = await loseCommit(
    () => ali.put(`${path}/${id}`, { body: "two" }),
    async () => (await stored(conversationId)) === 3,
    "append_changes",
  );
  expect([answer.status, answer.body.code]).toEqual([503, "unavailable"]);
  expect(await v.next("message.updated")).toMatchObject({ seq: 3, data: { id, body: "two" } });
  await ali.post(path, { body: "three" });
  expect(await v.next("message.new")).toMatchObject({ seq: 4, data: { body: "three" } });
  await v.expectSilence();
});

test("a member who was removed hears of it last and loses the room", async () => {
  const { owner, others, groupId, sockets, path } = await openGroup();
  const answer = await loseCommit(
    () => owner.delete(`${path}/members/${others[0]!.id}`),
    async () => (await stored(groupId)) === 3,
  );
  expect(answer.status).toBe(503);
  for (const socket of sockets) {
    expect(await socket.next("group.member.left")).toMatchObject({ seq: 3, data: { user_id: others[0]!.id } });
  }
  expect(await sockets[1]!.closed).toEqual({ code: 1008, reason: "forbidden" });
  await owner.post(`${path}/messages`, { body: "they are gone" });
  expect((await sockets[2]!.next("group.message.new")).seq).toBe(4);
  expect(sockets[1]!.frames).toEqual([]);
});

test("a deleted group says so, and closes everyone's sockets", async () => {
  const { owner, groupId, sockets, path } = await openGroup();
  const answer = await loseCommit(
    () => owner.delete(path),
    async () => (await locks.sql`select 1 from groups where room_id = ${groupId}`).length === 0,
  );
  expect(answer.status).toBe(503);
  for (const socket of sockets) {
    expect((await socket.next("group.deleted")).data).toEqual({ group_id: groupId, actor_id: owner.id });
    expect(await socket.closed).toEqual({ code: 1008, reason: "not_found" });
  }
  expect((await owner.get(path)).status).toBe(404);
});

test("what was rolled back is shown to nobody, and goes through the second time", async () => {
  const { owner, groupId, sockets, path } = await openGroup();
  const release = await locks.holdRoom(groupId);
  const renaming = owner.put(path, { name: "Sunday" });
  await locks.queued(1);
  proxy.refuse();
  await release();
  expect((await renaming).status).toBe(503);
  proxy.open();
  for (const socket of sockets) await socket.expectSilence();
  expect((await owner.put(path, { name: "Sunday" })).status).toBe(200);
  for (const socket of sockets) {
    expect(await socket.next("group.updated")).toMatchObject({ seq: 3, data: { name: "Sunday" } });
    await socket.expectSilence();
  }
});

/** The session that waits for a lock. */
async function waiter(): Promise<number | undefined> {
  const [row] = await locks.sql<{ pid: number }[]>`
    select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return row?.pid;
}

test("a session that outlives its connection is ended, with what waits in it: its messages are shown once, in order, and acknowledged", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const [a, v] = await Promise.all([server.connect(ali, path), server.connect(veli, path)]);
  await Promise.all([a.ready(), v.ready()]);
  const release = await locks.holdRoom(conversationId);
  for (const body of ["one", "two", "three"]) a.send({ type: "message.send", body, ref: body });
  // The first is with the database, waiting for the lock, and the second behind it; PostgreSQL does not notice there that its
  // client is gone.
  await locks.queued(1);
  const lost = await waiter();
  proxy.cut();
  for (let now = lost; now === lost || now === undefined; now = await waiter()) await Bun.sleep(2);
  await v.expectSilence();
  await release();
  const acknowledged = new Set();
  for (const [i, body] of ["one", "two", "three"].entries()) {
    expect(await v.next("message.new")).toMatchObject({ seq: i + 1, data: { body } });
    acknowledged.add((await a.next("ack")).ref);
  }
  expect(acknowledged).toEqual(new Set(["one", "two", "three"]));
  await v.expectSilence();
  expect(await stored(conversationId)).toBe(3);
});

test("who connects or marks as read while the database is away is told to try again, and can", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const v = await (await server.connect(veli, path)).ready();
  const { id } = (await ali.post(`/messages/${conversationId}`, { body: "hello" })).body.data;
  await v.next("message.new");
  proxy.refuse();
  v.send({ type: "conversation.read", last_message_id: id, ref: "r" });
  expect(await v.next("error")).toMatchObject({ ref: "r", code: "unavailable", retry_after: 1 });
  expect(await (await server.connect(ali, path)).closed).toEqual({ code: 1013, reason: "unavailable" });
  proxy.open();
  while ((await server.call("GET", "/health")).status !== 200) await Bun.sleep(5);
  const a = await (await server.connect(ali, path)).ready();
  v.send({ type: "conversation.read", last_message_id: id });
  expect((await a.next("conversation.read")).data.updated_count).toBe(1);
});
