// A server that could share its database but is alone on it tells nobody anything: neither by notifications nor over NATS.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect as connectToNats, type NatsConnection } from "@nats-io/transport-node";
import { FRAMES_CHANNEL } from "../../src/bus/wire-postgres.ts";
import { connect } from "../../src/db/connect.ts";
import { CONTROL_CHANNEL } from "../../src/db/notify.ts";
import { newGroup, newPair, startServer, type TestServer } from "../support/harness.ts";
import { NatsServer } from "../support/nats.ts";

let nats: NatsServer;
let listener: NatsConnection;
let server: TestServer;
let admin: ReturnType<typeof connect>;
let others = 0;
/** What anyone was told, on whichever way. */
const told: string[] = [];

beforeAll(async () => {
  nats = await NatsServer.start();
  server = await startServer({ busUrl: nats.url }, undefined, {
    nodeId: crypto.randomUUID(),
    cluster: { others: () => others },
  });
  admin = connect(server.target, { max: 1, name: "test" });
  for (const channel of [FRAMES_CHANNEL, CONTROL_CHANNEL]) await admin.listen(channel, (text) => void told.push(text));
  listener = await connectToNats({ servers: nats.url });
  listener.subscribe(">", { callback: (_, message) => void told.push(message.string()) });
  await listener.flush();
});
afterAll(async () => {
  await listener.close();
  await admin.end();
  await server.close();
  await nats.stop();
});

/** What is told in all the ways there are. */
async function everything() {
  const { ali, veli, conversationId } = await newPair(server);
  const [a, v] = [await (await server.connect(ali, "/ws")).ready(), await (await server.connect(veli, "/ws")).ready()];
  a.send({ type: "typing.start", conversation_id: conversationId });
  await v.next("typing.start");
  const { id } = (await ali.post(`/messages/${conversationId}`, { body: "hello" })).body.data;
  await v.next("message.new");
  await ali.put(`/messages/${conversationId}/${id}`, { body: "hello there" });
  v.send({ type: "conversation.read", conversation_id: conversationId, last_message_id: id });
  await a.next("conversation.read");
  await ali.post(`/friends/requests/${veli.id}`);
  await veli.post(`/friends/requests/${ali.id}`);
  await a.find("online", ({ type, data }) => type === "presence" && data.online);
  const { owner, others, groupId } = await newGroup(server, 3);
  await owner.delete(`/groups/${groupId}/members/${others[0]!.id}`);
  await owner.delete(`/groups/${groupId}`);
  await veli.post("/logout");
  await v.closed;
  await a.find("gone", ({ type, data }) => type === "presence" && !data.online);
}

/** Once these have come, all that was told before has. */
async function markers() {
  await admin`select pg_notify(${CONTROL_CHANNEL}, 'marker')`;
  listener.publish("marker", "marker");
  while (told.filter((text) => text === "marker").length < 2) await Bun.sleep(5);
}

test("whatever happens on a server that is alone, nothing is told to others; beside another one it is", async () => {
  await everything();
  await markers();
  expect(told.splice(0)).toEqual(["marker", "marker"]);
  others = 1;
  await everything();
  await markers();
  expect(told.length).toBeGreaterThan(10);
});
