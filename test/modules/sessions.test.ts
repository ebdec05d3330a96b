// One's own sessions: seen, renewed, and ended from elsewhere.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { asUser, expectRefusal, logIn, startServer, type TestServer, type User } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ trustProxy: 1 });
});
afterAll(() => server.close());

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());

/** Somebody with two log-ins besides the one of `newUser`. */
async function withThree() {
  const user = await server.newUser();
  const [phone, laptop] = [await logIn(server.url, user.username), await logIn(server.url, user.username)];
  return { user, phone: asUser(server.url, phone), laptop: asUser(server.url, laptop), tokens: { phone, laptop } };
}

const list = async (user: Pick<User, "get">) => (await user.get("/sessions")).body.data;

describe("GET /sessions", () => {
  test("lists every log-in, the newest first, and says which one asks", async () => {
    const { user, phone } = await withThree();
    const sessions = await list(phone);
    expect(sessions).toHaveLength(3);
    expect(sessions.map(({ is_current }: { is_current: boolean }) => is_current)).toEqual([false, true, false]);
    const created = sessions.map(({ created_at }: { created_at: string }) => created_at);
    expect(created).toEqual(created.toSorted().reverse());
    expect((await list(user)).map(({ is_current }: { is_current: boolean }) => is_current)).toEqual([
      false,
      false,
      true,
    ]);
  });

  test("says from which device and address each came", async () => {
    const user = await server.newUser();
    const headers = { "user-agent": "Test device", "x-forwarded-for": "203.0.113.7" };
    const login = await server.call(
      "POST",
      "/login",
      { username: user.username, password: "StrongPassword123" },
      headers,
    );
    expect(login.status).toBe(200);
    expect((await list(user))[0]).toMatchObject({ device: "Test device", address: "203.0.113.7" });
  });

  test("shows nobody else's, and none that has expired", async () => {
    const { user } = await withThree();
    const other = await server.newUser();
    expect(await list(other)).toHaveLength(1);
    await server.core.sql`
      update tokens set expires_at = now() - interval '1 second' where id = (select max(id) from tokens where user_id = ${user.id})`;
    expect(await list(user)).toHaveLength(2);
  });

  test("goes on page by page", async () => {
    const { user } = await withThree();
    const first = (await user.get("/sessions?limit=2")).body;
    const second = (await user.get(`/sessions?limit=2&cursor=${first.next_cursor}`)).body;
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual((await list(user)).map(({ id }: never) => id));
    expect(second.next_cursor).toBeNull();
  });
});

describe("ending a session", () => {
  test("refuses its token at once and closes its sockets, and no others", async () => {
    const { user, phone, tokens } = await withThree();
    const socket = await server.connect({ token: tokens.phone }, "/ws");
    const stays = await server.connect({ token: tokens.laptop }, "/ws");
    await Promise.all([socket.ready(), stays.ready()]);
    const [, { id }] = await list(user);
    expect((await user.delete(`/sessions/${id}`)).status).toBe(200);
    expectRefusal(await phone.get("/me"), 401, "unauthorized");
    expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    await stays.ready();
    expectRefusal(await user.delete(`/sessions/${id}`), 404, "not_found");
  });

  test("of somebody else is refused as if there were none, and ends nothing", async () => {
    const { user, phone } = await withThree();
    const other = await server.newUser();
    for (const { id } of await list(user)) expectRefusal(await other.delete(`/sessions/${id}`), 404, "not_found");
    expect((await phone.get("/me")).status).toBe(200);
  });

  test("of all others leaves this one", async () => {
    const { user, phone, laptop, tokens } = await withThree();
    const socket = await server.connect({ token: tokens.phone }, "/ws");
    await socket.ready();
    expect((await user.delete("/sessions")).status).toBe(200);
    for (const ended of [phone, laptop]) expectRefusal(await ended.get("/me"), 401, "unauthorized");
    expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    expect(await list(user)).toHaveLength(1);
    expect((await user.delete("/sessions")).status).toBe(200);
  });
});

describe("renewing a session", () => {
  test("gives a token of the same session that lasts for the full time again; both are good", async () => {
    const { user, phone, tokens } = await withThree();
    await server.core.sql`update tokens set expires_at = now() + interval '1 hour' where user_id = ${user.id}`;
    const before = await list(phone);
    const { status, body } = await phone.post("/sessions/renew");
    expect(status).toBe(200);
    expect(claimsOf(body.access_token)).toMatchObject({
      jti: claimsOf(tokens.phone).jti,
      exp: Date.parse(body.expires_at) / 1000,
    });
    expect(Date.parse(body.expires_at)).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    const renewed = asUser(server.url, body.access_token);
    const after = await list(renewed);
    expect(after.map(({ id }: { id: number }) => id)).toEqual(before.map(({ id }: { id: number }) => id));
    expect(after[1].expires_at).toBe(body.expires_at);
    expect(after[1].is_current).toBe(true);
    expect((await phone.get("/me")).status).toBe(200);
    // Ended, neither is.
    await phone.post("/logout");
    for (const one of [phone, renewed]) expectRefusal(await one.get("/me"), 401, "unauthorized");
  });

  test("never goes past the greatest age of a session", async () => {
    const aged = await startServer({ tokenTtl: 3_600, sessionMaxAge: 7_200 }, server.target);
    const user = await aged.newUser();
    await aged.core.sql`update tokens set created_at = now() - interval '90 minutes' where user_id = ${user.id}`;
    const { body } = await user.post("/sessions/renew");
    expect(Date.parse(body.expires_at)).toBeLessThan(Date.now() + 3_600_000);
    await aged.core.sql`update tokens set created_at = now() - interval '1 day' where user_id = ${user.id}`;
    // What it had is not taken away.
    expect((await user.post("/sessions/renew")).body.expires_at).toBe(body.expires_at);
    await aged.close();
  });

  test("continues an open socket, and a server that read the session before takes the new token", async () => {
    const other = await startServer({ tokenTtl: 60 }, server.target);
    const user = await other.newUser();
    // Read there, with the end that it has now.
    expect((await asUser(server.url, user.token).get("/me")).status).toBe(200);
    const socket = await server.connect(user, "/ws");
    await socket.ready();
    const longer = await startServer({ tokenTtl: 3_600 }, server.target);
    const { body } = await asUser(longer.url, user.token).post("/sessions/renew");
    socket.send({ type: "auth", ref: "1", token: body.access_token });
    expect((await socket.next("ack")).data.expires_at).toBe(body.expires_at);
    await Promise.all([other.close(), longer.close()]);
  });

  test("needs a token that is still good", async () => {
    const { phone } = await withThree();
    await phone.post("/logout");
    expectRefusal(await phone.post("/sessions/renew"), 401, "unauthorized");
    expectRefusal(await server.call("POST", "/sessions/renew"), 401, "unauthorized");
  });
});

test("a new secret signs, and what the former one signed is good until it is taken out", async () => {
  const [former, next] = ["f".repeat(32), "n".repeat(32)];
  const before = await startServer({ jwtSecret: former }, server.target);
  const user = await before.newUser();
  const during = await startServer({ jwtSecret: next, jwtSecretPrevious: former }, server.target);
  const after = await startServer({ jwtSecret: next }, server.target);
  const old = asUser(during.url, user.token);
  expect((await old.get("/me")).status).toBe(200);
  expect((await old.post("/files/token")).status).toBe(201);
  const renewed = (await old.post("/sessions/renew")).body.access_token;
  expectRefusal(await asUser(after.url, user.token).get("/me"), 401, "unauthorized");
  expect((await asUser(after.url, renewed).get("/me")).status).toBe(200);
  expectRefusal(await asUser(before.url, renewed).get("/me"), 401, "unauthorized");
  await Promise.all([before.close(), during.close(), after.close()]);
});

test("addresses of sessions that nobody used for long are forgotten", async () => {
  const { user } = await withThree();
  await server.core.sql`update tokens set address = '203.0.113.9' where user_id = ${user.id}`;
  await server.core.sql`
    update tokens set last_used_at = now() - interval '91 days' where id = (select min(id) from tokens where user_id = ${user.id})`;
  await server.core.sessions.sweep();
  const rows = await server.core.sql`select address from tokens where user_id = ${user.id} order by id`;
  expect(rows.map(({ address }) => address)).toEqual([null, "203.0.113.9", "203.0.113.9"]);
});
