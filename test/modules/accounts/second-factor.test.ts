// Codes of an authenticator app beside the password, and recovery codes: turned on, asked for, used up, limited, turned off.
import { afterAll, afterEach, beforeAll, describe, expect, setSystemTime, test } from "bun:test";
import { generate } from "otplib";
import { readDocument } from "../../docs/document.ts";
import {
  call,
  expectInvalid,
  expectRefusal,
  MOMENT,
  PASSWORD,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";
import { Mailbox } from "../../support/mailbox.ts";

let mailbox: Mailbox;
let server: TestServer;
beforeAll(async () => {
  mailbox = await Mailbox.open();
  // Behind a proxy, so that each test can come from an address of its own.
  server = await startServer({
    rateLimits: true,
    trustProxy: 1,
    smtpUrl: mailbox.url,
    publicUrl: "https://chat.example.org",
  });
});
afterAll(async () => {
  await server.close();
  await mailbox.close();
});

afterEach(() => void setSystemTime());

const STEP_S = 30;
const proof = { current_password: PASSWORD };
const emailOf = ({ username }: User) => `${username}@example.com`;

let networks = 0;
const newAddress = () => `203.0.113.${++networks}`;

const logIn = (user: User, more: object = {}, from = newAddress(), at = server) =>
  call(at.url, "POST", "/login", { username: user.username, password: PASSWORD, ...more }, { "x-forwarded-for": from });

/** The code of `steps` steps from now. */
const codeOf = (secret: string, steps = 0) =>
  generate({ secret, epoch: Math.floor(Date.now() / 1000) + steps * STEP_S });

/** As if the codes that were used had been used long ago, so that no test has to wait for the next one. */
const forgetSteps = ({ id }: User) => server.core.sql`update totp set last_step = null where user_id = ${id}`;

/** Somebody with a second factor. */
async function enrolled(): Promise<{ user: User; secret: string; codes: string[] }> {
  const user = await server.newUser();
  const { secret } = (await user.post("/me/totp", proof)).body.data;
  const confirmed = await user.post("/me/totp/confirm", { code: await codeOf(secret) });
  expect(confirmed.status).toBe(200);
  expect((await mailbox.next(emailOf(user))).subject).toBe("Two-step log-in was turned on");
  await forgetSteps(user);
  return { user, secret, codes: confirmed.body.data.recovery_codes };
}

const factorsOf = async (user: User) => (await user.get("/me/factors")).body.data;

describe("turning it on", () => {
  test("takes the password, and counts for nothing until a code has proved the secret", async () => {
    const user = await server.newUser();
    expect(await factorsOf(user)).toMatchObject({ has_password: true, recovery_codes: 0 });
    expectInvalid(await user.post("/me/totp", {}), "current_password");
    expectRefusal(await user.post("/me/totp", { current_password: "wrong" }), 401, "bad_credentials");
    const { secret, uri } = (await user.post("/me/totp", proof)).body.data;
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const address = new URL(uri);
    expect([address.protocol, address.host]).toEqual(["otpauth:", "totp"]);
    expect(decodeURIComponent(address.pathname)).toBe(`/chat.example.org:${user.username}`);
    expect(address.searchParams.get("secret")).toBe(secret);
    expectRefusal(await user.post("/me/totp/confirm", { code: "000000" }), 401, "bad_credentials");
    for (const code of ["../../etc/passwd", "12345", "٠٠٠٠٠٠", "hello", ""])
      expect([code, (await user.post("/me/totp/confirm", { code })).status]).toEqual([code, 401]);
    expect((await factorsOf(user)).totp_enabled_at).toBeUndefined();
    expect((await logIn(user)).status).toBe(200);
    const { recovery_codes } = (await user.post("/me/totp/confirm", { code: await codeOf(secret) })).body.data;
    expect(new Set(recovery_codes).size).toBe(10);
    expect(await factorsOf(user)).toMatchObject({ totp_enabled_at: expect.stringMatching(MOMENT), recovery_codes: 10 });
    expectRefusal(await logIn(user), 401, "second_factor");
    expect((await mailbox.next(emailOf(user))).subject).toBe("Two-step log-in was turned on");
  });

  test("starts anew with another secret until it is confirmed, and then no more", async () => {
    const user = await server.newUser();
    const first = (await user.post("/me/totp", proof)).body.data.secret;
    const second = (await user.post("/me/totp", proof)).body.data.secret;
    expectRefusal(await user.post("/me/totp/confirm", { code: await codeOf(first) }), 401, "bad_credentials");
    const code = await codeOf(second);
    const answers = await Promise.all([
      user.post("/me/totp/confirm", { code }),
      user.post("/me/totp/confirm", { code }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    expectRefusal(await user.post("/me/totp", proof), 401, "second_factor");
    await forgetSteps(user);
    expectRefusal(await user.post("/me/totp", { ...proof, code: await codeOf(second) }), 409, "already_enabled");
    await mailbox.next(emailOf(user));
  });

  test("is over an hour after it was started", async () => {
    const user = await server.newUser();
    const { secret } = (await user.post("/me/totp", proof)).body.data;
    await server.core.sql`update totp set created_at = created_at - interval '1 hour' where user_id = ${user.id}`;
    expectRefusal(await user.post("/me/totp/confirm", { code: await codeOf(secret) }), 404, "not_found");
  });

  test("is not for an account without a password, which no log-in asks for one", async () => {
    const user = await server.newUser();
    await server.core.sql`update users set password_hash = null where id = ${user.id}`;
    expectRefusal(await user.post("/me/totp", {}), 403, "forbidden");
    expect(await factorsOf(user)).toMatchObject({ has_password: false });
  });

  test("stores neither the secret nor the recovery codes in the clear", async () => {
    const { user, secret, codes } = await enrolled();
    const rows = await server.core.sql`
      select row_to_json(t)::text as row from totp t where user_id = ${user.id}
      union all select row_to_json(c)::text from recovery_codes c where user_id = ${user.id}`;
    expect(rows).toHaveLength(11);
    const stored = rows.map(({ row }) => row).join();
    for (const text of [secret, ...codes, ...codes.map((code) => code.replaceAll("-", ""))])
      expect(stored).not.toContain(text);
  });

  test("shows nobody else whether it is on", async () => {
    const { user } = await enrolled();
    const other = await server.newUser();
    expectRefusal(await server.call("GET", "/me/factors"), 401, "unauthorized");
    expect((await factorsOf(other)).totp_enabled_at).toBeUndefined();
    const seen = JSON.stringify((await other.get(`/users/${user.id}`)).body);
    expect(seen).not.toMatch(/totp|factor|recovery/);
  });
});

describe("logging in", () => {
  test("takes a code besides the right password; a wrong password says nothing of a second factor", async () => {
    const { user, secret } = await enrolled();
    expectRefusal(await logIn(user, { password: "wrong" }), 401, "bad_credentials");
    expectRefusal(await logIn(user, { password: "wrong", code: await codeOf(secret) }), 401, "bad_credentials");
    expectRefusal(await logIn(user, { code: "not a code" }), 401, "bad_credentials");
    const code = await codeOf(secret);
    const { status, body } = await logIn(user, { code: `${code.slice(0, 3)} ${code.slice(3)}` });
    expect([status, Object.keys(body).sort()]).toEqual([
      200,
      ["access_token", "device_token", "expires_at", "token_type"],
    ]);
  });

  test("ignores a code where there is no second factor", async () => {
    expect((await logIn(await server.newUser(), { code: "123456" })).status).toBe(200);
  });

  test("takes the code of the step before and after, and none farther away", async () => {
    const { user, secret } = await enrolled();
    setSystemTime(new Date());
    for (const [steps, status] of [
      [-2, 401],
      [2, 401],
      [-1, 200],
      [1, 200],
    ] as const) {
      expect([steps, (await logIn(user, { code: await codeOf(secret, steps) })).status]).toEqual([steps, status]);
      await forgetSteps(user);
    }
  });

  test("takes a code once, also when two servers are sent it at the same time, and none from before it", async () => {
    const { user, secret } = await enrolled();
    const second = await startServer({ trustProxy: 1 }, server.target);
    const code = await codeOf(secret);
    const answers = await Promise.all([
      ...[1, 2, 3].map(() => logIn(user, { code })),
      ...[1, 2, 3].map(() => logIn(user, { code }, newAddress(), second)),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401, 401, 401]);
    expectRefusal(await logIn(user, { code: await codeOf(secret, -1) }), 401, "bad_credentials");
    await second.close();
  });

  test("takes a recovery code once in place of it, however it is typed, and the owner is told", async () => {
    const { user, codes } = await enrolled();
    const code = codes[0]!.replaceAll("-", " ").toUpperCase();
    const answers = await Promise.all([logIn(user, { code }), logIn(user, { code })]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401]);
    const mail = await mailbox.next(emailOf(user));
    expect(mail.subject).toBe("A recovery code was used");
    expect(mail.text).toContain("9 are left");
    expect(await factorsOf(user)).toMatchObject({ recovery_codes: 9 });
    const other = await enrolled();
    expectRefusal(await logIn(other.user, { code: codes[1]! }), 401, "bad_credentials");
  });

  test("counts wrong codes like wrong passwords, and no password alone forgives them", async () => {
    const { user, secret } = await enrolled();
    const from = newAddress();
    for (let i = 0; i < 9; i++) expectRefusal(await logIn(user, { code: "000000" }, from), 401, "bad_credentials");
    // The right password alone is neither a failure nor a success.
    expectRefusal(await logIn(user, {}, from), 401, "second_factor");
    expectRefusal(await logIn(user, { code: "000000" }, from), 401, "bad_credentials");
    expectRefusal(await logIn(user, { code: await codeOf(secret) }, from), 429, "slow_down");
    // From elsewhere the owner still gets in, and on a known device from there too.
    const { device_token } = (await logIn(user, { code: await codeOf(secret) })).body;
    await forgetSteps(user);
    expect((await logIn(user, { code: await codeOf(secret), device_token }, from)).status).toBe(200);
  });

  test("goes on with the second factor after the password was reset by mail", async () => {
    const { user, secret } = await enrolled();
    await server.call("POST", "/password/forgot", { email: emailOf(user) });
    const { token } = await mailbox.next(emailOf(user));
    expect((await server.call("POST", "/password/reset", { token, new_password: "AnotherPassword1" })).status).toBe(
      200,
    );
    expectRefusal(await logIn(user, { password: "AnotherPassword1" }), 401, "second_factor");
    const { status } = await logIn(user, { password: "AnotherPassword1", code: await codeOf(secret) });
    expect(status).toBe(200);
    await mailbox.next(emailOf(user));
  });
});

describe("what asks for the owner", () => {
  test("is every call that takes the present password, and takes a code", async () => {
    const { operations } = await readDocument(server);
    const bodies = operations.map(({ name, operation }) => ({
      name,
      fields: Object.keys(operation.requestBody?.content["application/json"]?.schema.properties ?? {}),
    }));
    const asking = bodies.filter(({ fields }) => fields.includes("current_password"));
    expect(asking.length).toBeGreaterThan(4);
    for (const { name, fields } of asking) expect([name, fields]).toEqual([name, expect.arrayContaining(["code"])]);
  });

  test("takes the password and a code: changing the password, the address, the recovery codes, and turning it off", async () => {
    const { user, secret, codes } = await enrolled();
    const calls = {
      password: (body: object) => user.put("/me/password", { new_password: PASSWORD, ...body }),
      email: (body: object) => user.put("/me/email", { email: `new.${emailOf(user)}`, ...body }),
      recoveryCodes: (body: object) => user.post("/me/recovery-codes", body),
      off: (body: object) => user.delete("/me/totp", body),
    };
    for (const [name, ask] of Object.entries(calls)) {
      expect([name, (await ask({ code: codes[9]! })).body.code]).toEqual([name, "invalid"]);
      expect([name, (await ask({ ...proof, code: "000000" })).body.code]).toEqual([name, "bad_credentials"]);
      expect([name, (await ask(proof)).body.code]).toEqual([name, "second_factor"]);
    }
    await forgetSteps(user);
    const replaced = await calls.recoveryCodes({ ...proof, code: await codeOf(secret) });
    expect(replaced.body.data.recovery_codes).toHaveLength(10);
    expect((await mailbox.next(emailOf(user))).subject).toBe("Your recovery codes were replaced");
    expectRefusal(await logIn(user, { code: codes[0]! }), 401, "bad_credentials");
    expectRefusal(await calls.off({ ...proof, code: await codeOf(secret) }), 401, "bad_credentials");
    await forgetSteps(user);
    expect((await calls.off({ ...proof, code: await codeOf(secret) })).status).toBe(200);
    expect((await mailbox.next(emailOf(user))).subject).toBe("Two-step log-in was turned off");
    expect(await factorsOf(user)).toEqual(expect.objectContaining({ has_password: true, recovery_codes: 0 }));
    expect((await logIn(user)).status).toBe(200);
    expectRefusal(await calls.off(proof), 404, "not_found");
    expectRefusal(await calls.recoveryCodes(proof), 404, "not_found");
  });

  test("lets nobody guess codes in a session", async () => {
    const { user, secret } = await enrolled();
    for (let i = 0; i < 10; i++)
      expectRefusal(await user.delete("/me/totp", { ...proof, code: "000000" }), 401, "bad_credentials");
    expectRefusal(await user.delete("/me/totp", { ...proof, code: await codeOf(secret) }), 429, "slow_down");
  });
});

describe("another JWT_SECRET", () => {
  const [before, after] = ["a".repeat(32), "b".repeat(32)];

  test("opens the secrets that the one before has encrypted, and encrypts them anew at the start", async () => {
    const first = await startServer({ jwtSecret: before, trustProxy: 1 });
    const user = await first.newUser();
    const { secret } = (await user.post("/me/totp", proof)).body.data;
    await user.post("/me/totp/confirm", { code: await codeOf(secret) });
    const rotated = await startServer({ jwtSecret: after, jwtSecretPrevious: before }, first.target);
    await rotated.close();
    // The former one is gone for good.
    const last = await startServer({ jwtSecret: after, trustProxy: 1 }, first.target);
    await last.core.sql`update totp set last_step = null`;
    expect((await logIn(user, { code: await codeOf(secret) }, newAddress(), last)).status).toBe(200);
    await last.close();
    await first.close();
  });

  test("without the one before leaves the recovery codes", async () => {
    const first = await startServer({ jwtSecret: before, trustProxy: 1 });
    const user = await first.newUser();
    const { secret } = (await user.post("/me/totp", proof)).body.data;
    const { recovery_codes } = (await user.post("/me/totp/confirm", { code: await codeOf(secret) })).body.data;
    const last = await startServer({ jwtSecret: after, trustProxy: 1, logLevel: "silent" }, first.target);
    await last.core.sql`update totp set last_step = null`;
    expectRefusal(await logIn(user, { code: await codeOf(secret) }, newAddress(), last), 401, "bad_credentials");
    expect((await logIn(user, { code: recovery_codes[0] }, newAddress(), last)).status).toBe(200);
    await last.close();
    await first.close();
  });
});

test("codes are guessed twenty times an hour, from however many networks; recovery codes go on", async () => {
  const { user, secret, codes } = await enrolled();
  for (let guess = 0; guess < 20; guess++) {
    const answer = await logIn(user, { code: "000000" });
    expectRefusal(answer, 401, "bad_credentials");
  }
  expectRefusal(await logIn(user, { code: await codeOf(secret) }), 429, "slow_down");
  expectRefusal(await logIn(user), 401, "second_factor");
  expect((await logIn(user, { code: codes[0] })).status).toBe(200);
});
