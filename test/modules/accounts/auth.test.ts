// Making an account and logging in to it. What a session is worth afterwards is in sessions.test.ts.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { ARGON2 } from "../../../src/modules/accounts/hash-jobs.ts";
import { hashing } from "../../../src/modules/accounts/passwords.ts";
import { CHEAP } from "../../support/cheap-hashing.ts";
import {
  call,
  expectInvalid,
  expectRefusal,
  MOMENT,
  PASSWORD,
  startServer,
  type TestServer,
} from "../../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const FORM = { "content-type": "application/x-www-form-urlencoded" };

const register = (username: unknown, more: object = {}) =>
  server.call("POST", "/register", {
    username,
    email: `${crypto.randomUUID()}@example.com`,
    password: PASSWORD,
    ...more,
  });
/** Processor time of the threads that hash, which are those of the lowest priority (`man proc_pid_stat`). */
async function hashingTime() {
  const threads = await readdir("/proc/self/task");
  const stats = await Promise.all(threads.map((id) => Bun.file(`/proc/self/task/${id}/stat`).text()));
  const fields = stats.map((stat) =>
    stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number),
  );
  return fields.reduce((sum, field) => (field[16] === 19 ? sum + field[11]! + field[12]! : sum), 0);
}

const logInWith = (username: string, password: string) => server.call("POST", "/login", { username, password });

describe("registering", () => {
  test("answers 201 with the account, and with nothing of the password", async () => {
    const answer = await register("Ayse", { email: "Ayse@Example.com" });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      user: {
        id: expect.any(Number),
        username: "Ayse",
        email: "Ayse@Example.com",
        created_at: expect.stringMatching(MOMENT),
      },
    });
  });

  test("gives no session: the way in is to log in", async () => {
    const { headers, body } = await register("nosession");
    expect(headers.get("set-cookie")).toBeNull();
    expect(JSON.stringify(body)).not.toContain("token");
  });

  test.each([
    ["of two characters", "ab"],
    ["of two letters with accents written apart", "e\u0301e\u0301"],
    ["of two letters that take two code units each", "𠀀𠀀"],
    ["of 51 characters", "a".repeat(51)],
    ["that is empty", ""],
    ["of digits only", "12345"],
    ["of digits of another script only", "١٢٣٤٥"],
    ["with an @", "ali@home"],
    ["with a space", "ali veli"],
    ["with a space at the end", "ali "],
    ["with an invisible character", "ali\u200b"],
    ["with a right-to-left override", "ali\u202egnp"],
    ["with a line break", "ali\nveli"],
    ["with a slash", "ali/veli"],
    ["that starts with a sign", "-ali"],
    ["that is a number", 12345],
    ["that is null", null],
    ["that is a list", ["ali"]],
  ])("refuses a username %s", async (_what, username) => {
    expectInvalid(await register(username), "username");
  });

  test.each(["abc", "a".repeat(50), "jean-luc.picard_2", "Ömer", "李小龙", "1234a", "२राम"])(
    "takes the username %s",
    async (username) => {
      const answer = await register(username);
      expect(answer.status).toBe(201);
      expect(answer.body.user.username).toBe(username);
    },
  );

  test.each([
    ["without an @", "nobody"],
    ["without a domain", "a@b"],
    ["with a space", "a b@example.com"],
    ["with two @", "a@b@example.com"],
    ["that is too long", `${"a".repeat(250)}@b.com`],
    ["that is empty", ""],
    ["that is no text", 7],
  ])("refuses an e-mail address %s", async (_what, email) => {
    expectInvalid(await register("mailer", { email }), "email");
  });

  test.each([
    ["of 5 characters", "12345"],
    ["of 129 characters", "x".repeat(129)],
    ["that is empty", ""],
    ["that is a number", 12345678],
  ])("refuses a password %s", async (_what, password) => {
    expectInvalid(await register("passer", { password }), "password");
  });

  test("takes passwords of 6 and of 128 characters, and they open the account", async () => {
    for (const password of ["ab cd6", "ü".repeat(128)]) {
      const username = `bounds${password.length}`;
      expect((await register(username, { password })).status).toBe(201);
      expect((await logInWith(username, password)).status).toBe(200);
    }
  });

  test.each([
    ["missing", {}],
    ["empty", { username: "", email: "", password: "" }],
    ["wrong", { username: "ab", email: "nobody", password: "12345" }],
  ])("names every field that is %s", async (_what, body) => {
    const answer = await server.call("POST", "/register", body);
    for (const field of ["username", "email", "password"]) expectInvalid(answer, field);
  });

  test.each([
    ["in capitals", "Twin", "tWIN"],
    ["in full-width letters", "wide", "ｗｉｄｅ"],
    ["with its accent written apart", "renée", "rene\u0301e"],
  ])("refuses a username that is taken, also %s", async (_what, first, second) => {
    expect((await register(first)).status).toBe(201);
    expectRefusal(await register(second), 409, "username_taken");
  });

  test("refuses an e-mail address that is taken, also in capitals", async () => {
    expect((await register("mail_one", { email: "same@example.com" })).status).toBe(201);
    expectRefusal(await register("mail_two", { email: "SAME@Example.COM" }), 409, "email_taken");
  });

  test("lets one of ten win who want the same name at once", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => register(i % 2 ? "wanted" : "WANTED")));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) expectRefusal(answer, 409, "username_taken");
  });
});

describe("logging in", () => {
  test("answers a form in the seed's shape, with the end of the session besides", async () => {
    const user = await server.newUser();
    const answer = await server.call("POST", "/login", `username=${user.username}&password=${PASSWORD}`, FORM);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: "bearer",
      expires_at: expect.stringMatching(MOMENT),
      device_token: expect.stringMatching(/^[\w-]+\.[\w-]+$/),
    });
    const days = (Date.parse(answer.body.expires_at) - Date.now()) / 86_400_000;
    expect(days).toBeWithin(29.99, 30.01);
  });

  test("takes what OAuth 2 clients send along", async () => {
    const user = await server.newUser();
    const form = new URLSearchParams({
      username: user.username,
      password: PASSWORD,
      grant_type: "password",
      scope: "",
    });
    expect((await server.call("POST", "/login", form.toString(), FORM)).status).toBe(200);
  });

  test.each([
    ["the username", (name: string) => name],
    ["the username in capitals", (name: string) => name.toUpperCase()],
    ["the e-mail address", (name: string) => `${name}@example.com`],
    ["the e-mail address in capitals", (name: string) => `${name}@EXAMPLE.com`.toUpperCase()],
    ["the username with spaces around it", (name: string) => ` ${name} `],
  ])("takes %s, as a form and as JSON", async (_what, write) => {
    const user = await server.newUser();
    const username = write(user.username);
    const form = new URLSearchParams({ username, password: PASSWORD }).toString();
    for (const answer of [await server.call("POST", "/login", form, FORM), await logInWith(username, PASSWORD)]) {
      expect(answer.status).toBe(200);
      const me = await server.call("GET", "/me", undefined, { authorization: `Bearer ${answer.body.access_token}` });
      expect(me.body.data.id).toBe(user.id);
    }
  });

  test("tells an unknown user and a wrong password apart by nothing in the answer", async () => {
    const user = await server.newUser();
    const wrong = await logInWith(user.username, "not the password");
    const unknown = await logInWith("nobody_by_this_name", "not the password");
    const byMail = await logInWith("nobody@example.com", "not the password");
    expectRefusal(wrong, 401, "bad_credentials");
    for (const answer of [unknown, byMail]) {
      expect(answer.status).toBe(wrong.status);
      expect(answer.body).toEqual(wrong.body);
      expect([...answer.headers.keys()]).toEqual([...wrong.headers.keys()]);
    }
  });

  test.if(process.platform === "linux")("works as hard for an unknown user as for a wrong password", async () => {
    hashing.cost = ARGON2;
    expect((await register("timed_user")).status).toBe(201);
    const workFor = async (username: string) => {
      const before = await hashingTime();
      for (let i = 0; i < 8; i++) expectRefusal(await logInWith(username, "not the password"), 401, "bad_credentials");
      return (await hashingTime()) - before;
    };
    // Processor time, which is not the clock's, in hundredths of a second. Without a hash to check one side would take none.
    const ratio = (await workFor("no_such_user")) / (await workFor("timed_user"));
    hashing.cost = CHEAP;
    expect(ratio).toBeWithin(0.5, 2);
  });

  test("tells the banned why and until when, with the right password alone", async () => {
    const user = await server.newUser();
    const ban = (until: string | null, reason: string | null) =>
      server.core
        .sql`update users set banned_at = now(), banned_until = ${until}, ban_reason = ${reason} where id = ${user.id}`;
    await ban("2099-01-13T18:00:00Z", "Advertising");
    const banned = await logInWith(user.username, PASSWORD);
    expect([banned.status, banned.body]).toEqual([
      403,
      {
        code: "account_banned",
        detail: "This account is banned until 2099-01-13 18:00 UTC. Reason: Advertising",
        until: "2099-01-13T18:00:00.000000+00:00",
        reason: "Advertising",
      },
    ]);
    await ban(null, null);
    expect((await logInWith(user.username, PASSWORD)).body).toEqual({
      code: "account_banned",
      detail: "This account is banned.",
    });
    const wrong = expectRefusal(await logInWith(user.username, "wrong"), 401, "bad_credentials");
    expect(wrong).toEqual((await logInWith("no_such_user_here", "wrong")).body);
  });

  test("does not take the hash of a password, or a password in other capitals", async () => {
    const user = await server.newUser();
    const [row] = await server.core.sql`select password_hash from users where id = ${user.id}`;
    for (const password of [row!.password_hash, PASSWORD.toUpperCase(), `${PASSWORD} `]) {
      expectRefusal(await logInWith(user.username, password), 401, "bad_credentials");
    }
  });

  test("names what is missing or no text", async () => {
    for (const body of [{}, { username: "ali" }, { username: "ali", password: 123456 }]) {
      expectInvalid(await server.call("POST", "/login", body), "password");
    }
    expectInvalid(await server.call("POST", "/login", `password=${PASSWORD}`, FORM), "username");
  });

  test("refuses a form that gives a field twice, rather than picking one", async () => {
    const user = await server.newUser();
    const form = `username=${user.username}&password=wrong1&password=${PASSWORD}`;
    expectRefusal(await server.call("POST", "/login", form, FORM), 400, "bad_request");
  });

  test("makes a session of its own each time", async () => {
    const user = await server.newUser();
    const tokens = await Promise.all(
      [1, 2, 3].map(async () => (await logInWith(user.username, PASSWORD)).body.access_token),
    );
    expect(new Set(tokens).size).toBe(3);
    const [stored] = await server.core.sql`select count(*)::int as sessions from tokens where user_id = ${user.id}`;
    expect(stored!.sessions).toBe(4);
  });

  test("takes any User-Agent a client sends", async () => {
    const user = await server.newUser();
    for (const agent of ["", "x".repeat(5000), "tést\xff"]) {
      const body = { username: user.username, password: PASSWORD };
      expect((await call(server.url, "POST", "/login", body, { "user-agent": agent })).status).toBe(200);
    }
  });
});
