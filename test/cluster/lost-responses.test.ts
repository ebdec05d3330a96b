// A server that loses the response to a write finds out by the ids past its own last one, which among several servers are mostly
// other servers' events: they must not be shown again, and its own must reach the sockets of every server.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { openDatabase, type SqlClient } from "../../src/db/client.ts";
import { newDatabase, newPair, type Socket, startServer, type TestServer } from "../support/harness.ts";
import { MemoryNetwork } from "../support/memory-wire.ts";
import { PostgresProxy } from "../support/postgres-proxy.ts";

let database: Awaited<ReturnType<typeof newDatabase>>;
let proxy: PostgresProxy;
let a: TestServer;
let b: TestServer;
/** Straight to the database, past the proxy. */
let sql: SqlClient;

beforeAll(async () => {
  database = await newDatabase();
  proxy = await PostgresProxy.to(database.target);
  sql = openDatabase(database.target).sql;
  const network = new MemoryNetwork();
  const options = () => ({ nodeId: crypto.randomUUID(), cluster: { others: () => 1, wire: network.newWire() } });
  a = await startServer({ logLevel: "silent" }, proxy.target, options());
  b = await startServer({ logLevel: "silent" }, database.target, options());
});
afterAll(async () => {
  proxy.open();
  await b.close();
  await a.close();
  await proxy.close();
  await sql.end();
  await database.drop();
});

async function count(roomId: number) {
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from events where room_id = ${roomId}`;
  return row!.count;
}

test("what a server committed without hearing of it is shown once, in order, on every server, and nothing of others again", async () => {
  const { ali, veli, conversationId } = await newPair(a);
  const path = `/ws/conversations/${conversationId}`;
  const onA = await a.connect(ali, path);
  const onB = await b.connect(veli, path);
  await Promise.all([onA.ready(), onB.ready()]);
  let seq = 0;
  const expectNext = async (body: string) => {
    seq++;
    for (const socket of [onA, onB]) {
      expect(await socket.next("message.new")).toMatchObject({ seq, data: { body } });
    }
  };
  const say = async (socket: Socket, body: string) => {
    socket.send({ type: "message.send", body });
    await expectNext(body);
  };
  // Each connection of the pool has then prepared the statement.
  for (let i = 0; i < 25; i++) await say(onA, "of the first");
  for (let i = 0; i < 5; i++) await say(onB, "of the second");

  proxy.swallowAnswers();
  onA.send({ type: "message.send", body: "unheard", client_id: crypto.randomUUID(), ref: "1" });
  while ((await count(conversationId)) === seq) await Bun.sleep(5);
  onB.send({ type: "message.send", body: "meanwhile" });
  while ((await count(conversationId)) === seq + 1) await Bun.sleep(5);
  proxy.open();
  proxy.cut();

  await expectNext("unheard");
  await expectNext("meanwhile");
  expect(await onA.next("ack")).toMatchObject({ ref: "1" });
  await say(onB, "after");
  await onA.expectSilence();
  await onB.expectSilence();
});
