// What several servers on one database allow together is what one of them would allow.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connectMute } from "../realtime/mute-socket.ts";
import { call, newName, newPair, PASSWORD, type TestServer, type User } from "../support/harness.ts";
import { startTwo, type TwoServers } from "./two-servers.ts";

const LIMIT = 4;
const TIMES = { sweep: 20, silence: 1_500, probe: 300 };

let two: TwoServers;
beforeAll(async () => {
  // Behind a proxy, so that each test can come from an address of its own.
  two = await startTwo("notify", { rateLimits: true, trustProxy: 1, socketsPerUser: LIMIT }, TIMES);
});
afterAll(() => two.close());

let addresses = 0;
const newAddress = () => `203.0.113.${++addresses}`;

const logIn = (server: TestServer, username: string, password: string, from: string) =>
  call(server.url, "POST", "/login", { username, password }, { "x-forwarded-for": from });

const count = <T>(values: T[], wanted: T) => values.filter((value) => value === wanted).length;

test("ten wrong passwords are allowed through two servers, one after another and at once", async () => {
  const [calm, hasty] = [await two.a.newUser(), await two.a.newUser()];
  const [from, elsewhere] = [newAddress(), newAddress()];
  const statuses: number[] = [];
  for (let i = 0; i < 14; i++) {
    const answer = await logIn(i % 2 ? two.a : two.b, calm.username, "wrong password", from);
    statuses.push(answer.status);
    if (answer.status === 429) expect(answer.body.retry_after).toBeWithin(1, 901);
  }
  expect(statuses).toEqual([...Array(10).fill(401), ...Array(4).fill(429)]);
  const guesses = Array.from({ length: 20 }, (_, i) =>
    logIn(i % 2 ? two.a : two.b, hasty.username, "wrong password", elsewhere),
  );
  expect(
    count(
      (await Promise.all(guesses)).map(({ status }) => status),
      401,
    ),
  ).toBe(10);
  // Neither locks the owner out elsewhere.
  expect((await logIn(two.b, calm.username, PASSWORD, newAddress())).status).toBe(200);
});

test("a log-in on one server forgives what failed on the other", async () => {
  const user = await two.a.newUser();
  const from = newAddress();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 9; i++)
      expect((await logIn(i % 2 ? two.a : two.b, user.username, "wrong", from)).status).toBe(401);
    expect((await logIn(round % 2 ? two.a : two.b, user.username, PASSWORD, from)).status).toBe(200);
  }
});

test("300 registrations from a network are allowed through two servers", async () => {
  const taken = await two.a.newUser();
  const from = { "x-forwarded-for": newAddress() };
  const body = { username: taken.username, email: `${newName()}@example.com`, password: PASSWORD };
  const statuses: number[] = [];
  for (let i = 0; i < 310; i += 10) {
    const tries = Array.from({ length: 10 }, (_, j) =>
      call((j % 2 ? two.a : two.b).url, "POST", "/register", body, from),
    );
    statuses.push(...(await Promise.all(tries)).map(({ status }) => status));
  }
  expect(count(statuses, 409)).toBe(300);
  expect(count(statuses, 429)).toBe(10);
});

const open = async (server: TestServer, user: User) => (await server.connect(user, "/ws")).ready();

/** Resolves when all servers together have stored so many sockets of the user. */
async function stored(user: User, sockets: number) {
  for (;;) {
    const [row] = await two.a.core.sql`
      select coalesce(sum(sockets), 0)::int as sockets from online where user_id = ${user.id}`;
    if (row!.sockets === sockets) return;
    await Bun.sleep(10);
  }
}

test("the newest socket past the limit of all servers together is closed, and no other", async () => {
  const user = await two.a.newUser();
  const first = [await open(two.a, user), await open(two.a, user), await open(two.b, user), await open(two.b, user)];
  await stored(user, LIMIT);
  const newest = await open(two.a, user);
  expect(await newest.closed).toMatchObject({ code: 1013, reason: "too_many_sockets" });
  await stored(user, LIMIT);
  for (const socket of first) {
    socket.send({ type: "typing.start", conversation_id: 1, ref: "alive" });
    await socket.next("error");
  }
});

test("silent sockets on any server make room for a new one", async () => {
  const user = await two.a.newUser();
  const mute = await connectMute(two.b.url, `/ws?token=${user.token}`);
  await Promise.all([open(two.a, user), open(two.a, user), open(two.b, user)]);
  await stored(user, LIMIT);
  await Bun.sleep(TIMES.silence + 500); // Until the server has counted it as silent.
  const newest = await open(two.a, user);
  expect(await mute.closed).toBe(1006);
  await stored(user, LIMIT);
  newest.send({ type: "typing.start", conversation_id: 1, ref: "alive" });
  await newest.next("error");
});

test("a user with sockets on two servers may send as much as on one", async () => {
  const { ali, conversationId } = await newPair(two.a);
  const sockets = [await open(two.a, ali), await open(two.b, ali)];
  const servers = () => [two.a, two.b].map(({ core }) => core.limits.serversOf(ali.id));
  while (String(servers()) !== "2,2") await Bun.sleep(10);
  const began = performance.now();
  const results = await Promise.all(
    sockets.map(async (socket) => {
      for (let i = 0; i < 50; i++)
        socket.send({ type: "message.send", conversation_id: conversationId, body: `${i}`, ref: `${i}` });
      let accepted = 0;
      for (let i = 0; i < 50; i++) if ((await socket.nextOf("ack", "error")).type === "ack") accepted++;
      return accepted;
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  for (const accepted of results) {
    expect(accepted).toBeGreaterThanOrEqual(30);
    expect(accepted).toBeLessThanOrEqual(30 + Math.ceil(10 * seconds));
  }
  await sockets[1]!.close();
  while (servers()[0] !== 1) await Bun.sleep(10);
});
