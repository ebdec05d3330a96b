// Accounts that come without a password or an address, and names for people who did not choose one.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createAccount, freeUsername, takeNames } from "../../../src/modules/accounts/create.ts";
import { startSession } from "../../../src/modules/accounts/log-in.ts";
import { asUser, expectRefusal, newName, startServer, type TestServer } from "../../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const CLIENT = { device: "test", address: "192.0.2.1" };

/** Somebody with neither, logged in. */
async function newcomer() {
  const username = newName();
  const account = await takeNames(server.core.db, (tx) => createAccount(server.core, tx, { username }));
  const session = await startSession(server.core, account.id, CLIENT);
  return { ...asUser(server.url, session!.access_token), id: account.id, username };
}

describe("an account without a password and an e-mail address", () => {
  test("is used like any other, and shows no address", async () => {
    const user = await newcomer();
    const { status, body } = await user.get("/me");
    expect([status, body.data.username, "email" in body.data]).toEqual([200, user.username, false]);
  });

  test("can't be logged in to with any password", async () => {
    const user = await newcomer();
    for (const password of ["", "null", "undefined"])
      expectRefusal(await user.post("/login", { username: user.username, password }), 401, "bad_credentials");
  });

  test("gets its first password from a recent log-in", async () => {
    const user = await newcomer();
    expect((await user.put("/me/password", { new_password: "a-first-Password" })).status).toBe(200);
    const { status } = await user.post("/login", { username: user.username, password: "a-first-Password" });
    expect(status).toBe(200);
  });

  test("gets none from an old one", async () => {
    const user = await newcomer();
    await server.core.sql`update tokens set created_at = now() - interval '1 hour' where user_id = ${user.id}`;
    expectRefusal(await user.put("/me/password", { new_password: "a-first-Password" }), 403, "log_in_again");
  });
});

test("a user who was banned or deleted since starts no session", async () => {
  const [banned, deleted] = [await newcomer(), await newcomer()];
  await server.core.sql`update users set banned_at = now() where id = ${banned.id}`;
  await expect(startSession(server.core, banned.id, CLIENT)).rejects.toMatchObject({ code: "account_banned" });
  await server.core.sql`update users set deleted_at = now() where id = ${deleted.id}`;
  expect(await startSession(server.core, deleted.id, CLIENT)).toBeNull();
});

describe("a free username", () => {
  const free = (wished: string) => takeNames(server.core.db, (tx) => freeUsername(server.core, tx, wished));

  test.each([
    ["Ayşe Yılmaz", "Ayşe_Yılmaz"],
    ["  @ali!  ", "ali"],
    ["_ali_", "ali_"],
    ["Αliсе Smith", "li_Smith"],
    ["李小龙", "李小龙"],
    ["x", "user"],
    ["12345", "user"],
    ["\u202e\u0000", "user"],
  ])("for %p begins with %p", async (wished, name) => {
    expect(await free(wished)).toStartWith(name);
  });

  test("is another than those that are taken, and than what looks like them", async () => {
    const name = newName();
    const names = new Set<string>();
    for (let n = 0; n < 30; n++)
      names.add(
        await takeNames(server.core.db, async (tx) => {
          const username = await freeUsername(server.core, tx, name);
          await createAccount(server.core, tx, { username });
          return username;
        }),
      );
    expect(names.size).toBe(30);
    expect(names).toContain(name);
    for (const one of names) expect(one).toStartWith(name);
  });
});
