// A database that goes away, returns, or answers into the void: nobody is left without an answer, nothing is lost or doubled.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { openDatabase, type SqlClient } from "../../src/db/client.ts";
import { newDatabase, newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { until } from "../support/patience.ts";
import { PostgresProxy } from "../support/postgres-proxy.ts";

let database: Awaited<ReturnType<typeof newDatabase>>;
let proxy: PostgresProxy;
let server: TestServer;
/** Straight to the database, past the proxy. */
let sql: SqlClient;

beforeAll(async () => {
  database = await newDatabase();
  proxy = await PostgresProxy.to(database.target);
  sql = openDatabase(database.target).sql;
  server = await startServer({ logLevel: "silent" }, proxy.target);
});
afterEach(() => proxy.open());
afterAll(async () => {
  proxy.cut();
  await server.close();
  await proxy.close();
  await sql.end();
  await database.drop();
});

// More than the pool has connections: each has then prepared the statement, and needs no answer before it can send it.
const WARM = 25;

async function openConversation() {
  const pair = await newPair(server);
  const path = `/ws/conversations/${pair.conversationId}`;
  const [a, v] = await Promise.all([server.connect(pair.ali, path), server.connect(pair.veli, path)]);
  await Promise.all([a.ready(), v.ready()]);
  return { ...pair, a, v };
}

/** Waits until the database holds so many events of the room, or more. */
async function committed(roomId: number, count: number) {
  await until(`room ${roomId} has ${count} events`, async () => {
    const [row] = await sql<{ count: number }[]>`select count(*)::int as count from events where room_id = ${roomId}`;
    return row!.count >= count;
  });
}

/** Waits until a transaction stands open in the database. */
async function begun() {
  await until("a transaction is begun", async () => {
    const [row] = await sql`
      select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`;
    return row;
  });
}

test.each([
  ["with a client_id", true],
  ["without one", false],
])(
  "messages %s that were committed without our hearing of it are shown once, in order, and acknowledged",
  async (_name, named) => {
    const { ali, conversationId, a, v } = await openConversation();
    for (let i = 0; i < WARM; i++) {
      a.send({ type: "message.send", body: "before" });
      await v.next("message.new");
      await a.next("message.new");
    }
    proxy.swallowAnswersTo("append_messages");
    const client_ids = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    for (const [i, client_id] of client_ids.entries()) {
      a.send({ type: "message.send", body: String(i), ref: String(i), ...(named ? { client_id } : {}) });
    }
    // The first is in the database; the others with it, or waiting.
    await committed(conversationId, WARM + 1);
    proxy.open();
    proxy.cut();
    for (const i of [0, 1, 2]) {
      expect(await v.next("message.new")).toMatchObject({ seq: WARM + i + 1, data: { body: String(i) } });
    }
    const acks = [await a.next("ack"), await a.next("ack"), await a.next("ack")];
    for (const { ref, data } of acks) expect([data.body, data.seq]).toEqual([ref, WARM + Number(ref) + 1]);
    expect(new Set(acks.map(({ ref }) => ref)).size).toBe(3);
    a.send({ type: "message.send", body: "after" });
    expect(await v.next("message.new")).toMatchObject({ seq: WARM + 4, data: { body: "after" } });
    await v.expectSilence();
    const { data } = (await ali.get(`/messages/${conversationId}`)).body;
    expect(data.map(({ body }: { body: string }) => body)).toEqual([
      ...Array(WARM).fill("before"),
      "0",
      "1",
      "2",
      "after",
    ]);
  },
);

test("who resumes between a commit and the server's hearing of it sees the message once", async () => {
  const { veli, conversationId, a } = await openConversation();
  a.send({ type: "message.send", body: "before" });
  await a.next("message.new");
  proxy.withholdAnswersTo("append_messages");
  a.send({ type: "message.send", body: "committed", ref: "1" });
  await committed(conversationId, 2);
  const back = await (await server.connect(veli, `/ws/conversations/${conversationId}`)).ready();
  back.send({ type: "resume", after_seq: 1 });
  await back.expectSilence();
  // Both of what a resume reads are read one after the other: once these are there, so are its own.
  const { replayReader } = server.core;
  expect((await replayReader.roomStatesOf(veli.id, [conversationId])).get(conversationId)!.seq).toBe(2);
  await replayReader.listEvents([{ roomId: conversationId, after: 1, to: 2 }]);
  proxy.open();
  await a.next("ack");
  const { data } = (await veli.get(`/messages/${conversationId}`)).body;
  a.send({ type: "message.send", body: "after" });
  const seen = [await back.next("message.new"), await back.next("message.new")];
  expect(seen.map(({ seq, data }) => [seq, data.body])).toEqual([
    [2, "committed"],
    [3, "after"],
  ]);
  expect(data).toHaveLength(2);
});

async function openGroup() {
  const { owner, others, groupId } = await newGroup(server, 3);
  const sockets = await Promise.all([owner, ...others].map((user) => server.connect(user, `/ws/groups/${groupId}`)));
  await Promise.all(sockets.map((socket) => socket.ready()));
  return { owner, others, groupId, sockets };
}

test("an edit that was committed without our hearing of it is shown once", async () => {
  const { owner, groupId, sockets } = await openGroup();
  const { body } = await owner.post(`/groups/${groupId}/messages`, { body: "one" });
  await sockets[2]!.next("group.message.new");
  const path = `/groups/${groupId}/messages/${body.data.id}`;
  // (From its second run on, a statement goes to the database whole, and need not be described first.)
  await owner.put(path, { body: "one and a half" });
  await sockets[2]!.next("group.message.updated");
  proxy.swallowAnswersTo("append_changes");
  const edit = owner.put(path, { body: "two" });
  await committed(groupId, 5);
  proxy.open();
  proxy.cut();
  expect((await edit).status).toBe(503);
  expect(await sockets[2]!.next("group.message.updated")).toMatchObject({ seq: 5, data: { body: "two" } });
  expect((await owner.put(path, { body: "two" })).status).toBe(200);
  await sockets[2]!.expectSilence();
});

test("a change that was cut off in its transaction is shown to nobody, and a removal still closes the socket", async () => {
  const { owner, others, groupId, sockets } = await openGroup();
  proxy.swallowAnswersTo(`from "rooms" where "rooms"."id" = $1 for no key update`);
  // A transaction goes to and fro: with its answers swallowed it never comes to its end.
  const renaming = owner.put(`/groups/${groupId}`, { name: "Sunday" });
  await begun();
  proxy.open();
  proxy.cut();
  expect((await renaming).status).toBe(503);
  await sockets[2]!.expectSilence();
  expect((await owner.put(`/groups/${groupId}`, { name: "Sunday" })).status).toBe(200);
  expect((await sockets[2]!.next("group.updated")).seq).toBe(3);

  await owner.delete(`/groups/${groupId}/members/${others[0]!.id}`);
  expect((await sockets[1]!.closed).reason).toBe("forbidden");
});

test("connections that the database ends cost nobody a message", async () => {
  const { ali, conversationId, a, v } = await openConversation();
  const sent = 120;
  for (let i = 0; i < sent; i++) {
    a.send({ type: "message.send", body: String(i), client_id: crypto.randomUUID(), ref: String(i) });
    if (i % 40 === 20) {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
    }
    if (i % 40 === 39) for (let k = 0; k < 40; k++) expect((await a.nextOf("ack", "error")).type).toBe("ack");
  }
  for (let i = 0; i < sent; i++) expect((await v.next("message.new")).seq).toBe(i + 1);
  await v.expectSilence();
  expect((await ali.get(`/messages/${conversationId}`)).body.data).toHaveLength(100);
});

test("a connection that ends before it is of use costs the request that wanted it, and nobody else", async () => {
  const { ali, v } = await openConversation();
  // What the driver asks of each new connection by itself.
  proxy.cutAt("pg_catalog.pg_type");
  proxy.cut();
  expect((await ali.get("/conversations")).status).toBe(503);
  proxy.open();
  expect((await ali.get("/conversations")).status).toBe(200);
  await v.expectSilence();
});

test("while the database stays away senders are told so within seconds; sockets stay open and work again when it is back", async () => {
  const { ali, a, v } = await openConversation();
  proxy.refuse();
  const client_id = crypto.randomUUID();
  a.send({ type: "message.send", body: "lost?", client_id, ref: "away" });
  const listed = await ali.get("/conversations");
  expect([listed.status, listed.body.code, listed.headers.get("retry-after")]).toEqual([503, "unavailable", "1"]);
  expect((await server.call("GET", "/health")).status).toBe(503);
  const error = await a.find("error", ({ type }) => type === "error");
  expect(error).toMatchObject({ ref: "away", code: "unavailable" });
  proxy.open();
  a.send({ type: "message.send", body: "again", client_id, ref: "back" });
  expect((await a.next("ack")).ref).toBe("back");
  expect(await v.next("message.new")).toMatchObject({ seq: 1, data: { client_id } });
  await v.expectSilence();
  expect((await server.call("GET", "/health")).status).toBe(200);
});
