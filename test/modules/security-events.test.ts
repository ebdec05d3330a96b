// What the log says of who got in and who did not, where no form of ours was filled in.
import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import { asUser, call, startServer, type TestServer } from "../support/harness.ts";
import { startIssuer, type TestIssuer } from "../support/issuer.ts";
import { makeAdmin, withKey } from "../support/keys.ts";
import { signOn, startProvider, type TestProvider } from "../support/oidc.ts";

let issuer: TestIssuer;
let provider: TestProvider;
let server: TestServer;
let lines: Record<string, unknown>[];
beforeAll(async () => {
  [issuer, provider] = await Promise.all([startIssuer("shop"), startProvider("acme")]);
  server = await startServer({ ...issuer.settings, ...provider.settings({ create: false }) });
  server.core.config.publicUrl = server.url;
  await provider.serve(server.url);
  lines = [];
  const keep = (fields: unknown) => void lines.push(fields as Record<string, unknown>);
  spyOn(server.core.log, "info").mockImplementation(keep);
  spyOn(server.core.log, "warn").mockImplementation(keep);
});
afterAll(async () => {
  await server.close();
  await provider.close();
  issuer.close();
});

const logged = (event: string) => lines.filter((line) => line.event === event);

test("the first token of somebody whom an issuer knows is an account and a log-in, and each other token a log-in", async () => {
  const token = await issuer.token("ada");
  const { id } = (await asUser(server.url, token).get("/me")).body.data;
  await asUser(server.url, token).get("/me");
  expect(logged("registered")).toEqual([{ event: "registered", user: id, issuer: "shop" }]);
  expect(logged("logged_in")).toEqual([{ event: "logged_in", user: id, proof: "token of shop" }]);
  await asUser(server.url, await issuer.token("ada", { claims: { jti: "another" } })).get("/me");
  expect(logged("registered")).toHaveLength(1);
  expect(logged("logged_in")).toHaveLength(2);
});

test("a log-in at a provider that leads to no session is one that failed", async () => {
  const refused = await signOn(server, provider, { sub: "nobody" });
  expect(refused.status).toBe(403);
  const forged = { code: "x".repeat(43), verifier: "y".repeat(43) };
  await call(server.url, "POST", "/sso/token", forged);
  expect(logged("sign_on_failed")).toEqual([
    expect.objectContaining({ address: "127.0.0.1", code: "sign_on_failed" }),
    expect.objectContaining({ address: "127.0.0.1", code: "not_found" }),
  ]);
});

test("a key that acts for somebody is told once, and whoever may not is refused by name", async () => {
  const [admin, user] = [await server.newUser(), await server.newUser()];
  await makeAdmin(server, admin);
  const key = await withKey(server, admin, ["admin"]);
  const as = (token: string) =>
    call(server.url, "GET", "/me", undefined, { authorization: `Bearer ${token}`, "on-behalf-of": String(user.id) });
  for (let n = 0; n < 3; n++) expect((await as(key.token)).status).toBe(200);
  expect(logged("acted_for")).toEqual([expect.objectContaining({ user: user.id, by: admin.id })]);
  expect((await as(user.token)).status).toBe(403);
  expect(logged("access_refused")).toEqual([
    expect.objectContaining({ user: user.id, code: "forbidden", route: "/me" }),
  ]);
});

test("a socket with a token that is none is not authenticated", async () => {
  const socket = await server.connect(null, "/ws?token=none");
  expect((await socket.closed).reason).toBe("unauthorized");
  expect(logged("not_authenticated")).toEqual([expect.objectContaining({ network: "127.0.0.1", on: "account" })]);
});
