// What a token is worth: forged ones nothing, real ones until their session ends, by whatever ends it.
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { createHmac } from "node:crypto";
import {
  asUser,
  expectInvalid,
  expectRefusal,
  logIn,
  newUser,
  PASSWORD,
  startServer,
  type TestServer,
} from "../support/harness.ts";
import { until } from "../support/patience.ts";

const SECRET = "a secret of the tests, long enough for HS512 and everything else";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ jwtSecret: SECRET });
});
afterAll(() => server.close());

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());

function sign(header: object, claims: object, secret = SECRET, hash = "sha256") {
  const content = `${encode(header)}.${encode(claims)}`;
  return `${content}.${createHmac(hash, secret).update(content).digest("base64url")}`;
}

const HS256 = { alg: "HS256", typ: "JWT" };
const without = (claims: object, name: string) =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
const statusOf = async (token: string) => (await asUser(server.url, token).get("/me")).status;

describe("a forged token", () => {
  test("is told from a real one by what the next tests change: signed anew unchanged, it is taken", async () => {
    const { token } = await server.newUser();
    expect(await statusOf(sign(HS256, claimsOf(token)))).toBe(200);
  });

  type Claims = Record<string, unknown>;
  const attacks: [string, (claims: Claims, token: string) => string][] = [
    ["says that it needs no signature", (claims) => `${encode({ alg: "none" })}.${encode(claims)}.`],
    ["says so in other capitals", (claims) => `${encode({ alg: "NoNe" })}.${encode(claims)}.`],
    [
      "says so and keeps the signature",
      (claims, token) => `${encode({ alg: "none" })}.${encode(claims)}.${token.split(".")[2]}`,
    ],
    ["has no signature", (_claims, token) => `${token.split(".").slice(0, 2).join(".")}.`],
    ["is signed with HS512 and the same secret", (claims) => sign({ alg: "HS512" }, claims, SECRET, "sha512")],
    ["is signed with HS384 and the same secret", (claims) => sign({ alg: "HS384" }, claims, SECRET, "sha384")],
    ["is signed with another secret", (claims) => sign(HS256, claims, "x".repeat(64))],
    ["is signed with an empty secret", (claims) => sign(HS256, claims, "")],
    ["brings its own key", (claims) => sign({ ...HS256, jwk: { kty: "oct", k: "eHh4" } }, claims, "xxx")],
    [
      "is for another user under the old signature",
      (claims, token) => {
        const [header, , signature] = token.split(".");
        return `${header}.${encode({ ...claims, sub: "1" })}.${signature}`;
      },
    ],
    ["has a changed signature", (_claims, token) => token.slice(0, -4) + (token.endsWith("AAAA") ? "BBBB" : "AAAA")],
    ["never expires", (claims) => sign(HS256, without(claims, "exp"))],
    ["has expired", (claims) => sign(HS256, { ...claims, exp: Math.floor(Date.now() / 1000) - 1 })],
    ["expires at a text", (claims) => sign(HS256, { ...claims, exp: "never" })],
    ["is not valid yet", (claims) => sign(HS256, { ...claims, nbf: Math.floor(Date.now() / 1000) + 600 })],
    ["names no session", (claims) => sign(HS256, without(claims, "jti"))],
    ["names a session that never was", (claims) => sign(HS256, { ...claims, jti: "AAAAAAAAAAAAAAAAAAAAAA" })],
    ["names a session by a list", (claims) => sign(HS256, { ...claims, jti: [claims.jti] })],
    ["names no user", (claims) => sign(HS256, without(claims, "sub"))],
    ["comes from another issuer", (claims) => sign(HS256, { ...claims, iss: "someone-else" })],
    ["is meant for another audience", (claims) => sign(HS256, { ...claims, aud: "someone-else" })],
    ["demands an unknown extension", (claims) => sign({ ...HS256, crit: ["x"], x: 1 }, claims)],
    ["has claims that are no JSON", (_claims, token) => `${token.split(".")[0]}.e30x.${token.split(".")[2]}`],
    ["is no token at all", () => "abc"],
    ["is three dots", () => "..."],
    ["is very long", () => `${"a".repeat(6000)}.b.c`],
  ];
  test.each(attacks)("is refused when it %s", async (_what, forge) => {
    const { token } = await server.newUser();
    const answer = await asUser(server.url, forge(claimsOf(token), token)).get("/me");
    expectRefusal(answer, 401, "unauthorized");
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  });
});

describe("a token", () => {
  test.each([
    ["Bearer", 200],
    ["bearer", 200],
    ["BEARER  ", 200],
    ["Basic", 401],
    ["", 401],
    ["Bearer Bearer", 401],
  ])("after %p answers %i", async (scheme, status) => {
    const { token } = await server.newUser();
    const answer = await server.call("GET", "/me", undefined, { authorization: `${scheme} ${token}` });
    expect(answer.status).toBe(status);
  });

  test("is taken from the header only: an address ends up in logs and histories", async () => {
    const { token } = await server.newUser();
    expectRefusal(await server.call("GET", `/me?token=${token}`), 401, "unauthorized");
    expectRefusal(await server.call("GET", "/me", undefined, { cookie: `token=${token}` }), 401, "unauthorized");
  });

  test("is stored nowhere: the database knows only the hash of its id", async () => {
    const { token, id } = await server.newUser();
    const rows = await server.core.sql`select row_to_json(t)::text as row from tokens t where user_id = ${id}`;
    expect(rows).toHaveLength(1);
    const { jti } = claimsOf(token);
    for (const secret of [token, token.split(".")[2]!, jti]) expect(rows[0]!.row).not.toContain(secret);
  });

  test("is refused once its session is deleted or has expired in the database", async () => {
    for (const end of ["delete from tokens", "update tokens set expires_at = now() - interval '1 second'"]) {
      const user = await server.newUser();
      await server.core.sql.unsafe(`${end} where user_id = ${user.id}`);
      expectRefusal(await user.get("/me"), 401, "unauthorized");
    }
  });

  test("is refused when its user is banned before it is used", async () => {
    const user = await server.newUser();
    await server.core.sql`update users set banned_at = now() where id = ${user.id}`;
    expectRefusal(await user.get("/me"), 401, "unauthorized");
  });

  test("runs out by itself at expires_at, also when it is known already", async () => {
    const shortLived = await startServer({ tokenTtl: 2 });
    const user = await shortLived.newUser();
    expect((await user.get("/me")).status).toBe(200);
    await until("it has run out", async () => (await user.get("/me")).status !== 200);
    expectRefusal(await user.get("/me"), 401, "unauthorized");
    await shortLived.close();
  });
});

describe("logging out", () => {
  test("refuses the token at once, and leaves other sessions alone", async () => {
    const user = await server.newUser();
    const other = asUser(server.url, await logIn(server.url, user.username));
    const answer = await user.post("/logout");
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ detail: expect.any(String) });
    expectRefusal(await user.get("/me"), 401, "unauthorized");
    expectRefusal(await user.post("/logout"), 401, "unauthorized");
    expect((await other.get("/me")).status).toBe(200);
  });

  test("is final for calls that are under way with it: none is answered after it was", async () => {
    const user = await server.newUser();
    const answers = await Promise.all([user.post("/logout"), ...Array.from({ length: 20 }, () => user.get("/me"))]);
    expect(answers[0]!.status).toBe(200);
    for (const { status } of answers) expect([200, 401]).toContain(status);
    expectRefusal(await user.get("/me"), 401, "unauthorized");
  });
});

describe("changing the password", () => {
  const NEXT = "EvenStronger456";
  const change = { current_password: PASSWORD, new_password: NEXT };

  test("ends every other session, used or not, and keeps this one", async () => {
    const user = await server.newUser();
    const [used, unused] = await Promise.all([1, 2].map(() => logIn(server.url, user.username)));
    expect(await statusOf(used!)).toBe(200);
    const answer = await user.put("/me/password", change);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ detail: expect.any(String) });
    expect(await Promise.all([used!, unused!].map(statusOf))).toEqual([401, 401]);
    expect((await user.get("/me")).status).toBe(200);
  });

  test("makes the new password the only one", async () => {
    const user = await server.newUser();
    expect((await user.put("/me/password", change)).status).toBe(200);
    expect((await server.call("POST", "/login", { username: user.username, password: NEXT })).status).toBe(200);
    const old = await server.call("POST", "/login", { username: user.username, password: PASSWORD });
    expectRefusal(old, 401, "bad_credentials");
  });

  test("leaves no session that was begun with the old password meanwhile", async () => {
    // With real hashes the change takes long enough for log-ins to come in between its steps.
    const user = await newUser(server.url);
    let changed = false;
    const changing = user.put("/me/password", change).finally(() => {
      changed = true;
    });
    const tokens: string[] = [];
    while (!changed) {
      const { body } = await server.call("POST", "/login", { username: user.username, password: PASSWORD });
      if (body.access_token) tokens.push(body.access_token);
    }
    expect((await changing).status).toBe(200);
    for (const token of tokens) expect(await statusOf(token)).toBe(401);
  });

  test("that is just being stored holds up a log-in with the old password, and then refuses it", async () => {
    const user = await server.newUser();
    const { sql } = server.core;
    let login: ReturnType<typeof server.call> | undefined;
    await sql.begin(async (change) => {
      await change`update users set password_hash = 'another' where id = ${user.id}`;
      const begun = spyOn(server.core.db, "transaction");
      login = server.call("POST", "/login", { username: user.username, password: PASSWORD });
      while (begun.mock.calls.length === 0) await Bun.sleep(5);
      begun.mockRestore();
    });
    expectRefusal(await login!, 401, "bad_credentials");
  });

  test("needs the present one, and changes nothing without it", async () => {
    const user = await server.newUser();
    const answer = await user.put("/me/password", { ...change, current_password: "not the password" });
    expectRefusal(answer, 401, "bad_credentials");
    expect(await logIn(server.url, user.username)).toBeString();
  });

  test("asks of the new one what registering asks", async () => {
    const user = await server.newUser();
    for (const password of ["12345", "x".repeat(129)]) {
      expectInvalid(await user.put("/me/password", { ...change, new_password: password }), "new_password");
    }
    expectInvalid(await user.put("/me/password", { new_password: NEXT }), "current_password");
  });
});

describe("a session that ends elsewhere", () => {
  test.each([
    ["its user is banned", (id: number) => server.core.sql`update users set banned_at = now() where id = ${id}`],
    ["another process ends it", (id: number) => server.core.sql`delete from tokens where user_id = ${id}`],
  ])("loses its sockets when %s, and no other does", async (_what, end) => {
    const [gone, stays] = [await server.newUser(), await server.newUser()];
    const [g, s] = await Promise.all([server.connect(gone, "/ws"), server.connect(stays, "/ws")]);
    await Promise.all([g.ready(), s.ready()]);
    const open = await server.core.sql<{ id: number }[]>`
      select id from tokens where user_id in (${gone.id}, ${stays.id})`;
    await end(gone.id);
    await server.core.sessions.recheck(open.map(({ id }) => id));
    expect(await g.closed).toEqual({ code: 1008, reason: "unauthorized" });
    await s.ready();
  });
});

test("a new password and the end of the other sessions are one: if the one can't be stored, neither is", async () => {
  const user = await server.newUser();
  const path = "/me/password";
  await server.core.sql.unsafe(`
    create function refuse_end() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
    create trigger refuse_end before delete on tokens for each row when (old.user_id = ${user.id}) execute function refuse_end()`);
  try {
    const other = await server.call("POST", "/login", { username: user.username, password: PASSWORD });
    expect(other.status).toBe(200);
    expect((await user.put(path, { current_password: PASSWORD, new_password: "AnotherPassword1" })).status).toBe(500);
    const again = await server.call("POST", "/login", { username: user.username, password: PASSWORD });
    expect(again.status).toBe(200);
  } finally {
    await server.core.sql.unsafe("drop trigger refuse_end on tokens; drop function refuse_end");
  }
});
