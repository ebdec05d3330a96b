// Accounts of providers that are linked to one's own: by whom, to whom, and that nobody locks themselves out.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  asUser,
  expectInvalid,
  expectRefusal,
  MOMENT,
  PASSWORD,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";
import { Mailbox } from "../../support/mailbox.ts";
import { type Claims, codeOf, followCallback, signOn, startProvider, type TestProvider } from "../../support/oidc.ts";

let mailbox: Mailbox;
let provider: TestProvider;
let server: TestServer;
beforeAll(async () => {
  [mailbox, provider] = await Promise.all([Mailbox.open(), startProvider()]);
  server = await startServer({ ...provider.settings(), smtpUrl: mailbox.url });
  server.core.config.publicUrl = server.url;
  await provider.serve(server.url);
});
afterAll(async () => {
  await server.close();
  await Promise.all([provider.close(), mailbox.close()]);
});

const proof = { current_password: PASSWORD };
let people = 0;
const somebody = (): Claims => ({ sub: `subject-${++people}` });

/** What the page of the user has after a visit at the provider. */
async function visited(user: User, who: Claims, body: object = proof) {
  const { url, verifier } = (await user.post("/me/identities/acme", body)).body.data;
  return { code: codeOf(await followCallback(await provider.visit(url, who))), verifier };
}
const link = async (user: User, who: Claims) => user.put("/me/identities", await visited(user, who));
const listOf = async (user: User) => (await user.get("/me/identities")).body.data;
const unlink = (user: User, body: object = proof) => user.delete("/me/identities/acme", body);
const idBy = async (who: Claims) => {
  const { body } = await signOn(server, provider, who);
  return (await asUser(server.url, body.access_token).get("/me")).body.data.id;
};
/** Somebody whose only way in is the provider. */
async function newcomer(who: Claims): Promise<User> {
  const { body } = await signOn(server, provider, who);
  const user = asUser(server.url, body.access_token);
  const { id, username } = (await user.get("/me")).body.data;
  return { ...user, id, username };
}

describe("linking", () => {
  test("takes the password, and logs the owner in from then on; the owner is told", async () => {
    const user = await server.newUser();
    const who = somebody();
    expectInvalid(await user.post("/me/identities/acme", {}), "current_password");
    expectRefusal(await user.post("/me/identities/acme", { current_password: "wrong" }), 401, "bad_credentials");
    expect(await listOf(user)).toEqual([]);
    const identity = { provider: "acme", label: "Acme", created_at: expect.stringMatching(MOMENT) };
    expect((await link(user, who)).body).toEqual({ data: identity });
    expect(await listOf(user)).toEqual([identity]);
    expect(await idBy(who)).toBe(user.id);
    expect((await mailbox.next(`${user.username}@example.com`)).subject).toBe("Acme was linked to your account");
  });

  test("is finished by the account that began it alone, and by no log-in", async () => {
    const [user, other] = await Promise.all([server.newUser(), server.newUser()]);
    const who = somebody();
    const returned = await visited(user, who);
    expectRefusal(await other.put("/me/identities", returned), 404, "not_found");
    expectRefusal(await server.call("POST", "/sso/token", returned), 404, "not_found");
    expect((await user.put("/me/identities", returned)).status).toBe(200);
    expectRefusal(await user.put("/me/identities", returned), 404, "not_found");
    const begun = (await server.call("POST", "/sso/acme/start", {})).body.data;
    const code = codeOf(await followCallback(await provider.visit(begun.url, somebody())));
    expectRefusal(await other.put("/me/identities", { code, verifier: begun.verifier }), 404, "not_found");
    expect(await listOf(other)).toEqual([]);
  });

  test("is refused for an identity of somebody else, and for a second one of the same provider", async () => {
    const [user, other] = await Promise.all([server.newUser(), server.newUser()]);
    const who = somebody();
    await link(user, who);
    expectRefusal(await link(other, who), 409, "already_linked");
    expect((await link(user, who)).status).toBe(200);
    expectRefusal(await link(user, somebody()), 409, "already_linked");
    expect(await idBy(who)).toBe(user.id);
    expect(await listOf(user)).toHaveLength(1);
  });

  test("of one identity to two accounts at once succeeds once", async () => {
    const both = await Promise.all([server.newUser(), server.newUser()]);
    const who = somebody();
    const returned = [await visited(both[0], who), await visited(both[1], who)];
    const answers = await Promise.all(both.map((user, n) => user.put("/me/identities", returned[n]!)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  test("takes a session, which no API key is", async () => {
    expectRefusal(await server.call("GET", "/me/identities"), 401, "unauthorized");
    expectRefusal(await server.call("POST", "/me/identities/acme", {}), 401, "unauthorized");
  });
});

describe("unlinking", () => {
  test("takes the password, and ends that way in; the owner is told", async () => {
    const user = await server.newUser();
    const who = somebody();
    await link(user, who);
    await mailbox.next(`${user.username}@example.com`);
    expectInvalid(await unlink(user, {}), "current_password");
    expectRefusal(await unlink(user, { current_password: "wrong" }), 401, "bad_credentials");
    expect((await unlink(user)).status).toBe(200);
    expect(await listOf(user)).toEqual([]);
    expect(await idBy(who)).not.toBe(user.id);
    expectRefusal(await unlink(user), 404, "not_found");
    expect((await mailbox.next(`${user.username}@example.com`)).subject).toBe("Acme was unlinked from your account");
  });

  test("is refused for the last way in, until there is a password", async () => {
    const who = somebody();
    const user = await newcomer(who);
    expectRefusal(await unlink(user, {}), 409, "last_way_in");
    expect(await listOf(user)).toHaveLength(1);
    expect((await user.put("/me/password", { new_password: "a battery of my own" })).status).toBe(200);
    expectInvalid(await unlink(user, {}), "current_password");
    expect((await unlink(user, { current_password: "a battery of my own" })).status).toBe(200);
    expect(await listOf(user)).toEqual([]);
  });

  test("of an account without a password takes a log-in of the last 15 minutes", async () => {
    const who = somebody();
    const user = await newcomer(who);
    await server.core.sql`update tokens set created_at = created_at - interval '16 minutes' where user_id = ${user.id}`;
    expectRefusal(await unlink(user, {}), 403, "log_in_again");
    expectRefusal(await user.post("/me/identities/acme", {}), 403, "log_in_again");
    const again = await newcomer(who);
    expect(again.id).toBe(user.id);
    expectRefusal(await unlink(again, {}), 409, "last_way_in");
  });
});

test("a log-in that is under way links nothing to an account that was deleted meanwhile", async () => {
  const user = await server.newUser();
  const returned = await visited(user, somebody());
  expect((await user.delete("/me", proof)).status).toBe(200);
  expectRefusal(await user.put("/me/identities", returned), 401, "unauthorized");
});

test("what is secret in a log-in that is under way is not stored in the clear", async () => {
  const { url, verifier } = (await server.call("POST", "/sso/acme/start", {})).body.data;
  const state = new URL(url).searchParams.get("state")!;
  const code = codeOf(await followCallback(await provider.visit(url, somebody())));
  const rows = await server.core.sql`select row_to_json(s)::text as row from sign_ons s`;
  const stored = rows.map(({ row }) => row).join();
  for (const secret of [state, verifier, code]) expect(stored).not.toContain(secret);
});
