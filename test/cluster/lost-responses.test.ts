// A server that loses the response to a write finds out what it has committed, among the events of other servers: its own must reach the
// sockets of every server, with all that follows from them, and others' must not be shown or told again.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ClusterBus } from "../../src/bus/cluster.ts";
import { openDatabase, type SqlClient } from "../../src/db/client.ts";
import { newDatabase, newGroup, newPair, type Socket, startServer, type TestServer } from "../support/harness.ts";
import { MemoryNetwork } from "../support/memory-wire.ts";
import { until } from "../support/patience.ts";
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
  for (let i = 0; i < 3; i++) await say(onA, "of the first");
  for (let i = 0; i < 3; i++) await say(onB, "of the second");

  proxy.swallowAnswersTo("append_messages");
  onA.send({ type: "message.send", body: "unheard", client_id: crypto.randomUUID(), ref: "1" });
  await until("it is committed", async () => (await count(conversationId)) > seq);
  onB.send({ type: "message.send", body: "meanwhile" });
  await until("the other one is committed", async () => (await count(conversationId)) > seq + 1);
  proxy.open();
  proxy.cut();

  await expectNext("unheard");
  await expectNext("meanwhile");
  expect(await onA.next("ack")).toMatchObject({ ref: "1" });
  await say(onB, "after");
  await onA.expectSilence({ but: ["message.delivered"] });
  await onB.expectSilence({ but: ["message.delivered"] });
});

/** Runs `work`, which writes over the first server in a room that is at `seq`, and loses the response to the statement that does. */
async function unheard(roomId: number, seq: number, work: () => unknown, statement = "append_messages") {
  proxy.swallowAnswersTo(statement);
  work();
  await until("it is committed", async () => (await count(roomId)) > seq);
  proxy.open();
  proxy.cut();
}

test("what other servers wrote in the room before is not told to them again", async () => {
  const { ali, veli, conversationId } = await newPair(a);
  const path = `/ws/conversations/${conversationId}`;
  const onA = await (await a.connect(ali, path)).ready();
  const onB = await (await b.connect(veli, path)).ready();
  onA.send({ type: "message.send", body: "of the first" });
  await onB.next("message.new");
  for (let i = 0; i < 12; i++) {
    onB.send({ type: "message.send", body: "of the second" });
    await onA.next("message.new", ({ data }) => data.body === "of the second");
  }
  const { outbox } = a.core.bus as ClusterBus;
  const before = outbox.sent;
  await unheard(conversationId, 13, () =>
    onA.send({ type: "message.send", body: "unheard", client_id: crypto.randomUUID(), ref: "1" }),
  );
  await onB.next("message.new", ({ data }) => data.body === "unheard");
  await onA.next("ack");
  await onA.expectSilence();
  expect(outbox.sent - before).toBeLessThan(10);
});

test("an unheard message is marked delivered by the server that has its recipient, who follows another room there", async () => {
  const { ali, veli, conversationId } = await newPair(a);
  const { owner, groupId } = await newGroup(a, 1);
  await owner.post(`/groups/${groupId}/members`, { user_id: veli.id });
  const sender = await (await a.connect(ali, `/ws/conversations/${conversationId}`)).ready();
  await ali.post(`/messages/${conversationId}`, { body: "waits for him" });
  await (await b.connect(veli, `/ws/groups/${groupId}`)).ready();
  const first = (await sender.next("message.delivered")).data.last_message_id;
  await unheard(conversationId, 1, () =>
    sender.send({ type: "message.send", body: "unheard", client_id: crypto.randomUUID() }),
  );
  expect((await sender.next("message.delivered")).data.last_message_id).toBeGreaterThan(first);
});

test("someone who was added without the server hearing of it follows the group on both servers", async () => {
  const { owner, groupId } = await newGroup(a, 2);
  const member = await a.newUser();
  const seq = await count(groupId);
  const sockets = [await (await a.connect(member, "/ws")).ready(), await (await b.connect(member, "/ws")).ready()];
  const add = () => void owner.post(`/groups/${groupId}/members`, { user_id: member.id });
  await unheard(groupId, seq, add, "commit");
  for (const socket of sockets) expect((await socket.next("room.joined")).data).toMatchObject({ group_id: groupId });
  while ((await owner.post(`/groups/${groupId}/messages`, { body: "welcome" })).status >= 500) await Bun.sleep(20);
  for (const socket of sockets) expect((await socket.next("group.message.new")).data.body).toBe("welcome");
});
