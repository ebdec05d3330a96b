// Connections to the database that die in silence while new ones work: the server notices, and carries on over new ones.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { openDatabase, type SqlClient } from "../../src/db/client.ts";
import { newDatabase, newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { PostgresProxy } from "../support/postgres-proxy.ts";

const SILENCE_MS = 300;

let database: Awaited<ReturnType<typeof newDatabase>>;
let proxy: PostgresProxy;
let server: TestServer;
/** Straight to the database, past the proxy. */
let sql: SqlClient;

beforeAll(async () => {
  database = await newDatabase();
  proxy = await PostgresProxy.to(database.target);
  sql = openDatabase(database.target).sql;
  server = await startServer({ logLevel: "silent" }, proxy.target, { silenceMs: SILENCE_MS });
  await sql.unsafe(`
    create function stall() returns trigger language plpgsql as
      $$ begin if new.body = 'stall' then perform pg_sleep(2); end if; return new; end $$;
    create trigger stall before insert on events for each row execute function stall()`);
});
afterEach(() => proxy.open());
afterAll(async () => {
  proxy.cut();
  await server.close();
  await proxy.close();
  await sql.end();
  await database.drop();
});

async function openConversation() {
  const pair = await newPair(server);
  const path = `/ws/conversations/${pair.conversationId}`;
  const [a, v] = await Promise.all([server.connect(pair.ali, path), server.connect(pair.veli, path)]);
  await Promise.all([a.ready(), v.ready()]);
  return { ...pair, a, v };
}

/** Opens all connections of the pool, so that all of them can be lost. */
const warmUp = () => Promise.all(Array.from({ length: 20 }, () => server.call("GET", "/health")));

const writerPid = async () => {
  const [row] = await sql<{ pid: number }[]>`
    select pid from pg_stat_activity where datname = current_database() and application_name like '%writer%'`;
  return row!.pid;
};

test.each([
  ["while the database keeps its side open", false],
  ["after the database has seen its side end", true],
])("messages are stored once and acknowledged though every connection died in silence, %s", async (_name, far) => {
  const { a, v } = await openConversation();
  a.send({ type: "message.send", body: "before", ref: "0" });
  expect((await a.next("ack")).data.seq).toBe(1);
  await v.next("message.new");
  await warmUp();
  proxy.lose({ far });
  for (const ref of ["1", "2", "3"]) {
    a.send({ type: "message.send", body: ref, client_id: crypto.randomUUID(), ref });
  }
  for (const ref of ["1", "2", "3"]) {
    expect((await a.nextOf("ack", "error")).ref).toBe(ref);
    expect(await v.next("message.new")).toMatchObject({ seq: Number(ref) + 1, data: { body: ref } });
  }
  await v.expectSilence();
});

test("a change of a room and reads come through again as well", async () => {
  const { owner, groupId } = await newGroup(server, 1);
  await warmUp();
  proxy.lose();
  // What was on a dead connection is given up, what comes after it goes on.
  const changed = await owner.put(`/groups/${groupId}`, { name: "After" });
  expect([200, 503]).toContain(changed.status);
  expect((await owner.put(`/groups/${groupId}`, { name: "Again" })).status).toBe(200);
  expect((await owner.get(`/groups/${groupId}`)).body.data.name).toBe("Again");
});

test("a session that is at work is waited for, and its message is stored by it, once", async () => {
  const { a, v } = await openConversation();
  a.send({ type: "message.send", body: "before", ref: "0" });
  await v.next("message.new");
  await a.next("ack");
  const pid = await writerPid();
  // Longer than it takes to be suspected, several times over.
  a.send({ type: "message.send", body: "stall", ref: "1" });
  expect((await a.nextOf("ack", "error")).type).toBe("ack");
  expect(await writerPid()).toBe(pid);
  expect((await v.next("message.new")).seq).toBe(2);
  await v.expectSilence();
});

test("/health and /ready answer 503 while the writer alone is dead, and 200 once it is replaced; /live answers throughout", async () => {
  const { a } = await openConversation();
  a.send({ type: "message.send", body: "before", ref: "0" });
  await a.next("ack");
  proxy.withholdAnswersTo("append_messages");
  const [health, ready, live] = await Promise.all(
    ["/health", "/ready", "/live"].map((path) => server.call("GET", path)),
  );
  expect([health!.status, ready!.status, live!.status]).toEqual([503, 503, 200]);
  expect(health!.body).toEqual({ status: "unavailable", database: "unavailable" });
  expect(ready!.body).toEqual({ status: "unavailable", reason: "database_unavailable" });
  expect(live!.body).toEqual({ status: "ok" });
  for (const path of ["/health", "/ready"]) {
    while ((await server.call("GET", path)).status !== 200) await Bun.sleep(20);
  }
});

test("/health answers 503 when the database takes no writes", async () => {
  const readOnly = await startServer({ logLevel: "silent" });
  try {
    const name =
      typeof readOnly.target === "string" ? new URL(readOnly.target).pathname.slice(1) : readOnly.target.database;
    expect((await readOnly.call("GET", "/ready")).status).toBe(200);
    await sql.unsafe(`alter database "${name}" set default_transaction_read_only = on`);
    await sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ${name}`;
    for (const path of ["/health", "/ready"]) expect((await readOnly.call("GET", path)).status).toBe(503);
    expect((await readOnly.call("GET", "/live")).status).toBe(200);
  } finally {
    await readOnly.close();
  }
});
