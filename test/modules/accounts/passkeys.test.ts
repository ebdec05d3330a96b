// Passkeys: added in a session, logged in with on several servers, and everything that is refused, with real keys and signatures.
import { afterAll, beforeAll, describe, expect, setSystemTime, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { Authenticator, type Lies } from "../../support/authenticator.ts";
import {
  asUser,
  expectInvalid,
  expectRefusal,
  type Json,
  MOMENT,
  PASSWORD,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";
import { Mailbox } from "../../support/mailbox.ts";

const ORIGIN = "https://chat.example.org";
const LISTED = "https://app.chat.example.org";

let mailbox: Mailbox;
let server: TestServer;
let second: TestServer;
beforeAll(async () => {
  mailbox = await Mailbox.open();
  const settings = { smtpUrl: mailbox.url, publicUrl: `${ORIGIN}/chat`, corsOrigins: [LISTED] };
  server = await startServer(settings);
  second = await startServer(settings, server.target);
});
afterAll(async () => {
  await second.close();
  await server.close();
  await mailbox.close();
});

const proof = { current_password: PASSWORD };

const optionsFor = async (user: User) => (await user.post("/me/passkeys/options", proof)).body.data;
const add = (user: User, credential: Json, name = "Phone") => user.post("/me/passkeys", { name, credential });
const loginOptions = async (at = server) => (await at.call("POST", "/login/passkey/options")).body.data;
const logIn = (credential: Json, at = server) => at.call("POST", "/login/passkey", { credential });
const passkeysOf = async (user: User) => (await user.get("/me/factors")).body.data.passkeys;

/** Somebody with a passkey. */
async function withPasskey(counts = false) {
  const user = await server.newUser();
  const device = new Authenticator(ORIGIN, counts);
  const added = await add(user, device.create(await optionsFor(user)));
  expect(added.status).toBe(201);
  expect((await mailbox.next(`${user.username}@example.com`)).subject).toBe("A passkey was added");
  return { user, device, id: added.body.data.id as number };
}

describe("a passkey", () => {
  test("is added by the owner, logs in without a username, and is listed with its last use", async () => {
    const { user, device, id } = await withPasskey();
    const [listed] = await passkeysOf(user);
    expect(listed).toEqual({ id, name: "Phone", is_synced: true, created_at: expect.stringMatching(MOMENT) });
    const options = await loginOptions();
    expect(options).toMatchObject({ rpId: "chat.example.org", userVerification: "required" });
    expect(options.allowCredentials ?? []).toEqual([]);
    const { status, body } = await logIn(device.get(options));
    expect([status, Object.keys(body).sort()]).toEqual([
      200,
      ["access_token", "device_token", "expires_at", "token_type"],
    ]);
    expect((await asUser(server.url, body.access_token).get("/me")).body.data.id).toBe(user.id);
    expect((await passkeysOf(user))[0].last_used_at).toMatch(MOMENT);
  });

  test("takes the password to be added and to be removed, and opens nothing afterwards", async () => {
    const { user, device, id } = await withPasskey();
    expectInvalid(await user.post("/me/passkeys/options", {}), "current_password");
    expectRefusal(await user.post("/me/passkeys/options", { current_password: "wrong" }), 401, "bad_credentials");
    expectInvalid(await user.delete(`/me/passkeys/${id}`, {}), "current_password");
    const other = await server.newUser();
    expectRefusal(await other.delete(`/me/passkeys/${id}`, proof), 404, "not_found");
    expect((await user.delete(`/me/passkeys/${id}`, proof)).status).toBe(200);
    expect((await mailbox.next(`${user.username}@example.com`)).subject).toBe("A passkey was removed");
    expect(await passkeysOf(user)).toEqual([]);
    expectRefusal(await logIn(device.get(await loginOptions())), 401, "bad_credentials");
  });

  test("is renamed by its owner, and goes on opening the account", async () => {
    const { user, device, id } = await withPasskey();
    const other = await server.newUser();
    expectRefusal(await other.put(`/me/passkeys/${id}`, { name: "Mine" }), 404, "not_found");
    for (const name of ["", "   ", "x".repeat(51), "two\nlines", "\u202egnp"])
      expectInvalid(await user.put(`/me/passkeys/${id}`, { name }), "name");
    const renamed = await user.put(`/me/passkeys/${id}`, { name: " Ali’s key 🔑 " });
    expect(renamed.body.data).toMatchObject({ id, name: "Ali’s key 🔑", is_synced: true });
    expect((await passkeysOf(user))[0].name).toBe("Ali’s key 🔑");
    expect((await logIn(device.get(await loginOptions()))).status).toBe(200);
  });

  test("stays where it is the only way in, also when two are removed at once", async () => {
    const { user, device, id } = await withPasskey();
    const second = new Authenticator(ORIGIN);
    const other = (await add(user, second.create(await optionsFor(user)), "Tablet")).body.data.id;
    await server.core.sql`update users set password_hash = null where id = ${user.id}`;
    const answers = await Promise.all([id, other].map((one) => user.delete(`/me/passkeys/${one}`, {})));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expectRefusal(answers.find(({ status }) => status === 409)!, 409, "last_way_in");
    const kept = answers[0]!.status === 409 ? device : second;
    expect((await logIn(kept.get(await loginOptions()))).status).toBe(200);
  });

  test("is one of several, each made once", async () => {
    const { user, device } = await withPasskey();
    const options = await optionsFor(user);
    expect(options.excludeCredentials).toMatchObject([{ id: device.id }]);
    expect(options.authenticatorSelection).toMatchObject({ residentKey: "required", userVerification: "required" });
    expectInvalid(await add(user, device.create(options)), "credential");
    const key = new Authenticator(ORIGIN, true);
    expect((await add(user, key.create(await optionsFor(user)), "Key")).body.data).toMatchObject({ is_synced: false });
    expect((await passkeysOf(user)).map(({ name }: Json) => name)).toEqual(["Phone", "Key"]);
    for (const one of [device, key]) expect((await logIn(one.get(await loginOptions()))).status).toBe(200);
    // Nobody else can claim a credential that is somebody's.
    const other = await server.newUser();
    expectInvalid(await add(other, key.create(await optionsFor(other))), "credential");
    await mailbox.next(`${user.username}@example.com`);
  });

  test("asks for no second factor, and lets nobody in who is banned", async () => {
    const { user, device } = await withPasskey();
    await server.core.sql`insert into totp (user_id, secret, enabled_at) values (${user.id}, '', now())`;
    expect((await logIn(device.get(await loginOptions()))).status).toBe(200);
    await server.core.sql`update users set banned_at = now() where id = ${user.id}`;
    expectRefusal(await logIn(device.get(await loginOptions())), 403, "account_banned");
  });

  test("is used from the pages that the operator has listed, too", async () => {
    const { device } = await withPasskey();
    expect((await logIn(device.get(await loginOptions(), { origin: LISTED }))).status).toBe(200);
  });
});

describe("a challenge", () => {
  test("is good for one log-in, also on several servers at once", async () => {
    const { device } = await withPasskey();
    const credential = device.get(await loginOptions());
    const answers = await Promise.all([server, second, server, second].map((at) => logIn(credential, at)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401]);
    expectRefusal(await logIn(credential), 401, "bad_credentials");
    expect((await logIn(device.get(await loginOptions(second)))).status).toBe(200);
  });

  test("is good for one new passkey, of the session that asked for it", async () => {
    const [user, other] = [await server.newUser(), await server.newUser()];
    const options = await optionsFor(user);
    expectInvalid(await add(other, new Authenticator(ORIGIN).create(options)), "credential");
    const credentials = [1, 2].map(() => new Authenticator(ORIGIN).create(options));
    const answers = await Promise.all(credentials.map((credential) => add(user, credential)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 422]);
    await mailbox.next(`${user.username}@example.com`);
  });

  test("is good for ten minutes, and for what it was made for", async () => {
    const { user, device } = await withPasskey();
    const options = await loginOptions();
    const registration = await optionsFor(user);
    expectRefusal(await logIn(device.get(options, { challenge: registration.challenge })), 401, "bad_credentials");
    expectInvalid(await add(user, device.create(registration, { challenge: options.challenge })), "credential");
    setSystemTime(Date.now() + 11 * 60_000);
    const late = await logIn(device.get(options));
    setSystemTime();
    expectRefusal(late, 401, "bad_credentials");
    expect((await logIn(device.get(options))).status).toBe(200);
  });

  test("is stored only once it was answered rightly", async () => {
    const { device } = await withPasskey();
    const count = async () => (await server.core.sql`select count(*)::int as n from used_challenges`)[0]!.n;
    const before = await count();
    for (let i = 0; i < 5; i++) await logIn(device.get(await loginOptions(), { origin: "https://evil.example" }));
    expect(await count()).toBe(before);
  });
});

describe("a log-in is refused", () => {
  const { privateKey: foreignKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const flip = (challenge: string) => `${challenge.startsWith("A") ? "B" : "A"}${challenge.slice(1)}`;
  const CASES: [what: string, lies: (challenge: string) => Lies][] = [
    ["from another origin", () => ({ origin: "https://chat.example.org.evil.example" })],
    ["from the same host without TLS", () => ({ origin: "http://chat.example.org" })],
    ["for another relying party", () => ({ rpId: "evil.example" })],
    [
      "that answers a challenge of nobody",
      () => ({ challenge: "bm9ib2R5IG1hZGUgdGhpcyBjaGFsbGVuZ2UgdGhhdCBpcyBsb25nIGVub3VnaCE" }),
    ],
    ["that answers a forged challenge", (challenge) => ({ challenge: flip(challenge) })],
    ["that answers another spelling of a challenge", (challenge) => ({ challenge: `${challenge}=` })],
    ["that was signed for a registration", () => ({ type: "webauthn.create" })],
    ["without user verification", () => ({ isUserVerified: false })],
    ["signed by another key", () => ({ key: foreignKey })],
    ["without a user", () => ({ userHandle: undefined })],
    ["in the name of another user", () => ({ userHandle: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" })],
  ];
  test.each(CASES)("%s", async (_, lies) => {
    const { user, device } = await withPasskey();
    const options = await loginOptions();
    const answer = await logIn(device.get(options, lies(options.challenge)));
    expectRefusal(answer, 401, "bad_credentials");
    expect((await passkeysOf(user))[0].last_used_at).toBeUndefined();
    expect((await logIn(device.get(options))).status).toBe(200);
  });

  test("with a counter that has not gone up, as that of a copied key", async () => {
    const { device } = await withPasskey(true);
    for (let i = 0; i < 3; i++) expect((await logIn(device.get(await loginOptions()))).status).toBe(200);
    expectRefusal(await logIn(device.get(await loginOptions(), { counter: 3 })), 401, "bad_credentials");
    expectRefusal(await logIn(device.get(await loginOptions(), { counter: 0 })), 401, "bad_credentials");
    const copies = await Promise.all(
      [server, second].map(async (at) => logIn(device.get(await loginOptions(at), { counter: 9 }), at)),
    );
    expect(copies.map(({ status }) => status).toSorted()).toEqual([200, 401]);
  });

  test("with a passkey that nobody has, and with nonsense", async () => {
    const { device } = await withPasskey();
    const stranger = new Authenticator(ORIGIN);
    stranger.create(await optionsFor(await server.newUser()));
    expectRefusal(await logIn(stranger.get(await loginOptions())), 401, "bad_credentials");
    const credential = device.get(await loginOptions());
    for (const field of ["clientDataJSON", "authenticatorData", "signature"])
      for (const nonsense of ["", "AAAA", "e30"]) {
        const response = { ...credential.response, [field]: nonsense };
        expectRefusal(await logIn({ ...credential, response }), 401, "bad_credentials");
      }
    expectInvalid(await server.call("POST", "/login/passkey", {}), "credential");
    expect((await logIn(credential)).status).toBe(200);
  });

  test("of the page of another site", async () => {
    const headers = { origin: "https://evil.example" };
    expectRefusal(await server.call("POST", "/login/passkey/options", undefined, headers), 403, "forbidden");
    const { device } = await withPasskey();
    const credential = device.get(await loginOptions());
    expectRefusal(await server.call("POST", "/login/passkey", { credential }, headers), 403, "forbidden");
  });
});

describe("a new passkey is refused", () => {
  const CASES: [what: string, lies: Lies][] = [
    ["from another origin", { origin: "https://evil.example" }],
    ["for another relying party", { rpId: "evil.example" }],
    ["that was signed for a log-in", { type: "webauthn.get" }],
    ["without user verification", { isUserVerified: false }],
  ];
  test.each(CASES)("%s", async (_, lies) => {
    const user = await server.newUser();
    const options = await optionsFor(user);
    expectInvalid(await add(user, new Authenticator(ORIGIN).create(options, lies)), "credential");
    expect(await passkeysOf(user)).toEqual([]);
  });

  test("past twenty", async () => {
    const { user } = await withPasskey();
    await server.core.sql`
      insert into passkeys (user_id, credential_id, public_key, counter, transports, name, is_synced)
      select ${user.id}, 'filler_' || ${user.id} || n, '', 0, '{}', 'Filler', false from generate_series(1, 18) n`;
    const options = await optionsFor(user);
    const more = [1, 2].map(() => new Authenticator(ORIGIN));
    const other = await optionsFor(user);
    const answers = await Promise.all([add(user, more[0]!.create(options)), add(user, more[1]!.create(other))]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 413]);
    expectRefusal(await user.post("/me/passkeys/options", proof), 413, "quota");
    await mailbox.next(`${user.username}@example.com`);
  });
});

describe("where the server is", () => {
  const passkeysAt = async (at: TestServer, host: string) =>
    (await at.call("GET", "/registration", undefined, { host })).body.data.passkeys;

  test("passkeys are bound to PUBLIC_URL, whatever host a request names", async () => {
    expect(await passkeysAt(server, "evil.example")).toBe(true);
    const { data } = (await server.call("POST", "/login/passkey/options", undefined, { host: "evil.example" })).body;
    expect(data.rpId).toBe("chat.example.org");
  });

  test("without it they are bound to this machine alone", async () => {
    const local = await startServer();
    expect(await passkeysAt(local, "localhost:8000")).toBe(true);
    for (const host of ["chat.example.org", "127.0.0.1:8000", "localhost.evil.example"])
      expect([host, await passkeysAt(local, host)]).toEqual([host, false]);
    expectRefusal(
      await local.call("POST", "/login/passkey/options", undefined, { host: "x.example" }),
      403,
      "forbidden",
    );
    await local.close();
  });
});
