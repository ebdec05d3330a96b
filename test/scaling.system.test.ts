// The newcomer's way of docs/scaling.md: two servers on one PostgreSQL behind a real Caddy with the Caddyfile of deploy/, and people
// on different servers who chat. Wants Debian's package `caddy`.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type CaddyProxy, startCaddy } from "./support/caddy.ts";
import { connect, newUser, type Socket } from "./support/client.ts";
import { newDatabase } from "./support/harness.ts";
import { databaseSettings, startMain } from "./support/main-process.ts";

let database: Awaited<ReturnType<typeof newDatabase>>;
let proxy: CaddyProxy;
const servers: (ReturnType<typeof startMain> & { url: string })[] = [];

beforeAll(async () => {
  database = await newDatabase();
  const settings = { ...databaseSettings(database.target), JWT_SECRET: "s".repeat(32), TRUST_PROXY: "1" };
  for (let i = 0; i < 2; i++) {
    const server = startMain({ ...settings, DRAIN_SECONDS: "4" });
    servers.push(Object.assign(server, { url: await server.listening() }));
  }
  proxy = await startCaddy(servers.map(({ url }) => url));
});

afterAll(async () => {
  await proxy?.stop();
  for (const server of servers) {
    server.kill();
    await server.ended();
  }
  await database?.drop();
});

const socketsOn = async (server: { url: string }) =>
  Number(/^chat_sockets (\d+)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())![1]);

test("clients are spread over the servers, chat across them, and go on when one drains; the proxy hides /metrics", async () => {
  expect((await fetch(`${proxy.url}/metrics`)).status).toBe(404);
  const [ali, veli] = [await newUser(proxy.url), await newUser(proxy.url)];
  const { conversation_id: id } = (await ali.post(`/conversations/${veli.id}`)).body;
  const join = (token: string) => connect(`${proxy.url}/ws/conversations/${id}?token=${token}`);
  const sockets: Socket[] = [await (await join(ali.token)).ready(), await (await join(veli.token)).ready()];
  // One each: the second goes where there are fewer.
  for (const server of servers) expect(await socketsOn(server)).toBe(1);

  sockets[0]!.send({ type: "message.send", body: "over there?", client_id: crypto.randomUUID() });
  expect((await sockets[1]!.next("message.new")).data.body).toBe("over there?");
  sockets[1]!.send({ type: "message.send", body: "over here", client_id: crypto.randomUUID() });
  expect((await sockets[0]!.next("message.new", ({ data }) => data.body === "over here")).seq).toBe(2);

  const going = servers[0]!.stop();
  const [left] = await Promise.all([Promise.race(sockets.map(({ closed }) => closed)), going]);
  expect(left.code).toBe(1001);
  expect((await going).code).toBe(0);
  const [stayed] = sockets.filter(({ ws }) => ws.readyState === WebSocket.OPEN);
  const back = await (await join(ali.token)).ready();
  back.send({ type: "resume", after_seq: 2 });
  expect((await back.next("resumed")).type).toBe("resumed");
  back.send({ type: "message.send", body: "back again", client_id: crypto.randomUUID() });
  expect((await stayed!.next("message.new", ({ data }) => data.body === "back again")).seq).toBe(3);
});
