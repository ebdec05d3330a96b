// Tokens that somebody else's back end signs: taken wherever ours are, and worth nothing when anything about them is wrong.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { exportSPKI, generateKeyPair } from "jose";
import { parseTokenIssuers } from "../../src/lib/token-issuers.ts";
import { hashOf } from "../../src/sessions/keys.ts";
import { asUser, expectRefusal, newDatabase, newName, startServer, type TestServer } from "../support/harness.ts";
import { nowSeconds, startIssuer, type TestIssuer, type TokenChanges } from "../support/issuer.ts";

let issuer: TestIssuer;
let server: TestServer;
beforeAll(async () => {
  issuer = await startIssuer();
  server = await startServer({ ...issuer.settings });
});
afterAll(async () => {
  await server.close();
  issuer.close();
});

let subjects = 0;
const newSubject = () => `customer-${++subjects}`;
const meOf = async (token: string) => (await asUser(server.url, token).get("/me")).body.data;
const statusOf = async (token: string) => (await asUser(server.url, token).get("/me")).status;

describe("a token of an issuer", () => {
  test("makes its user once, however many come at the same time, without a password and an address", async () => {
    const subject = newSubject();
    const wished = newName();
    const token = () => issuer.token(subject, { claims: { preferred_username: wished, name: "Ayşe Yılmaz" } });
    const tokens = await Promise.all([token(), token(), token()]);
    const people = await Promise.all(tokens.flatMap((one) => [meOf(one), meOf(one)]));
    expect(new Set(people.map(({ id }) => id)).size).toBe(1);
    expect(people[0]).toMatchObject({ username: wished });
    expect(people[0]).not.toHaveProperty("email");
    expect((await meOf(tokens[0]!)).display_name).toBe("Ayşe Yılmaz");
    const [row] = await server.core.sql`
      select u.password_hash, i.issuer, i.subject from users u join identities i on i.user_id = u.id where u.id = ${people[0].id}`;
    expect(row).toMatchObject({ password_hash: null, issuer: "acme", subject });
  });

  test("is checked with a secret as well as with a public key, where the issuer has no address for its keys", async () => {
    const pair = await generateKeyPair("EdDSA", { extractable: true });
    const secret = "a secret that both know, and nobody else";
    const issuers = [
      { name: "shared", issuer: "shared", audience: "chat", secret, algorithms: ["HS256"] },
      {
        name: "pair",
        issuer: "pair",
        audience: "chat",
        public_key: await exportSPKI(pair.publicKey),
        algorithms: ["EdDSA"],
      },
    ];
    const chat = await startServer({ tokenIssuers: parseTokenIssuers(JSON.stringify(issuers)) });
    const get = async (iss: string, alg: string, key: TokenChanges["key"]) =>
      (await asUser(chat.url, await issuer.token("a", { claims: { iss }, header: { alg }, key: key! })).get("/me"))
        .status;
    expect(await get("shared", "HS256", Buffer.from(secret))).toBe(200);
    expect(await get("shared", "HS512", Buffer.from(secret))).toBe(401);
    expect(await get("pair", "EdDSA", pair.privateKey)).toBe(200);
    expect(await get("pair", "HS256", Buffer.from(await exportSPKI(pair.publicKey)))).toBe(401);
    await chat.close();
  });

  test("gets a name near the wished one where that is taken, or can't be had", async () => {
    const { username } = await server.newUser();
    const me = await meOf(await issuer.token(newSubject(), { claims: { preferred_username: username } }));
    expect(me.username).toBe(`${username}2`);
    const odd = await meOf(await issuer.token(newSubject(), { claims: { preferred_username: "4711" } }));
    expect(odd.username).toMatch(/^user\d*$/);
    const none = newSubject();
    expect((await meOf(await issuer.token(none))).username).toBe(`acme_${none}`);
  });

  test("is taken in the header, in the address, in an `auth` frame, and renews an open socket in place", async () => {
    const subject = newSubject();
    const [first, second] = [await issuer.token(subject), await issuer.token(subject, { claims: { jti: "2" } })];
    const byAddress = await server.connect({ token: first }, "/ws");
    const byHeader = await server.connect(null, "/ws", { authorization: `Bearer ${first}` });
    const byFrame = await server.connect(null, "/ws");
    byFrame.send({ type: "auth", token: first, ref: "a" });
    await Promise.all([byAddress.ready(), byHeader.ready(), byFrame.next("ack")]);
    const { exp } = JSON.parse(Buffer.from(second.split(".")[1]!, "base64url").toString());
    byAddress.send({ type: "auth", token: second, ref: "b" });
    const renewed = await byAddress.find("the ack", ({ ref }) => ref === "b");
    expect(Date.parse(renewed.data.expires_at)).toBe(exp * 1000);
    byAddress.send({ type: "auth", token: await issuer.token(newSubject()), ref: "c" });
    expect(await byAddress.find("the refusal", ({ ref }) => ref === "c")).toMatchObject({ code: "forbidden" });
  });

  test("is a session like others: people write with it, and files are read by it", async () => {
    const [ali, veli] = await Promise.all(
      [newSubject(), newSubject()].map(async (subject) => {
        const user = asUser(server.url, await issuer.token(subject));
        return { ...user, id: (await user.get("/me")).body.data.id as number };
      }),
    );
    const { conversation_id } = (await ali!.post(`/conversations/${veli!.id}`)).body;
    const socket = await server.connect(veli!, "/ws");
    await socket.ready();
    await ali!.post(`/messages/${conversation_id}`, { body: "Hello" });
    expect((await socket.next("message.new")).data).toMatchObject({ body: "Hello", sender_id: ali!.id });
    expect((await ali!.post("/files/token")).status).toBe(201);
    // What is renewed here is our own.
    expectRefusal(await ali!.post("/sessions/renew"), 401, "unauthorized");
  });

  test("is checked once: what was found is kept as of a log-in, and nobody is asked again", async () => {
    const token = await issuer.token(newSubject());
    const session = await server.core.sessions.find(token);
    const { requests } = issuer.state;
    expect(await server.core.sessions.find(token)).toBe(session);
    expect(session).not.toBeNull();
    expect(issuer.state.requests).toBe(requests);
  });

  test("shows a new name once the token says another, and an older one does not bring the former back", async () => {
    const subject = newSubject();
    const named = (name: string, iat: number) => issuer.token(subject, { claims: { name, iat } });
    const now = nowSeconds();
    const before = await named("Before", now - 60);
    expect((await meOf(before)).display_name).toBe("Before");
    const watcher = await server.connect({ token: before }, "/ws");
    await watcher.ready();
    expect((await meOf(await named("After", now - 30))).display_name).toBe("After");
    // The first name may be told only now.
    await watcher.next("user.updated", ({ data }) => data.display_name === "After");
    expect((await meOf(await named("Before", now - 50))).display_name).toBe("After");
    // What somebody has chosen since stays until the issuer says something new.
    await asUser(server.url, before).put("/me", { display_name: "Chosen" });
    expect((await meOf(await named("After", now))).display_name).toBe("Chosen");
  });

  test("shows no name that is another one's username or can't be shown", async () => {
    const { username } = await server.newUser();
    for (const name of [username, "\u202eevil", "\u200b"]) {
      const me = await meOf(await issuer.token(newSubject(), { claims: { name } }));
      expect(me.display_name ?? null).toBeNull();
    }
  });
});

describe("a token is refused that", () => {
  const other = generateKeyPair("ES256");
  const rsa = generateKeyPair("RS256");
  const now = nowSeconds;
  const attacks: [string, () => TokenChanges | Promise<TokenChanges>][] = [
    ["is signed with another key under a known id", async () => ({ key: (await other).privateKey })],
    [
      "is signed with HS256 and the public key as the secret",
      async () => ({
        header: { alg: "HS256" },
        key: Buffer.from(await exportSPKI(issuer.keys.get("first")!.publicKey)),
      }),
    ],
    [
      "is signed with an algorithm that the issuer is not pinned to",
      async () => ({ header: { alg: "RS256" }, key: (await rsa).privateKey }),
    ],
    ["is for another audience", () => ({ claims: { aud: "billing" } })],
    ["has no audience", () => ({ claims: { aud: undefined as never } })],
    ["has no user", () => ({ claims: { sub: undefined as never } })],
    ["has an empty user", () => ({ claims: { sub: "" } })],
    ["has a user that no text can be", () => ({ claims: { sub: "a\0b" } })],
    ["has a user that is an object", () => ({ claims: { sub: { id: 1 } as never } })],
    ["has expired", () => ({ claims: { exp: now() - 60 } })],
    ["has expired within the clocks' tolerance", () => ({ claims: { exp: now() - 1 } })],
    ["never expires", () => ({ claims: { exp: undefined as never } })],
    ["expires in more than a day", () => ({ claims: { exp: now() + 90_000 } })],
    ["says not when it was made", () => ({ claims: { iat: undefined as never } })],
    ["was made in the future", () => ({ claims: { iat: now() + 300 } })],
    ["is not good yet", () => ({ claims: { nbf: now() + 300 } })],
    ["is of an unknown issuer", () => ({ claims: { iss: "https://evil.example.com" } })],
    ["is of no issuer", () => ({ claims: { iss: undefined as never } })],
    ["poses as one of ours", () => ({ claims: { iss: "realtime-chat", aud: "realtime-chat", jti: "x" } })],
    ["names an extension that must be understood", () => ({ header: { crit: ["exp"] } })],
    ["brings its key along", async () => ({ header: { jwk: { kty: "EC" } }, key: (await other).privateKey })],
  ];
  test.each(attacks)("%s", async (_what, changes) => {
    const token = await issuer.token(newSubject(), await changes()).catch(() => null);
    if (token === null) return; // (What jose does not sign.)
    expect(await statusOf(token)).toBe(401);
    const socket = await server.connect({ token }, "/ws");
    expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
  });

  test("says that it needs no signature", async () => {
    const [, payload, signature] = (await issuer.token(newSubject())).split(".");
    for (const alg of ["none", "None", "NONE"]) {
      const header = Buffer.from(JSON.stringify({ alg, kid: "first" })).toString("base64url");
      for (const end of ["", signature]) expect(await statusOf(`${header}.${payload}.${end}`)).toBe(401);
    }
  });

  test("was changed, or is longer than a token may be", async () => {
    const [header, payload, signature] = (await issuer.token(newSubject())).split(".");
    const claims = JSON.parse(Buffer.from(payload!, "base64url").toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: "customer-0" })).toString("base64url");
    expect(await statusOf(`${header}.${forged}.${signature}`)).toBe(401);
    expect(await statusOf(await issuer.token(newSubject(), { claims: { pad: "x".repeat(9_000) } }))).toBe(401);
  });

  test("is the first of somebody unknown where an issuer makes no users", async () => {
    const strict = await startIssuer("strict", { create: false });
    const closed = await startServer({ ...strict.settings });
    const subject = newSubject();
    expect((await asUser(closed.url, await strict.token(subject)).get("/me")).status).toBe(401);
    const user = await closed.newUser();
    await closed.core.sql`insert into identities (issuer, subject, user_id) values ('strict', ${subject}, ${user.id})`;
    const known = await asUser(closed.url, await strict.token(subject, { claims: { jti: "2" } })).get("/me");
    expect(known.body.data.id).toBe(user.id);
    await closed.close();
    strict.close();
  });
});

describe("the end of an issuer's token", () => {
  test("is final, although it has not expired: closed at once on every server, and not taken again", async () => {
    const database = await newDatabase();
    const [one, two] = await Promise.all([
      startServer({ ...issuer.settings }, database.target),
      startServer({ ...issuer.settings }, database.target),
    ]);
    const subject = newSubject();
    const [token, stays] = [await issuer.token(subject), await issuer.token(subject, { claims: { jti: "other" } })];
    const user = asUser(one.url, stays);
    expect((await asUser(one.url, token).get("/me")).status).toBe(200);
    const sessions = (await user.get("/sessions")).body.data;
    expect(sessions).toHaveLength(2);
    const ended = sessions.find(({ is_current }: { is_current: boolean }) => !is_current);
    expect(ended.device).toBe("Token of acme");
    const socket = await one.connect({ token }, "/ws");
    await socket.ready();
    expect((await user.delete(`/sessions/${ended.id}`)).status).toBe(200);
    expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    // A server that has never seen it, and one that has forgotten.
    expect((await asUser(two.url, token).get("/me")).status).toBe(401);
    one.core.sessions.clear();
    expect((await asUser(one.url, token).get("/me")).status).toBe(401);
    expect((await user.get("/sessions")).body.data).toHaveLength(1);
    expect((await user.delete("/sessions")).status).toBe(200);
    expect((await user.post("/logout")).status).toBe(200);
    expect((await user.get("/me")).status).toBe(401);
    await Promise.all([one.close(), two.close()]);
    await database.drop();
  });

  test("comes with its user's log-out for all that was made before", async () => {
    const subject = newSubject();
    const iat = nowSeconds() - 30;
    const [seen, unseen] = await Promise.all([
      issuer.token(subject, { claims: { iat } }),
      issuer.token(subject, { claims: { iat, jti: "unseen" } }),
    ]);
    const { id } = await meOf(seen);
    await server.core.sql`update users set tokens_after = now() - interval '10 seconds' where id = ${id}`;
    expect(await statusOf(unseen)).toBe(401);
    expect(await statusOf(await issuer.token(subject))).toBe(200);
  });

  test("is there for users who are banned or deleted", async () => {
    for (const column of ["banned_at", "deleted_at"]) {
      const subject = newSubject();
      const { id } = await meOf(await issuer.token(subject));
      await server.core.sql`update users set ${server.core.sql(column)} = now() where id = ${id}`;
      expect(await statusOf(await issuer.token(subject, { claims: { jti: "next" } }))).toBe(401);
    }
  });

  test("leaves nothing of the token in the database", async () => {
    const token = await issuer.token(newSubject());
    await meOf(token);
    const rows = await server.core.sql`select * from tokens where token_hash = ${hashOf(token)}`;
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token.split(".")[2]);
  });
});

describe("an issuer that is away", () => {
  test("is no loss for known keys; unknown ones are answered `unavailable`, and with it back refused", async () => {
    const shaky = await startIssuer("shaky");
    const chat = await startServer({ ...shaky.settings });
    const get = async (token: string) => asUser(chat.url, token).get("/me");
    shaky.state.respond = () => new Response("down", { status: 500 });
    expectRefusal(await get(await shaky.token("a")), 503, "unavailable");
    const socket = await chat.connect({ token: await shaky.token("a") }, "/ws");
    expect((await socket.closed).reason).toBe("unavailable");
    expect(shaky.state.requests).toBe(1);
    await chat.close();
    const again = await startServer({ ...shaky.settings });
    shaky.state.respond = null;
    expect((await asUser(again.url, await shaky.token("a")).get("/me")).status).toBe(200);
    shaky.close();
    expect((await asUser(again.url, await shaky.token("b")).get("/me")).status).toBe(200);
    await again.close();
  });
});

test("a name that no text can hold is none, and keeps nobody out", async () => {
  const token = await issuer.token(newSubject(), { claims: { name: "Nul \0 Person", preferred_username: "\ud800" } });
  const me = await meOf(token);
  expect(me.username).toBeString();
  expect(me).not.toHaveProperty("display_name");
});
