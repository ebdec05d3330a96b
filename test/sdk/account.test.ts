// Accounts, passwords, logins, and what prevents them.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { generate } from "otplib";
import { createChat, signIn, signUp } from "../../src/sdk/index.ts";
import { PASSWORD, startServer, type TestServer } from "../support/harness.ts";
import { closeChats, memoryStorage, openChat, until } from "./chats.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(closeChats);
afterAll(() => server.close());

test("signing up, signing in, changing the password, logging out", async () => {
  const username = `sdk_${Math.random().toString(36).slice(2, 8)}`;
  const account = { url: server.url, username, email: `${username}@example.com`, password: PASSWORD };
  expect(signUp({ ...account, email: "no" })).rejects.toMatchObject({
    code: "invalid",
    fields: { email: expect.any(String) },
  });
  expect(await signUp(account)).toMatchObject({ username });
  expect(signUp(account)).rejects.toMatchObject({ code: "username_taken", status: 409 });
  expect(signIn({ ...account, password: "wrong password" })).rejects.toMatchObject({ code: "bad_credentials" });
  const { token, expiresAt } = await signIn(account);
  expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
  const other = await openChat({ ...(await signIn(account)) } as never, server.url);
  const storage = memoryStorage();
  const chat = await openChat({ token } as never, server.url, { storage });
  expect(chat.me.getSnapshot()).toMatchObject({ username });
  await chat.changePassword(PASSWORD, "EvenStronger456");
  await until(
    other.connection,
    "ended elsewhere",
    ({ state, reason }) => state === "closed" && reason === "unauthorized",
  );
  await chat.logout();
  expect(chat.connection.getSnapshot()).toMatchObject({ state: "closed", reason: "logged_out" });
  expect(storage.kept.size).toBe(0);
  expect(server.call("GET", "/me", undefined, { authorization: `Bearer ${token}` })).resolves.toMatchObject({
    status: 401,
  });
});

test("a device that has signed in before is not locked out when its network has guessed too often", async () => {
  const limited = await startServer({ rateLimits: true });
  const { username } = await limited.newUser();
  const account = { url: limited.url, username, password: PASSWORD };
  const { deviceToken } = await signIn(account);
  for (let i = 0; i < 10; i++)
    await expect(signIn({ ...account, password: "wrong password" })).rejects.toMatchObject({ code: "bad_credentials" });
  await expect(signIn(account)).rejects.toMatchObject({ code: "slow_down" });
  expect((await signIn({ ...account, deviceToken })).deviceToken).toBe(deviceToken);
  await limited.close();
});

test("a missing network and a response of a proxy are both a ChatError", async () => {
  expect(signIn({ url: "http://127.0.0.1:1", username: "a", password: "b" })).rejects.toMatchObject({
    code: "network",
    status: 0,
  });
  const proxyPage = async () => ({ ok: false, status: 502, text: async () => "<html>Bad gateway" });
  expect(signIn({ url: "http://chat.test", fetch: proxyPage, username: "a", password: "b" })).rejects.toMatchObject({
    code: "unavailable",
    status: 502,
  });
  expect(() => createChat({ url: "nonsense", token: "t" })).toThrow();
});

test("a second factor: asked for by a typed error, turned on, its codes replaced, turned off", async () => {
  const user = await server.newUser();
  const account = { url: server.url, username: user.username, password: PASSWORD };
  const chat = await openChat(user, server.url);
  const factors = await chat.factors();
  const proof = { password: PASSWORD };
  expect(factors.startTotp({ password: "wrong" })).rejects.toMatchObject({ code: "bad_credentials" });
  const { secret, uri } = await factors.startTotp(proof);
  expect(uri).toContain(secret);
  const codes = await factors.confirmTotp(await generate({ secret }));
  expect(await factors.get()).toMatchObject({ has_password: true, recovery_codes: 10, passkeys: [] });
  expect(signIn(account)).rejects.toMatchObject({ code: "second_factor", status: 401 });
  expect(signIn({ ...account, code: "000000" })).rejects.toMatchObject({ code: "bad_credentials" });
  expect((await signIn({ ...account, code: codes[0]! })).token).toBeString();
  expect(chat.changePassword(PASSWORD, "EvenStronger456")).rejects.toMatchObject({ code: "second_factor" });
  const [code] = await factors.renewRecoveryCodes({ ...proof, code: codes[1]! });
  await factors.removeTotp({ ...proof, code: code! });
  expect((await factors.get()).totp_enabled_at).toBeUndefined();
  // The session outlived what was refused.
  expect(chat.connection.getSnapshot().state).toBe("open");
});
