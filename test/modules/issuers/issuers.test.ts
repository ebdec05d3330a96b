// Issuers of tokens that are added at run time: on every server, until they are taken away, and with nothing to be learnt from them.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { exportSPKI, generateKeyPair, SignJWT } from "jose";
import { ISSUERS_LIMIT } from "../../../src/protocol/limits.ts";
import {
  asUser,
  expectInvalid,
  expectRefusal,
  type Json,
  newDatabase,
  PASSWORD,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";
import { nowSeconds, startIssuer, type TestIssuer } from "../../support/issuer.ts";
import { makeAdmin, withKey } from "../../support/keys.ts";
import { PATIENCE_MS } from "../../support/patience.ts";

const SECRET = "a secret of the tests, that stays one";
const BASE = { issuer: "https://shop.example.com", audience: "chat", secret: SECRET, algorithms: ["HS256"] };

let fixed: TestIssuer;
let server: TestServer;
let second: TestServer;
let admin: User;
/** With a key, as a system of the operator's own has one. */
let key: User;
beforeAll(async () => {
  fixed = await startIssuer("fixed");
  server = await startServer({ ...fixed.settings });
  second = await startServer({ ...fixed.settings }, server.target);
  admin = await server.newUser();
  await makeAdmin(server, admin);
  key = await withKey(server, admin, ["admin"]);
});
beforeEach(async () => {
  for (const { name, is_fixed } of (await key.get("/admin/issuers")).body.data)
    if (!is_fixed) await key.delete(`/admin/issuers/${name}`);
});
afterAll(async () => {
  await second.close();
  await server.close();
  fixed.close();
});

let subjects = 0;
const newSubject = () => `customer-${++subjects}`;
const tokenOf = (subject: string, { iss = BASE.issuer, secret = SECRET, ...claims }: Json = {}) =>
  new SignJWT({
    iss,
    aud: "chat",
    sub: subject,
    iat: nowSeconds(),
    exp: nowSeconds() + 600,
    jti: crypto.randomUUID(),
    ...claims,
  })
    .setProtectedHeader({ alg: "HS256" })
    .sign(Buffer.from(secret));
const statusOf = async (token: string, at = server) => (await asUser(at.url, token).get("/me")).status;

describe("an issuer that is added", () => {
  test("signs people in on every server, and is not there any more once it is deleted", async () => {
    const token = await tokenOf(newSubject());
    expect(await statusOf(token)).toBe(401);
    const { status, body } = await key.put("/admin/issuers/shop", { ...BASE, claims: { name: "name" } });
    expect(status).toBe(200);
    expect(body.data).toEqual({
      name: "shop",
      issuer: BASE.issuer,
      audience: "chat",
      algorithms: ["HS256"],
      has_secret: true,
      claims: { id: "sub", name: "name" },
      create: true,
      updated_at: expect.any(String),
    });
    // What the others have read of issuers is used for some seconds.
    const taken = async (at: TestServer, wanted: number) => {
      for (const end = Date.now() + PATIENCE_MS; (await statusOf(token, at)) !== wanted; await Bun.sleep(100))
        if (Date.now() > end) throw new Error(`it is not answered ${wanted}`);
    };
    await taken(second, 200);
    await taken(server, 200);
    const sockets = [await server.connect({ token }, "/ws"), await second.connect({ token }, "/ws")];
    await Promise.all(sockets.map((socket) => socket.ready()));
    expect((await key.delete("/admin/issuers/shop")).status).toBe(200);
    for (const socket of sockets) expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    for (const at of [server, second]) {
      expect(await statusOf(token, at)).toBe(401);
      // One that nobody has seen, although the other server may still know the issuer.
      expect(await statusOf(await tokenOf(newSubject()), at)).toBe(401);
    }
    expectRefusal(await key.delete("/admin/issuers/shop"), 404, "not_found");
    expectRefusal(await asUser(second.url, key.token).delete("/admin/issuers/shop"), 404, "not_found");
  });

  test("is the same one when it is given again; its people stay, and come back with it", async () => {
    const subject = newSubject();
    const first = (await key.put("/admin/issuers/shop", BASE)).body.data;
    const me = async () => (await asUser(server.url, await tokenOf(subject)).get("/me")).body.data?.id;
    const id = await me();
    expect(id).toBeNumber();
    expect((await key.put("/admin/issuers/shop", BASE)).body.data).toEqual(first);
    await key.delete("/admin/issuers/shop");
    await key.put("/admin/issuers/shop", BASE);
    expect(await me()).toBe(id);
  });

  test("ends the sessions of its tokens when it changes what they are checked by, and no others", async () => {
    await key.put("/admin/issuers/shop", BASE);
    const token = await tokenOf(newSubject());
    expect(await statusOf(token)).toBe(200);
    const other = await fixed.token(newSubject());
    expect(await statusOf(other)).toBe(200);
    // How people are called, and whether there are new ones, concerns no session.
    await key.put("/admin/issuers/shop", { ...BASE, claims: { name: "name" }, create: false });
    expect(await statusOf(token)).toBe(200);
    expect(await statusOf(await tokenOf(newSubject()))).toBe(401);
    const replaced = { ...BASE, secret: "another secret that nobody has seen" };
    await key.put("/admin/issuers/shop", replaced);
    expect(await statusOf(token)).toBe(401);
    expect(await statusOf(await tokenOf(newSubject()))).toBe(401);
    expect(await statusOf(await tokenOf(newSubject(), { secret: replaced.secret }))).toBe(200);
    expect(await statusOf(other)).toBe(200);
  });

  test("is checked by a public key as well, and shows it", async () => {
    const pair = await generateKeyPair("EdDSA", { extractable: true });
    const { secret: _, ...rest } = BASE;
    const setting = { ...rest, public_key: await exportSPKI(pair.publicKey), algorithms: ["EdDSA"] };
    expect((await key.put("/admin/issuers/shop", setting)).body.data).toMatchObject({ public_key: setting.public_key });
    const claims = { iss: BASE.issuer, aud: "chat", sub: newSubject(), iat: nowSeconds(), exp: nowSeconds() + 60 };
    const good = await new SignJWT(claims).setProtectedHeader({ alg: "EdDSA" }).sign(pair.privateKey);
    expect(await statusOf(good)).toBe(200);
    // The public key is no secret.
    expect(await statusOf(await tokenOf(newSubject(), { secret: setting.public_key }))).toBe(401);
  });
});

describe("what is wrong with it is said", () => {
  const { secret: _, ...keyless } = BASE;
  const key1024 = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ type: "spki", format: "pem" });
  test.each([
    ["jwks_url", keyless],
    ["jwks_url", { ...BASE, jwks_url: "https://shop.example.com/jwks.json" }],
    ["jwks_url", { ...keyless, jwks_url: "http://127.0.0.1:3000/jwks.json", algorithms: ["ES256"] }],
    ["jwks_url", { ...keyless, jwks_url: "https://localhost/jwks.json", algorithms: ["ES256"] }],
    ["jwks_url", { ...keyless, jwks_url: "ftp://shop.example.com/", algorithms: ["ES256"] }],
    ["jwks_url", { ...keyless, jwks_url: "https://a:b@shop.example.com/", algorithms: ["ES256"] }],
    ["secret", { ...BASE, secret: "short" }],
    ["algorithms", { ...BASE, algorithms: ["none"] }],
    ["algorithms", { ...BASE, algorithms: [] }],
    ["algorithms", { ...BASE, algorithms: ["RS256"] }],
    ["public_key", { ...keyless, public_key: key1024, algorithms: ["RS256"] }],
    ["public_key", { ...keyless, public_key: "-----BEGIN PRIVATE KEY-----", algorithms: ["RS256"] }],
    ["issuer", { ...BASE, issuer: "realtime-chat" }],
    ["issuer", { ...BASE, issuer: "https://fixed.example.com" }],
    ["audience", { ...BASE, audience: "" }],
  ])("of the field %s", async (field, setting) => {
    expectInvalid(await key.put("/admin/issuers/shop", setting), field);
    expect((await key.get("/admin/issuers")).body.data).toHaveLength(1);
  });

  test("of names that are taken, by the setting or by another one, or that can be none", async () => {
    expectInvalid(await key.put("/admin/issuers/fixed", BASE), "name");
    expectInvalid(await key.delete("/admin/issuers/fixed"), "name");
    expectInvalid(await key.put("/admin/issuers/42", BASE), "name");
    await key.put("/admin/issuers/shop", BASE);
    expectInvalid(await key.put("/admin/issuers/other", BASE), "issuer");
  });

  test("of one too many", async () => {
    await server.core.sql`insert into token_issuers (name, issuer, setting)
      select 'many-' || n, 'many-' || n, '{"issuer":"x","audience":"x","algorithms":["HS256"]}' from generate_series(1, ${ISSUERS_LIMIT}) n`;
    expectInvalid(await key.put("/admin/issuers/shop", BASE), "name");
    await server.core.sql`delete from token_issuers`;
  });
});

describe("only those who run the server", () => {
  test("add, see and delete any; logged in, with the password", async () => {
    const body = { ...BASE, current_password: PASSWORD };
    const [user, weak] = [
      await server.newUser(),
      await withKey(server, admin, ["read", "write", "manage", "moderate"]),
    ];
    for (const caller of [user, weak]) {
      expectRefusal(await caller.get("/admin/issuers"), 403, "forbidden");
      expectRefusal(await caller.put("/admin/issuers/shop", body), 403, "forbidden");
      expectRefusal(await caller.delete("/admin/issuers/shop", { current_password: PASSWORD }), 403, "forbidden");
    }
    const acting = await server.call("PUT", "/admin/issuers/shop", BASE, {
      authorization: `Bearer ${key.token}`,
      "on-behalf-of": String(admin.id),
    });
    expectRefusal(acting, 403, "forbidden");
    expectInvalid(await admin.put("/admin/issuers/shop", BASE), "current_password");
    expectRefusal(await admin.put("/admin/issuers/shop", { ...body, current_password: "no" }), 401, "bad_credentials");
    expect((await admin.put("/admin/issuers/shop", body)).status).toBe(200);
    expectInvalid(await admin.delete("/admin/issuers/shop"), "current_password");
    expect((await admin.delete("/admin/issuers/shop", { current_password: PASSWORD })).status).toBe(200);
    const entries = await server.core.sql<Json[]>`
      select event, actor_id, details from audit_log where event like 'issuer_%' order by id desc limit 2`;
    expect([...entries]).toEqual([
      { event: "issuer_deleted", actor_id: admin.id, details: { issuer: "shop" } },
      { event: "issuer_saved", actor_id: admin.id, details: { issuer: "shop" } },
    ]);
  });
});

test("who loses the role, or is logged out, while a call of theirs is under way adds and deletes none", async () => {
  const { db, sql } = server.core;
  const begin = db.transaction;
  const former = await server.newUser();
  /** What happens before the call's transaction begins. */
  const meanwhile = (change: () => Promise<unknown>) => {
    db.transaction = async (work, config) => {
      db.transaction = begin;
      await change();
      return begin(work, config);
    };
  };
  await makeAdmin(server, former);
  meanwhile(() => sql`update users set role = null where id = ${former.id}`);
  const proved = { current_password: PASSWORD };
  expectRefusal(await former.put("/admin/issuers/mallory", { ...BASE, ...proved }), 403, "forbidden");
  await key.put("/admin/issuers/shop", BASE);
  await makeAdmin(server, former);
  server.core.sessions.distrust();
  meanwhile(() => sql`delete from tokens where user_id = ${former.id}`);
  expectRefusal(await former.delete("/admin/issuers/shop", proved), 401, "unauthorized");
  expect(db.transaction).toBe(begin);
  const { data } = (await key.get("/admin/issuers")).body;
  expect(data.map(({ name }: Json) => name)).toEqual(["fixed", "shop"]);
});

test("secrets are shown nowhere and stored encrypted, survive a change of JWT_SECRET, and are of no use without it", async () => {
  const database = await newDatabase();
  const [former, present] = ["f".repeat(32), "p".repeat(32)];
  const first = await startServer({ jwtSecret: former }, database.target);
  const user = await first.newUser();
  await makeAdmin(first, user);
  const put = await (await withKey(first, user, ["admin"])).put("/admin/issuers/shop", BASE);
  const { body } = await (await withKey(first, user, ["admin"])).get("/admin/issuers");
  expect(JSON.stringify([put.body, body])).not.toContain(SECRET);
  expect(JSON.stringify(await first.core.sql`select * from token_issuers`)).not.toContain(SECRET);
  await first.close();
  for (const settings of [{ jwtSecret: present, jwtSecretPrevious: former }, { jwtSecret: present }]) {
    const next = await startServer(settings, database.target);
    expect(await statusOf(await tokenOf(newSubject()), next)).toBe(200);
    await next.close();
  }
  const without = await startServer({ jwtSecret: "w".repeat(32) }, database.target);
  expect(await statusOf(await tokenOf(newSubject()), without)).toBe(401);
  await without.close();
  await database.drop();
});

test("a token that comes while its issuer is deleted gets no session that outlives it", async () => {
  await key.put("/admin/issuers/shop", BASE);
  expect(await statusOf(await tokenOf(newSubject()))).toBe(200);
  const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenOf(newSubject())));
  await Promise.all([
    ...tokens.map((token, index) => statusOf(token, index % 2 ? server : second)),
    key.delete("/admin/issuers/shop"),
  ]);
  for (const token of tokens) expect(await statusOf(token)).toBe(401);
  const [left] = await server.core
    .sql`select count(*)::int as n from tokens where kind = 'issuer' and device = 'Token of shop'`;
  expect(left!.n).toBe(0);
});
