// What is done by mail: a new password without the old one, and an address that is proved or changed. On a real SMTP server.
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import {
  asUser,
  expectRefusal,
  type Json,
  logIn,
  newName,
  PASSWORD,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";
import { withKey } from "../../support/keys.ts";
import { Mailbox } from "../../support/mailbox.ts";
import { until } from "../../support/patience.ts";

let mailbox: Mailbox;
let server: TestServer;
beforeAll(async () => {
  mailbox = await Mailbox.open();
  server = await startServer({
    smtpUrl: mailbox.url,
    mailFrom: "Chat <chat@example.org>",
    publicUrl: "https://chat.example.org",
  });
});
afterAll(async () => {
  await server.close();
  await mailbox.close();
});

const NEW = "AnotherPassword1";

/** Somebody who has registered, so that they have a password. */
async function newAccount(): Promise<User & { email: string }> {
  const user = await server.newUser();
  return { ...user, email: (await user.get("/me")).body.data.email };
}

const forgot = (email: string) => server.call("POST", "/password/forgot", { email });
const reset = (token: string, new_password = NEW) => server.call("POST", "/password/reset", { token, new_password });
const logInAs = (username: string, password: string) => server.call("POST", "/login", { username, password });

async function linkFor(email: string): Promise<string> {
  expect((await forgot(email)).status).toBe(202);
  return (await mailbox.next(email)).token!;
}

describe("a forgotten password", () => {
  test("is replaced by a link that is mailed; every session ends, and the owner is told", async () => {
    const user = await newAccount();
    const socket = await server.connect(user, "/ws");
    await socket.ready();
    await forgot(user.email);
    const mail = await mailbox.next(user.email);
    expect(mail).toMatchObject({ from: "chat@example.org", subject: "Reset your password" });
    expect(mail.text).toContain(`https://chat.example.org/#/reset/${mail.token}`);
    expect(mail.raw).toContain("Auto-Submitted: auto-generated");
    expect((await reset(mail.token!)).status).toBe(200);
    expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    expectRefusal(await user.get("/me"), 401, "unauthorized");
    expectRefusal(await logInAs(user.username, PASSWORD), 401, "bad_credentials");
    const { body } = await logInAs(user.username, NEW);
    expect((await mailbox.next(user.email)).subject).toBe("Your password was changed");
    // Following the link has proved the address.
    const { data } = (await asUser(server.url, body.access_token).get("/me")).body;
    expect(data.email_verified_at).toBeString();
  });

  test("leaves passkeys, linked accounts and bots as they are, unless all is to be revoked", async () => {
    const user = await newAccount();
    const { sql } = server.core;
    await sql`update users set email_verified_at = now() where id = ${user.id}`;
    await sql`insert into passkeys (user_id, credential_id, public_key, counter, transports, name, is_synced)
      values (${user.id}, ${crypto.randomUUID()}, 'k', 0, '{}', 'Phone', true)`;
    await sql`insert into identities (issuer, subject, user_id)
      values ('https://id.example.org', ${user.username}, ${user.id}), ('acme', ${user.username}, ${user.id})`;
    const bot = (await user.post("/bots", { username: newName() })).body.data;
    const [own, bots] = await Promise.all(
      [user, { id: bot.id, username: bot.username }].map((one) => withKey(server, one, ["read"])),
    );
    const socket = await server.connect(bots!, "/ws");
    await socket.ready();
    const left = async () => {
      const [row] = await sql<Json[]>`
        select (select count(*)::int from passkeys where user_id = ${user.id}) as passkeys,
          (select array_agg(issuer order by issuer) from identities where user_id = ${user.id}) as issuers`;
      return row!;
    };

    expect((await reset(await linkFor(user.email))).status).toBe(200);
    await mailbox.next(user.email);
    expectRefusal(await own!.get("/me"), 401, "unauthorized");
    expect((await bots!.get("/me")).status).toBe(200);
    expect(await left()).toEqual({ passkeys: 1, issuers: ["acme", "https://id.example.org"] });

    const token = await linkFor(user.email);
    const answer = await server.call("POST", "/password/reset", { token, new_password: PASSWORD, revoke_all: true });
    expect(answer.status).toBe(200);
    expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
    expectRefusal(await bots!.get("/me"), 401, "unauthorized");
    // The operator's own system goes on vouching for whom it knows.
    expect(await left()).toEqual({ passkeys: 0, issuers: ["acme"] });
    expect((await mailbox.next(user.email)).text).toContain("passkeys");
    expect((await logInAs(user.username, PASSWORD)).status).toBe(200);
  });

  test("of an address that was never confirmed revokes all: somebody else may have registered with it", async () => {
    const user = await newAccount();
    const { sql } = server.core;
    await sql`insert into passkeys (user_id, credential_id, public_key, counter, transports, name, is_synced)
      values (${user.id}, ${crypto.randomUUID()}, 'k', 0, '{}', 'Mallory', true)`;
    const left = async () => (await sql`select 1 from passkeys where user_id = ${user.id}`).length;
    expect((await reset(await linkFor(user.email))).status).toBe(200);
    expect(await left()).toBe(0);
    expect((await mailbox.next(user.email)).text).toContain("passkeys");
    // From then on it is.
    await sql`insert into passkeys (user_id, credential_id, public_key, counter, transports, name, is_synced)
      values (${user.id}, ${crypto.randomUUID()}, 'k', 0, '{}', 'Phone', true)`;
    expect((await reset(await linkFor(user.email))).status).toBe(200);
    expect(await left()).toBe(1);
    await mailbox.next(user.email);
  });

  test("is answered alike for an address that nobody has, and no mail is sent", async () => {
    const user = await newAccount();
    const [known, unknown] = [await forgot(user.email), await forgot("nobody.at.all@example.com")];
    expect(unknown).toEqual({ ...known, headers: unknown.headers });
    await mailbox.next(user.email);
    expect(mailbox.mails).toEqual([]);
  });

  test("has a link that is good once, also for two at the same time", async () => {
    const user = await newAccount();
    const token = await linkFor(user.email);
    const answers = await Promise.all([reset(token, "FirstPassword1"), reset(token, "SecondPassword1")]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    expectRefusal(await reset(token), 404, "not_found");
    await mailbox.next(user.email);
  });

  test("has a link that ends with the next one, after an hour, and when the address changes", async () => {
    const user = await newAccount();
    const first = await linkFor(user.email);
    const second = await linkFor(user.email);
    expectRefusal(await reset(first), 404, "not_found");
    await server.core.sql`update mail_tokens set expires_at = now() - interval '1 second' where user_id = ${user.id}`;
    expectRefusal(await reset(second), 404, "not_found");
    const third = await linkFor(user.email);
    const email = `moved.${user.email}`;
    await user.put("/me/email", { email, current_password: PASSWORD });
    expect((await server.call("POST", "/email/verify", { token: (await mailbox.next(email)).token })).status).toBe(200);
    expectRefusal(await reset(third), 404, "not_found");
    expect((await mailbox.next(user.email)).subject).toBe("Your e-mail address was changed");
    expect((await logInAs(user.username, PASSWORD)).status).toBe(200);
  });

  test("asks of the new one what registering asks, and the link stays good", async () => {
    const user = await newAccount();
    const token = await linkFor(user.email);
    expect((await reset(token, "short")).status).toBe(422);
    expect((await reset(token)).status).toBe(200);
    await mailbox.next(user.email);
  });

  test("does not help who is banned, and no other kind of link does", async () => {
    const user = await newAccount();
    await user.post("/me/email/verification");
    const { token } = await mailbox.next(user.email);
    expectRefusal(await reset(token!), 404, "not_found");
    await server.core.sql`update users set banned_at = now() where id = ${user.id}`;
    await forgot(user.email);
    // Another one's is behind it.
    const other = await newAccount();
    await linkFor(other.email);
    expect(mailbox.mails).toEqual([]);
  });

  test("is stored nowhere: the database knows only the hash of what the link holds", async () => {
    const user = await newAccount();
    const token = await linkFor(user.email);
    const rows = await server.core
      .sql`select row_to_json(m)::text as row from mail_tokens m where user_id = ${user.id}`;
    expect(rows).toHaveLength(1);
    expect(rows[0]!.row).not.toContain(token);
  });

  test("brings at most five mails an hour, and one network asks for at most sixty", async () => {
    const limited = await startServer(
      { rateLimits: true, smtpUrl: mailbox.url, publicUrl: "https://x.example" },
      server.target,
    );
    const user = await newAccount();
    const statuses: number[] = [];
    for (let i = 0; i < 61; i++)
      statuses.push(
        (await limited.call("POST", "/password/forgot", { email: i < 7 ? user.email : "n@example.com" })).status,
      );
    expect(statuses.filter((status) => status === 202)).toHaveLength(60);
    expect(statuses.at(-1)).toBe(429);
    // What registrations send counts among them, and their accounts are made all the same.
    const late = { username: "latecomer", email: "latecomer@example.com", password: PASSWORD };
    expect((await limited.call("POST", "/register", late)).status).toBe(201);
    await limited.close();
    for (let i = 0; i < 5; i++) await mailbox.next(user.email);
    expect(mailbox.mails).toEqual([]);
  });
});

describe("an e-mail address", () => {
  test("is confirmed by a link that is mailed to it", async () => {
    const user = await newAccount();
    expect((await user.get("/me")).body.data).not.toHaveProperty("email_verified_at");
    expect((await user.post("/me/email/verification")).status).toBe(202);
    const { token, text } = await mailbox.next(user.email);
    expect(text).toContain(`/#/verify/${token}`);
    const verify = () => server.call("POST", "/email/verify", { token });
    expect((await verify()).status).toBe(200);
    expect((await user.get("/me")).body.data.email_verified_at).toBeString();
    expectRefusal(await verify(), 404, "not_found");
    // There is nothing left to be confirmed.
    expect((await user.post("/me/email/verification")).status).toBe(202);
    expect(mailbox.mails).toEqual([]);
  });

  test("changes when the link to the new one is followed, and not before", async () => {
    const user = await newAccount();
    const email = `New.${user.email}`;
    expect((await user.put("/me/email", { email, current_password: PASSWORD })).status).toBe(202);
    const { token } = await mailbox.next(email);
    expect((await user.get("/me")).body.data.email).toBe(user.email);
    expect((await server.call("POST", "/email/verify", { token })).status).toBe(200);
    expect((await user.get("/me")).body.data).toMatchObject({ email, email_verified_at: expect.any(String) });
    expect((await logInAs(email.toLowerCase(), PASSWORD)).status).toBe(200);
    expectRefusal(await logInAs(user.email, PASSWORD), 401, "bad_credentials");
    expect((await mailbox.next(user.email)).text).toContain(email);
  });

  test("of somebody else can't be taken, at the asking nor at the following", async () => {
    const [user, other] = [await newAccount(), await newAccount()];
    const ask = (email: string) => user.put("/me/email", { email, current_password: PASSWORD });
    expectRefusal(await ask(other.email.toUpperCase()), 409, "email_taken");
    const email = `late.${user.email}`;
    await ask(email);
    const { token } = await mailbox.next(email);
    await server.core.sql`update users set email = ${email}, email_key = ${email} where id = ${other.id}`;
    expectRefusal(await server.call("POST", "/email/verify", { token }), 409, "email_taken");
    expect((await user.get("/me")).body.data.email).toBe(user.email);
  });

  test("changes only with the password", async () => {
    const user = await newAccount();
    const answer = await user.put("/me/email", { email: `x.${user.email}`, current_password: "WrongPassword1" });
    expectRefusal(answer, 401, "bad_credentials");
    expect(mailbox.mails).toEqual([]);
  });
});

test.each(["changed", "reset"])(
  "a password that is %s ends the links that were asked for with the former one",
  async (how) => {
    const user = await newAccount();
    const email = `thief.${user.email}`;
    await user.put("/me/email", { email, current_password: PASSWORD });
    const { token } = await mailbox.next(email);
    const link = await linkFor(user.email);
    if (how === "changed") await user.put("/me/password", { current_password: PASSWORD, new_password: NEW });
    else expect((await reset(link)).status).toBe(200);
    expect((await mailbox.next(user.email)).subject).toBe("Your password was changed");
    expectRefusal(await server.call("POST", "/email/verify", { token }), 404, "not_found");
    expectRefusal(await reset(link), 404, "not_found");
  },
);

test("who registers gets a link that confirms the address, and who changes the password is told", async () => {
  const [username, email] = ["newcomer", "newcomer@example.com"];
  expect((await server.call("POST", "/register", { username, email, password: PASSWORD })).status).toBe(201);
  const { token } = await mailbox.next(email);
  expect((await server.call("POST", "/email/verify", { token })).status).toBe(200);
  const user = asUser(server.url, await logIn(server.url, username));
  expect((await user.get("/me")).body.data.email_verified_at).toBeString();
  await user.put("/me/password", { current_password: PASSWORD, new_password: NEW });
  expect((await mailbox.next(email)).subject).toBe("Your password was changed");
});

test("without a mail server a database of one's own has mail written to the log, and another one none", async () => {
  const external = await startServer({ databaseUrl: "postgres://elsewhere/chat" }, server.target);
  const user = asUser(external.url, await logIn(server.url, (await newAccount()).username));
  expectRefusal(await external.call("POST", "/password/forgot", { email: "ali@example.com" }), 403, "forbidden");
  expectRefusal(await user.post("/me/email/verification"), 403, "forbidden");
  await external.close();
  const own = await startServer({}, server.target);
  expect((await own.call("POST", "/password/forgot", { email: "ali@example.com" })).status).toBe(202);
  await own.close();
});

test("a mail server that is away costs the caller nothing", async () => {
  const away = await startServer(
    { smtpUrl: "smtp://127.0.0.1:1", publicUrl: "https://x.example", logLevel: "silent" },
    server.target,
  );
  const user = await newAccount();
  expect((await away.call("POST", "/password/forgot", { email: user.email })).status).toBe(202);
  expect((await away.call("GET", "/health")).status).toBe(200);
  await away.close();
});

test("a link of an account that is being removed puts nothing into it", async () => {
  const user = await newAccount();
  const link = await linkFor(user.email);
  await user.put("/me/email", { email: `new.${user.email}`, current_password: PASSWORD });
  const { token } = await mailbox.next(`new.${user.email}`);
  await server.core.sql`
    update users set deleted_at = now(), email = null, email_key = null, password_hash = null where id = ${user.id}`;
  expectRefusal(await server.call("POST", "/email/verify", { token }), 404, "not_found");
  expectRefusal(await reset(link), 404, "not_found");
  const [row] = await server.core.sql`select email, password_hash from users where id = ${user.id}`;
  expect(row).toEqual({ email: null, password_hash: null });
});

test("what is logged of a mail that fails is no address and no value", async () => {
  const failing = await startServer({ smtpUrl: "smtp://127.0.0.1:1", publicUrl: "https://x.example" }, server.target);
  const [user, other] = [await newAccount(), await newAccount()];
  const lines: string[] = [];
  spyOn(failing.core.log, "error").mockImplementation((fields: unknown) => void lines.push(JSON.stringify(fields)));
  await failing.call("POST", "/password/forgot", { email: user.email });
  await until("the first failure is logged", () => lines.length === 1);
  await server.core
    .sql`alter table mail_tokens add constraint refused check (user_id <> ${server.core.sql.unsafe(String(other.id))})`;
  await failing.call("POST", "/password/forgot", { email: other.email });
  await until("the second failure is logged", () => lines.length === 2);
  await server.core.sql`alter table mail_tokens drop constraint refused`;
  for (const line of lines) expect(line).not.toMatch(/@|insert|reset/);
  expect(lines[1]).toContain("23514");
  await failing.close();
});
