// SIGTERM to one of two servers on a database, as their operator sees it.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { connect, type Json, newUser, type User } from "./support/client.ts";
import { newDatabase } from "./support/harness.ts";
import { databaseSettings, startMain } from "./support/main-process.ts";

let database: Awaited<ReturnType<typeof newDatabase>>;
const servers: ReturnType<typeof startMain>[] = [];
beforeEach(async () => {
  database = await newDatabase();
});
afterEach(async () => {
  for (const server of servers) server.kill();
  for (const server of servers.splice(0)) await server.ended();
  await database.drop();
});

async function start(settings: Record<string, string>) {
  const server = startMain({ ...databaseSettings(database.target), JWT_SECRET: "s".repeat(32), ...settings });
  servers.push(server);
  const url = await server.listening();
  const ready = async () => (await (await fetch(`${url}/ready`)).json()) as { status: string; reason?: string };
  return { ...server, url, ready };
}

async function until(holds: () => Promise<boolean>) {
  while (!(await holds())) await Bun.sleep(20);
}

/** Resolves when the server has counted another one, which is when it publishes on the bus. */
const knowsOthers = (url: string, count: number) =>
  until(async () => new RegExp(`^chat_nodes ${count + 1}$`, "m").test(await (await fetch(`${url}/metrics`)).text()));
const knowsOther = (url: string) => knowsOthers(url, 1);

test("it says that it is not ready, serves on, closes with 1001 and exits with 0; its clients go on at the other", async () => {
  const [going, staying] = await Promise.all([start({ DRAIN_SECONDS: "1" }), start({ DRAIN_SECONDS: "1" })]);
  await knowsOther(going.url);
  const ali = await newUser(going.url);
  const socket = await connect(`${going.url}/ws?token=${ali.token}`);
  const ended = going.stop();
  await until(async () => (await going.ready()).status === "unavailable");
  expect(await going.ready()).toEqual({ status: "unavailable", reason: "draining" });
  expect((await ali.get("/me")).status).toBe(200);
  expect((await socket.closed).code).toBe(1001);
  expect((await ended).code).toBe(0);
  expect(await staying.ready()).toEqual({ status: "ok" });
  const again = await connect(`${staying.url}/ws?token=${ali.token}`);
  again.send({ type: "resume", rooms: {} });
  await again.next("resumed");
  again.ws.close();
});

test("friends see nobody go who is back on the other server, and those go who are not", async () => {
  const [going, staying] = await Promise.all([start({ DRAIN_SECONDS: "1" }), start({ DRAIN_SECONDS: "1" })]);
  await knowsOther(going.url);
  const ali = await newUser(staying.url);
  const friends = await Promise.all(Array.from({ length: 6 }, () => newUser(staying.url)));
  for (const friend of friends) {
    await ali.post(`/friends/requests/${friend.id}`);
    await friend.post(`/friends/requests/${ali.id}`);
  }
  const join = async (server: { url: string }, { token }: User) =>
    (await connect(`${server.url}/ws?token=${token}`)).ready();
  const watching = await join(staying, ali);
  const [leaving, ...others] = friends as [User, ...User[]];
  const sockets = await Promise.all(friends.map((friend) => join(going, friend)));
  const online = new Set<number>();
  while (online.size < friends.length) online.add((await watching.next("presence")).data.user_id);
  const back = others.map(async (friend, i) => {
    await sockets[i + 1]!.closed;
    return join(staying, friend);
  });
  expect((await going.stop()).code).toBe(0);
  await Promise.all(back);
  // Those who are not back are the last that the other server takes up.
  const gone = await watching.find("who is gone", ({ type }) => type === "presence");
  expect(gone.data).toMatchObject({ user_id: leaving.id, online: false });
  await until(async () =>
    (await ali.get("/friends")).body.data.every(({ id, online }: Json) => online === (id !== leaving.id)),
  );
  await watching.expectSilence();
});

test("a second SIGTERM ends it at once, with 1; one that comes together with the first does not count", async () => {
  const [going] = await Promise.all([start({ DRAIN_SECONDS: "300" }), start({})]);
  await knowsOther(going.url);
  going.signal("SIGTERM");
  going.signal("SIGTERM");
  await until(async () => (await going.ready()).status === "unavailable");
  const ended = going.ended();
  // What counts as the same signal is over after half a second.
  const repeat = setInterval(() => going.signal("SIGTERM"), 100);
  expect((await ended).code).toBe(1);
  clearInterval(repeat);
});

test("servers that are stopped together do not wait for each other", async () => {
  const servers = await Promise.all([1, 2, 3].map(() => start({ DRAIN_SECONDS: "300" })));
  for (const { url } of servers) await knowsOthers(url, 2);
  const sockets = await Promise.all(
    servers.map(async ({ url }) => connect(`${url}/ws?token=${(await newUser(url)).token}`)),
  );
  const ends = await Promise.all(servers.map((server) => server.stop()));
  expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
  for (const socket of sockets) expect((await socket.closed).code).toBe(1001);
});

test("alone on its database it waits for nobody", async () => {
  const server = await start({ DRAIN_SECONDS: "300" });
  expect((await server.stop()).code).toBe(0);
});
