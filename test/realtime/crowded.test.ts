// One socket too many: whoever has lost their clients gets in, whoever has not is told so.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Socket, startServer, type TestServer, type User } from "../support/harness.ts";
import { connectMute } from "./mute-socket.ts";

const LIMIT = 3;
// Whoever answers has so long for it on a machine that is busy.
const TIMES = { sweep: 20, silence: 1_200, probe: 800 };

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ rateLimits: true, socketsPerUser: LIMIT }, undefined, TIMES);
});
afterAll(() => server.close());

const TOO_MANY = { code: 1013, reason: "too_many_sockets" };
const open = async (user: User) => (await server.connect(user, "/ws")).ready();
const openAll = (user: User, count: number) => Promise.all(Array.from({ length: count }, () => open(user)));
const muteAll = (user: User, count: number) =>
  Promise.all(Array.from({ length: count }, () => connectMute(server.url, `/ws?token=${user.token}`)));
/** Waits until the server has counted these as silent: by its own sweeps, of which each socket has had enough. */
const grownSilent = () => Bun.sleep(2 * TIMES.silence);

test("of a user whose clients are gone gets in at once, and the dead ones are closed", async () => {
  const user = await server.newUser();
  const dead = await muteAll(user, LIMIT);
  await grownSilent();
  const socket = await open(user);
  expect(await Promise.all(dead.map(({ closed }) => closed))).toEqual(Array(LIMIT).fill(1006));
  expect(dead.every((one) => one.wasPinged())).toBe(true);
  await socket.expectSilence();
  // There is room again for as many as before.
  const others = await openAll(user, LIMIT - 1);
  for (const other of [...others, socket]) await other.expectSilence();
});

test("of a user whose clients all answer is let in for a while, then closed; the others stay", async () => {
  const user = await server.newUser();
  const sockets = await openAll(user, LIMIT);
  await grownSilent();
  const extra = await open(user);
  await extra.expectSilence();
  expect(await extra.closed).toEqual(TOO_MANY);
  for (const socket of sockets) await socket.expectSilence();
});

test("of a user who was heard of just now is closed at once", async () => {
  const user = await server.newUser();
  const sockets = await openAll(user, LIMIT);
  for (const socket of sockets) await socket.expectSilence();
  const extra = await server.connect(user, "/ws");
  expect(await extra.closed).toEqual(TOO_MANY);
  expect(extra.frames).toEqual([]);
});

test("that took a dead one's place stays, and only what is past the limit goes, the newest first", async () => {
  const user = await server.newUser();
  const alive = await openAll(user, LIMIT - 1);
  const [dead] = await muteAll(user, 1);
  await grownSilent();
  const first = await open(user);
  const second = await server.connect(user, "/ws");
  expect(await second.closed).toEqual(TOO_MANY);
  expect(await dead!.closed).toBe(1006);
  for (const socket of [...alive, first]) await socket.expectSilence();
});

test("is let in five times at once at most", async () => {
  const user = await server.newUser();
  const dead = await muteAll(user, LIMIT);
  await grownSilent();
  const extras: Socket[] = [];
  for (let i = 0; i < 5; i++) extras.push(await open(user));
  expect(await (await server.connect(user, "/ws")).closed).toEqual(TOO_MANY);
  const ends = await Promise.all(extras.slice(LIMIT).map(({ closed }) => closed));
  expect(ends).toEqual([TOO_MANY, TOO_MANY]);
  for (const socket of extras.slice(0, LIMIT)) await socket.expectSilence();
  expect(await Promise.all(dead.map(({ closed }) => closed))).toEqual(Array(LIMIT).fill(1006));
});

test("of somebody else is no matter of theirs", async () => {
  const [user, other] = await Promise.all([server.newUser(), server.newUser()]);
  await openAll(user, LIMIT);
  const sockets = await openAll(other, LIMIT);
  for (const socket of sockets) await socket.expectSilence();
});
