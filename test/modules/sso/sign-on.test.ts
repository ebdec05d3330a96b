// Single sign-on against a real provider: who comes in, as whom, and what is refused.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { JWTPayload } from "jose";
import {
  asUser,
  call,
  expectInvalid,
  expectRefusal,
  MOMENT,
  startServer,
  type TestServer,
} from "../../support/harness.ts";
import { type Claims, codeOf, followCallback, signOn, startProvider, type TestProvider } from "../../support/oidc.ts";

const ORIGIN = "https://app.example.org";

let provider: TestProvider;
let server: TestServer;

/** A server that the provider sends browsers back to. */
async function serverFor(
  { settings, serve }: TestProvider,
  more: object = {},
  target?: TestServer["target"],
): Promise<TestServer> {
  const started = await startServer({ ...settings(more), corsOrigins: [ORIGIN] }, target);
  started.core.config.publicUrl = started.url;
  await serve(started.url);
  return started;
}

beforeAll(async () => {
  provider = await startProvider();
  server = await serverFor(provider);
});
afterAll(async () => {
  await server.close();
  await provider.close();
});

let people = 0;
const somebody = (claims: object = {}): Claims => {
  const sub = `subject-${++people}`;
  return { sub, preferred_username: `person${people}`, name: `Person ${people}`, ...claims };
};

const begin = async (body: object = {}, at = server) => (await at.call("POST", "/sso/acme/start", body)).body.data;
const finish = (code: string, verifier: string, at = server) => at.call("POST", "/sso/token", { code, verifier });
const meOf = async (token: string) => (await asUser(server.url, token).get("/me")).body.data;
const accounts = async () => Number((await server.core.sql`select count(*) from users`)[0]!.count);

describe("a log-in at a provider", () => {
  test("makes an account the first time, and is the same one afterwards", async () => {
    const ada = somebody({ preferred_username: "ada", name: "Ada L.", email: "ada@example.org", email_verified: true });
    const first = await signOn(server, provider, ada);
    expect([first.status, Object.keys(first.body).sort()]).toEqual([
      200,
      ["access_token", "device_token", "expires_at", "token_type"],
    ]);
    const me = await meOf(first.body.access_token);
    expect(me).toMatchObject({
      username: "ada",
      display_name: "Ada L.",
      email: "ada@example.org",
      email_verified_at: expect.stringMatching(MOMENT),
    });
    const again = await signOn(server, provider, { ...ada, preferred_username: "other", email: "else@example.org" });
    expect(await meOf(again.body.access_token)).toEqual(me);
    expect(again.body.access_token).not.toBe(first.body.access_token);
  });

  test("is listed before anybody logs in", async () => {
    const { body } = await server.call("GET", "/registration");
    expect(body.data.providers).toEqual([{ id: "acme", label: "Acme" }]);
    expect(JSON.stringify(body)).not.toContain("secret");
  });

  test("takes another name where somebody has it, and never an address before the @ with what follows", async () => {
    const taken = await server.newUser();
    const one = await signOn(server, provider, somebody({ preferred_username: taken.username }));
    expect((await meOf(one.body.access_token)).username).toBe(`${taken.username}2`);
    const two = await signOn(server, provider, somebody({ preferred_username: "grace@example.org" }));
    expect((await meOf(two.body.access_token)).username).toBe("grace");
    const three = await signOn(server, provider, { sub: "without-names" });
    expect((await meOf(three.body.access_token)).username).toBe("acme");
  });

  test("takes an e-mail address only where the provider confirms it and nobody has it, and links by none", async () => {
    const owner = await server.newUser();
    const email = `${owner.username}@example.com`;
    for (const claims of [
      { email: "unconfirmed@example.org" },
      { email: "unconfirmed@example.org", email_verified: false },
      { email: "unconfirmed@example.org", email_verified: "true" },
      { email, email_verified: true },
    ]) {
      const { body } = await signOn(server, provider, somebody(claims));
      const me = await meOf(body.access_token);
      expect(me.id).not.toBe(owner.id);
      expect([me.email, me.email_verified_at]).toEqual([undefined, undefined]);
    }
    expect((await owner.get("/me/identities")).body.data).toEqual([]);
  });

  test("makes one account of two first log-ins at once", async () => {
    const person = somebody();
    const before = await accounts();
    const answers = await Promise.all([1, 2, 3].map(() => signOn(server, provider, person)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await accounts()).toBe(before + 1);
  });

  test("begins at one server and ends at another", async () => {
    const second = await serverFor(provider, {}, server.target);
    const { url, verifier } = await begin();
    const callback = await provider.visit(url, somebody());
    callback.port = new URL(second.url).port;
    // (The provider was told of the first one's address, which all servers have in common behind a proxy.)
    second.core.config.publicUrl = server.url;
    const page = await followCallback(callback);
    expect(page.origin).toBe(server.url);
    expect((await finish(codeOf(page), verifier)).status).toBe(200);
    expectRefusal(await finish(codeOf(page), verifier, second), 404, "not_found");
    await second.close();
  });

  test("refuses the banned and the deleted", async () => {
    for (const [column, code] of [
      ["banned_at", "account_banned"],
      ["deleted_at", "sign_on_failed"],
    ] as const) {
      const person = somebody();
      const { id } = await meOf((await signOn(server, provider, person)).body.access_token);
      await server.core.sql`update users set ${server.core.sql(column)} = now() where id = ${id}`;
      expectRefusal(await signOn(server, provider, person), 403, code);
    }
  });

  test("asks for no second factor of ours", async () => {
    const person = somebody();
    const { id } = await meOf((await signOn(server, provider, person)).body.access_token);
    await server.core.sql`insert into totp (user_id, secret, enabled_at) values (${id}, 'x', now())`;
    expect((await signOn(server, provider, person)).status).toBe(200);
  });
});

describe("nobody gets in", () => {
  test("with a code whose page they do not have, and it is gone then", async () => {
    const { url, verifier } = await begin();
    const { verifier: other } = await begin();
    const code = codeOf(await followCallback(await provider.visit(url, somebody())));
    expectRefusal(await finish(code, other), 404, "not_found");
    expectRefusal(await finish(code, verifier), 404, "not_found");
  });

  test("with a code a second time, also at once", async () => {
    const { url, verifier } = await begin();
    const code = codeOf(await followCallback(await provider.visit(url, somebody())));
    const answers = await Promise.all([1, 2, 3, 4].map(() => finish(code, verifier)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404, 404, 404]);
  });

  test("by calling the callback a second time, also at once", async () => {
    const { url, verifier } = await begin();
    const callback = await provider.visit(url, somebody());
    const before = provider.state.requests.filter((path) => path === "/token").length;
    const pages = await Promise.all([1, 2, 3].map(() => followCallback(callback)));
    const codes = pages.map(codeOf);
    expect(codes.filter((code) => code === "unknown")).toHaveLength(2);
    expect(provider.state.requests.filter((path) => path === "/token")).toHaveLength(before + 1);
    expectRefusal(await finish("unknown", verifier), 404, "not_found");
    expect((await finish(codes.find((code) => code !== "unknown")!, verifier)).status).toBe(200);
  });

  test("with a state that is unknown, of another provider, or too old", async () => {
    const { url } = await begin();
    const callback = await provider.visit(url, somebody());
    const changed = new URL(callback);
    changed.searchParams.set("state", "forged");
    expect(codeOf(await followCallback(changed))).toBe("unknown");
    await server.core.sql`update sign_ons set expires_at = now() - interval '1 second'`;
    expect(codeOf(await followCallback(callback))).toBe("unknown");
    await begin();
    expect(await server.core.sql`select 1 from sign_ons where expires_at < now()`).toHaveLength(0);
  });

  test("with a code that is too old", async () => {
    const { url, verifier } = await begin();
    const code = codeOf(await followCallback(await provider.visit(url, somebody())));
    await server.core.sql`update sign_ons set expires_at = now() - interval '1 second'`;
    expectRefusal(await finish(code, verifier), 404, "not_found");
  });

  test("with an answer for another log-in: another nonce, PKCE verifier, issuer or provider's code", async () => {
    const changes: [string, (callback: URL) => unknown][] = [
      ["nonce", () => server.core.sql`update sign_ons set nonce = 'another'`],
      ["PKCE", () => server.core.sql`update sign_ons set pkce_verifier = ${"v".repeat(43)}`],
      ["issuer", (callback) => callback.searchParams.set("iss", "https://evil.example.com")],
      ["no issuer", (callback) => callback.searchParams.delete("iss")],
      ["code", (callback) => callback.searchParams.set("code", "forged")],
      ["two codes", (callback) => callback.searchParams.append("code", "forged")],
    ];
    for (const [what, change] of changes) {
      const { url, verifier } = await begin();
      const callback = await provider.visit(url, somebody());
      await change(callback);
      const page = await followCallback(callback);
      const answer = await finish(codeOf(page), verifier);
      expect([what, answer.status, answer.body.code]).toEqual([what, 403, "sign_on_failed"]);
      await server.core.sql`delete from sign_ons`;
    }
  });

  /** Logs in where the provider's ID token is the one made of the good claims. */
  async function withIdToken(forge: (good: JWTPayload) => string | Promise<string>) {
    const { url, verifier } = await begin();
    const callback = await provider.visit(url, somebody());
    const [row] = await server.core.sql<{ nonce: string }[]>`select nonce from sign_ons where returned_at is null`;
    const now = Math.floor(Date.now() / 1000);
    const good = { iss: provider.issuer, aud: "chat", sub: "admin", nonce: row!.nonce, iat: now, exp: now + 600 };
    const body = JSON.stringify({ access_token: "a", token_type: "Bearer", id_token: await forge(good) });
    provider.state.respond = (path) =>
      path === "/token" ? { status: 200, body } : path === "/me" ? { status: 200, body: '{"sub":"admin"}' } : null;
    const page = await followCallback(callback);
    provider.state.respond = null;
    return finish(codeOf(page), verifier);
  }

  test("with an ID token that the provider did not sign, or that is for another client, log-in, issuer or time", async () => {
    await server.core.sql`delete from sign_ons`;
    const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const unsigned = (alg: string, signature: string) => (good: JWTPayload) =>
      `${encode({ alg, kid: "first" })}.${encode(good)}.${signature}`;
    const now = Math.floor(Date.now() / 1000);
    const forged: [string, (good: JWTPayload) => string | Promise<string>][] = [
      ["none", unsigned("none", "")],
      ["RS256", unsigned("RS256", "Zm9yZ2Vk")],
      ["HS256", unsigned("HS256", "Zm9yZ2Vk")],
      ["audience", (good) => provider.sign({ ...good, aud: "other" })],
      ["nonce", (good) => provider.sign({ ...good, nonce: "other" })],
      ["no nonce", ({ nonce: _, ...rest }) => provider.sign(rest)],
      ["issuer", (good) => provider.sign({ ...good, iss: "https://evil.example.com" })],
      ["expired", (good) => provider.sign({ ...good, iat: now - 900, exp: now - 300 })],
    ];
    expect((await withIdToken((good) => provider.sign(good))).status).toBe(200);
    for (const [what, forge] of forged) {
      const { status, body } = await withIdToken(forge);
      expect([what, status, body.code]).toEqual([what, 403, "sign_on_failed"]);
    }
  });

  test("at a provider that is not set, or where there is none", async () => {
    expectRefusal(await server.call("POST", "/sso/other/start", {}), 404, "not_found");
    const bare = await startServer({}, server.target);
    expectRefusal(await bare.call("POST", "/sso/acme/start", {}), 404, "not_found");
    expectRefusal(await bare.call("POST", "/sso/token", { code: "a", verifier: "b" }), 404, "not_found");
    expect((await bare.call("GET", "/registration")).body.data.providers).toEqual([]);
    await bare.close();
  });

  test("from a page of another site", async () => {
    const from = { origin: "https://evil.example.com" };
    expectRefusal(await server.call("POST", "/sso/acme/start", {}, from), 403, "forbidden");
    expectRefusal(await server.call("POST", "/sso/token", { code: "a", verifier: "b" }, from), 403, "forbidden");
  });
});

describe("the browser comes back", () => {
  test("to the web client, or to a page of an origin that may call", async () => {
    const pages = [
      [{}, `${server.url}/`],
      [{ return_to: `${server.url}/chat/?a=1#/x` }, `${server.url}/chat/?a=1`],
      [{ return_to: `${ORIGIN}/in` }, `${ORIGIN}/in`],
    ] as const;
    for (const [body, expected] of pages) {
      const { url } = await begin(body);
      const page = await followCallback(await provider.visit(url, somebody()));
      expect(page.href).toStartWith(`${expected}#/sign-on/`);
      expect(page.search).not.toContain("code");
    }
  });

  test("to no other page", async () => {
    for (const return_to of [
      "https://evil.example.com/",
      "//evil.example.com/",
      `${ORIGIN}.evil.example.com/`,
      `https://app.example.org@evil.example.com/`,
      `https://user:pass@app.example.org/`,
      "http://app.example.org/",
      "javascript:alert(1)",
      "/relative",
      "",
    ])
      expectInvalid(await server.call("POST", "/sso/acme/start", { return_to }), "return_to");
    const open = await startServer(
      { ...provider.settings(), corsOrigins: ["*"], publicUrl: server.url },
      server.target,
    );
    const anywhere = { return_to: "https://evil.example.com/" };
    expectInvalid(await open.call("POST", "/sso/acme/start", anywhere), "return_to");
    await open.close();
  });

  test("with a plain sentence where the provider let nobody in", async () => {
    const answer = await signOn(server, provider, null);
    expect(expectRefusal(answer, 403, "sign_on_failed").detail).toBe(
      "The provider did not let you in, or you cancelled.",
    );
  });

  test("with a plain sentence where the provider fails meanwhile", async () => {
    for (const status of [500, 503]) {
      const { url, verifier } = await begin();
      const callback = await provider.visit(url, somebody());
      provider.state.respond = (path) => (path === "/token" ? { status, body: "{}" } : null);
      const page = await followCallback(callback);
      provider.state.respond = null;
      expect(expectRefusal(await finish(codeOf(page), verifier), 403, "sign_on_failed").detail).toContain("try again");
    }
  });
});

describe("a provider's setting", () => {
  test("lets nobody new in with create: false", async () => {
    const closed = await serverFor(provider, { create: false }, server.target);
    const person = somebody();
    const before = await accounts();
    const { detail } = expectRefusal(await signOn(closed, provider, person), 403, "sign_on_failed");
    expect(detail).toContain("link it in the settings");
    expect(await accounts()).toBe(before);
    expect((await signOn(server, provider, person)).status).toBe(200);
    expect((await signOn(closed, provider, person)).status).toBe(200);
    await closed.close();
  });

  test("confines new accounts to confirmed addresses of its domains", async () => {
    const confined = await serverFor(provider, { email_domains: ["example.org"] }, server.target);
    for (const claims of [
      {},
      { email: "a@example.org" },
      { email: "a@example.com", email_verified: true },
      { email: "a@sub.example.org", email_verified: true },
      { email: "a@example.org@example.com", email_verified: true },
    ])
      expectRefusal(await signOn(confined, provider, somebody(claims)), 403, "sign_on_failed");
    const inside = somebody({ email: "Confined@Example.Org", email_verified: true });
    expect((await signOn(confined, provider, inside)).status).toBe(200);
    await confined.close();
  });
});

test("a provider is refused that says that it is another one", async () => {
  const other = await startProvider("other");
  other.state.respond = () => ({ status: 200, body: JSON.stringify({ issuer: provider.issuer }) });
  const wrong = await startServer({ ...other.settings(), publicUrl: "https://chat.example.org" });
  expectRefusal(await wrong.call("POST", "/sso/other/start", {}), 503, "unavailable");
  await Promise.all([wrong.close(), other.close()]);
});

test("a provider that is away keeps nobody else out, and is asked again", async () => {
  const late = await startProvider("late");
  const { port } = new URL(late.issuer);
  late.state.respond = () => ({ status: 503, body: "{}" });
  const waiting = await startServer({ ...late.settings(), publicUrl: "https://chat.example.org" });
  expectRefusal(await waiting.call("POST", "/sso/late/start", {}), 503, "unavailable");
  expect((await call(waiting.url, "GET", "/registration")).status).toBe(200);
  late.state.respond = null;
  const started = await waiting.call("POST", "/sso/late/start", {});
  expect(new URL(started.body.data.url).port).toBe(port);
  const asked = late.state.requests.length;
  await waiting.call("POST", "/sso/late/start", {});
  expect(late.state.requests.length).toBe(asked);
  await waiting.close();
  await late.close();
});

test("claims that no text can hold are none, and nobody is kept out by them", async () => {
  const who = somebody({
    name: "Nul \0 Person",
    preferred_username: "\ud800",
    email: "a,b@example.org",
    email_verified: true,
  });
  const { status, body } = await signOn(server, provider, who);
  expect(status).toBe(200);
  const me = await meOf(body.access_token);
  expect([me.email, me.display_name]).toEqual([undefined, undefined]);
});
