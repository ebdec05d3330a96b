// A dangerous call that is under way while the owner shuts out who made it: what was proved when it began does not count at its end.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { generate } from "otplib";
import {
  type Answer,
  expectRefusal,
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
  server = await startServer({ smtpUrl: mailbox.url });
});
afterAll(async () => {
  await server.close();
  await mailbox.close();
});

const proof = { current_password: PASSWORD };

/** Somebody who knows the password calls; before the call changes anything, its owner has set a new one. */
async function overtaken({ id }: User, call: () => Promise<Answer>): Promise<Answer> {
  const { db, sql } = server.core;
  const begin = db.transaction;
  db.transaction = async (work, config) => {
    db.transaction = begin;
    await sql`delete from tokens where user_id = ${id}`;
    await sql`update users set password_hash = 'another' where id = ${id}`;
    return begin(work, config);
  };
  const answer = await call();
  expect(db.transaction).toBe(begin);
  return answer;
}

const enrol = async (user: User) => {
  const { secret } = (await user.post("/me/totp", proof)).body.data;
  return { code: await generate({ secret }) };
};

describe("who was shut out meanwhile", () => {
  test.each<[string, (user: User) => Promise<() => Promise<Answer>>]>([
    [
      "sets no other password",
      async (user) => () => user.put("/me/password", { ...proof, new_password: "MalloryWasHere1" }),
    ],
    [
      "gets no link to another address",
      async (user) => () => user.put("/me/email", { ...proof, email: "m@example.org" }),
    ],
    [
      "takes no other username",
      async (user) => () => user.put("/me/username", { ...proof, username: `mallory${user.id}` }),
    ],
    ["deletes no account", async (user) => () => user.delete("/me", proof)],
    [
      "gets no key",
      async (user) => () =>
        user.post("/me/keys", { ...proof, name: "Mallory", scopes: ["read"], client_id: crypto.randomUUID() }),
    ],
    [
      "turns on no second factor",
      async (user) => {
        const code = await enrol(user);
        return () => user.post("/me/totp/confirm", code);
      },
    ],
  ])("%s", async (_what, prepare) => {
    const user = await server.newUser();
    const call = await prepare(user);
    expectRefusal(await overtaken(user, call), 401, "unauthorized");
    const [row] = await server.core.sql`
      select u.username, u.password_hash, (select count(*)::int from totp where enabled_at is not null and user_id = u.id) as factors,
        (select count(*)::int from mail_tokens where user_id = u.id) as links,
        (select count(*)::int from tokens where user_id = u.id) as keys
      from users u where u.id = ${user.id}`;
    expect(row).toEqual({ username: user.username, password_hash: "another", factors: 0, links: 0, keys: 0 });
  });
});
