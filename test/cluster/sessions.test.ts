// A session that ends on one server ends on every other one: for sockets, for requests, and for requests of a token that the other
// server has never seen; also when the notification of it was missed.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Listener } from "../../src/db/listener.ts";
import { asUser, PASSWORD, type User } from "../support/harness.ts";
import { startTwo, type TwoServers } from "./two-servers.ts";

let servers: TwoServers;

beforeAll(async () => {
  // What was read of a session is used for an hour, so that nothing here is found out by reading it again.
  servers = await startTwo("notify", {}, {}, { sessionMs: 3_600_000 });
});
afterAll(() => servers.close());

const logIn = async (user: User) => {
  const { body } = await servers.a.call("POST", "/login", { username: user.username, password: PASSWORD });
  return body.access_token as string;
};

/** Calls the second server with the token until it refuses it. */
async function refusedOnB(token: string) {
  while ((await asUser(servers.b.url, token).get("/me")).status !== 401) await Bun.sleep(5);
}

/** Ends the session in the database, as if its notification had been lost. */
const endUnheard = (user: User) => servers.a.core.sql`delete from tokens where user_id = ${user.id}`;

async function cutListeners() {
  const { sql } = servers.b.core;
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name like 'realtime-chat listener %'`;
}

test("a log-out on one server closes the session's sockets on the other, and refuses its token there", async () => {
  const [gone, stays] = [await servers.a.newUser(), await servers.a.newUser()];
  const [closed, open] = await Promise.all([servers.b.connect(gone, "/ws"), servers.b.connect(stays, "/ws")]);
  await Promise.all([closed.ready(), open.ready()]);
  expect((await servers.onB(gone).get("/me")).status).toBe(200);
  expect((await gone.post("/logout")).status).toBe(200);
  expect(await closed.closed).toEqual({ code: 1008, reason: "unauthorized" });
  expect((await servers.onB(gone).get("/me")).status).toBe(401);
  expect((await servers.onB(stays).get("/me")).status).toBe(200);
});

test("a new password on one server ends the user's other sessions on the other one, and keeps this one", async () => {
  const user = await servers.a.newUser();
  const [one, two] = [await logIn(user), await logIn(user)];
  const sockets = await Promise.all(
    [one, two].map(async (token) => (await servers.b.connect({ ...user, token }, "/ws")).ready()),
  );
  const change = { current_password: PASSWORD, new_password: "AnotherPassword1" };
  expect((await user.put("/me/password", change)).status).toBe(200);
  for (const socket of sockets) expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
  for (const token of [one, two]) expect((await asUser(servers.b.url, token).get("/me")).status).toBe(401);
  expect((await servers.onB(user).get("/me")).status).toBe(200);
});

test("a session that ends while the other server is reading it is not remembered there", async () => {
  const user = await servers.a.newUser();
  const answers = await Promise.all([
    ...Array.from({ length: 20 }, () => servers.onB(user).get("/me")),
    user.post("/logout"),
  ]);
  expect(answers.at(-1)!.status).toBe(200);
  await refusedOnB(user.token);
});

describe("when notifications were missed", () => {
  test("sessions that ended meanwhile lose their sockets and are refused as soon as they are heard again", async () => {
    const [gone, unconnected, stays] = await Promise.all([1, 2, 3].map(() => servers.a.newUser()));
    const [closed, open] = await Promise.all([servers.b.connect(gone!, "/ws"), servers.b.connect(stays!, "/ws")]);
    await Promise.all([closed.ready(), open.ready()]);
    expect((await servers.onB(unconnected!).get("/me")).status).toBe(200);
    for (const user of [gone!, unconnected!]) await endUnheard(user);
    for (const user of [gone!, unconnected!]) expect((await servers.onB(user).get("/me")).status).toBe(200);
    await cutListeners();
    expect(await closed.closed).toEqual({ code: 1008, reason: "unauthorized" });
    for (const user of [gone!, unconnected!]) await refusedOnB(user.token);
    expect((await servers.onB(stays!).get("/me")).status).toBe(200);
    open.close();
  });

  test("a token is read from the database at each use while the server may be deaf", async () => {
    const user = await servers.a.newUser();
    expect((await servers.onB(user).get("/me")).status).toBe(200);
    await endUnheard(user);
    expect((await servers.onB(user).get("/me")).status).toBe(200);
    const silentMs = Object.getOwnPropertyDescriptor(Listener.prototype, "silentMs")!;
    Object.defineProperty(Listener.prototype, "silentMs", { configurable: true, get: () => 11_000 });
    try {
      expect((await servers.onB(user).get("/me")).status).toBe(401);
    } finally {
      Object.defineProperty(Listener.prototype, "silentMs", silentMs);
    }
  });
});
