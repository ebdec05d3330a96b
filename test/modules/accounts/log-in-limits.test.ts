// How often a password may be guessed, and that nobody can lock out anybody else by guessing.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { PasswordAttemptLimits } from "../../../src/lib/password-attempt-limits.ts";
import {
  type Answer,
  call,
  expectRefusal,
  PASSWORD,
  startServer,
  type TestServer,
  type User,
} from "../../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  // Behind a proxy, so that each test can come from an address of its own.
  server = await startServer({ rateLimits: true, trustProxy: 1, corsOrigins: ["https://chat.example.org"] });
});
afterAll(() => server.close());

let networks = 0;
const newAddress = () => `203.0.${Math.floor(++networks / 250)}.${(networks % 250) + 1}`;

const logIn = (username: string, password: string, from: string, more: object = {}, headers = {}) =>
  call(server.url, "POST", "/login", { username, password, ...more }, { "x-forwarded-for": from, ...headers });

/** Told to slow down, and for how long: in the body and in the header alike. */
function expectSlowDown(answer: Answer, atMost: number) {
  const { retry_after } = expectRefusal(answer, 429, "slow_down");
  expect(retry_after).toBeWithin(1, atMost + 1);
  expect(answer.headers.get("retry-after")).toBe(String(retry_after));
}

async function guess(times: number, username: string, from: (i: number) => string, more: object = {}) {
  for (let i = 0; i < times; i++) expectRefusal(await logIn(username, "wrong", from(i), more), 401, "bad_credentials");
}

async function deviceOf(user: User, password = PASSWORD): Promise<string> {
  return (await logIn(user.username, password, newAddress())).body.device_token;
}

describe("ten wrong passwords", () => {
  test("from an address close the account to it, right or wrong, for a while", async () => {
    const [user, address] = [await server.newUser(), newAddress()];
    await guess(10, user.username, () => address);
    expectSlowDown(await logIn(user.username, "wrong", address), 15 * 60);
    expectSlowDown(await logIn(user.username, PASSWORD, address), 15 * 60);
    expectSlowDown(await logIn(user.username.toUpperCase(), PASSWORD, address), 15 * 60);
  });

  test("leave open other accounts from that address, and that account from others", async () => {
    const [user, other, address] = [await server.newUser(), await server.newUser(), newAddress()];
    await guess(10, user.username, () => address);
    expect((await logIn(other.username, PASSWORD, address)).status).toBe(200);
    expect((await logIn(user.username, PASSWORD, newAddress())).status).toBe(200);
    expect((await user.get("/me")).status).toBe(200);
  });

  test("are counted anew after a right one", async () => {
    const [user, address] = [await server.newUser(), newAddress()];
    for (let round = 0; round < 2; round++) {
      await guess(9, user.username, () => address);
      expect((await logIn(user.username, PASSWORD, address)).status).toBe(200);
    }
  });

  test("for an account that isn't there end the same way, so that they tell nothing", async () => {
    const address = newAddress();
    await guess(10, "nobody_at_all", () => address);
    expectSlowDown(await logIn("nobody_at_all", "wrong", address), 15 * 60);
  });

  test("are no more use with a stolen session, to change the password", async () => {
    const [user, address] = [await server.newUser(), newAddress()];
    const change = (current_password: string) =>
      call(
        server.url,
        "PUT",
        "/me/password",
        { current_password, new_password: "another1" },
        {
          authorization: `Bearer ${user.token}`,
          "x-forwarded-for": address,
        },
      );
    for (let i = 0; i < 10; i++) expectRefusal(await change("wrong"), 401, "bad_credentials");
    expectSlowDown(await change(PASSWORD), 15 * 60);
  });
});

describe("a network", () => {
  test("is a /64 of IPv6: its addresses share ten guesses, its neighbours have their own", async () => {
    const user = await server.newUser();
    const prefix = `2001:db8:${++networks}`;
    await guess(10, user.username, (i) => `${prefix}:1::${i + 1}`);
    expectSlowDown(await logIn(user.username, PASSWORD, `[${prefix}:1:ffff::1]:443`), 15 * 60);
    expect((await logIn(user.username, PASSWORD, `${prefix}:2::1`)).status).toBe(200);
  });

  test("is an IPv4 address, however a proxy writes it", async () => {
    const [user, address] = [await server.newUser(), newAddress()];
    const spellings = [address, `${address}:40000`, `::ffff:${address}`, `[::ffff:${address}]:1`];
    await guess(10, user.username, (i) => spellings[i % spellings.length]!);
    expectSlowDown(await logIn(user.username, PASSWORD, `${address}:40001`), 15 * 60);
  });
});

describe("name and e-mail address", () => {
  test("share one budget, in any case", async () => {
    const [user, address] = [await server.newUser(), newAddress()];
    const names = [user.username, `${user.username}@example.com`, user.username.toUpperCase(), ` ${user.username} `];
    for (let i = 0; i < 10; i++)
      expectRefusal(await logIn(names[i % names.length]!, "wrong", address), 401, "bad_credentials");
    for (const name of names) expectSlowDown(await logIn(name, PASSWORD, address), 15 * 60);
  });
});

describe("a hundred wrong passwords from everywhere", () => {
  test("leave the owner a try from a fresh network, and all they want from a network or a device they used before", async () => {
    const [user, home] = [await server.newUser(), newAddress()];
    const { body } = await logIn(user.username, PASSWORD, home);
    const attackers = Array.from({ length: 10 }, newAddress);
    await guess(100, user.username, (i) => attackers[i % 10]!);

    const fresh = newAddress();
    await guess(1, user.username, () => fresh);
    expectSlowDown(await logIn(user.username, PASSWORD, fresh), 3600);
    expect((await logIn(user.username, PASSWORD, newAddress())).status).toBe(200);

    await guess(3, user.username, () => home);
    expect((await logIn(user.username, PASSWORD, home)).status).toBe(200);
    const device = { device_token: body.device_token };
    await guess(3, user.username, () => fresh, device);
    expect((await logIn(user.username, PASSWORD, fresh, device)).status).toBe(200);
  });
});

describe("a device that was let in before", () => {
  test("has ten guesses of its own, on any network", async () => {
    const [user, address] = [await server.newUser(), newAddress()];
    const device_token = await deviceOf(user);
    await guess(10, user.username, () => address);
    await guess(9, user.username, () => address, { device_token });
    expect((await logIn(user.username, PASSWORD, address, { device_token })).body.device_token).toBe(device_token);
    await guess(10, user.username, newAddress, { device_token });
    expectSlowDown(await logIn(user.username, PASSWORD, newAddress(), { device_token }), 15 * 60);
  });

  test("shows a token as a form field too", async () => {
    const [user, address] = [await server.newUser(), newAddress()];
    const device_token = await deviceOf(user);
    await guess(10, user.username, () => address);
    const form = new URLSearchParams({ username: user.username, password: PASSWORD, device_token }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": address };
    expect((await call(server.url, "POST", "/login", form, headers)).status).toBe(200);
  });

  test.each([
    ["of another account", async () => deviceOf(await server.newUser())],
    [
      "from before the password changed",
      async (user: User) => {
        const token = await deviceOf(user);
        const change = { current_password: PASSWORD, new_password: PASSWORD };
        expect((await user.put("/me/password", change)).status).toBe(200);
        return token;
      },
    ],
    [
      "with another signature",
      async (user: User) => {
        const token = await deviceOf(user);
        return `${token.slice(0, -2)}${token.endsWith("AA") ? "BB" : "AA"}`;
      },
    ],
    ["with another nonce", async (user: User) => `A${(await deviceOf(user)).slice(1).replace(/^./, "A")}`],
    ["that is a session's token", async (user: User) => user.token],
    ["that is empty", async () => ""],
  ])("is not known by a token %s", async (_what, tokenFor) => {
    const [user, address] = [await server.newUser(), newAddress()];
    const device_token = await tokenFor(user);
    await guess(10, user.username, () => address);
    expectSlowDown(await logIn(user.username, PASSWORD, address, { device_token }), 15 * 60);
  });

  test("is not let in without the password", async () => {
    const user = await server.newUser();
    const device_token = await deviceOf(user);
    expectRefusal(await logIn(user.username, "wrong", newAddress(), { device_token }), 401, "bad_credentials");
    const me = await server.call("GET", "/me", undefined, { authorization: `Bearer ${device_token}` });
    expectRefusal(me, 401, "unauthorized");
  });
});

describe("a page of another site", () => {
  const FOREIGN: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ];

  test.each(FOREIGN)("can't log in or register for its visitor, nor spend their guesses: %j", async (headers) => {
    const [user, address] = [await server.newUser(), newAddress()];
    for (let i = 0; i < 12; i++)
      expectRefusal(await logIn(user.username, "wrong", address, {}, headers), 403, "forbidden");
    const account = { username: "by_a_page", email: "by_a_page@example.com", password: PASSWORD };
    expectRefusal(await server.call("POST", "/register", account, headers), 403, "forbidden");
    expect((await logIn(user.username, PASSWORD, address)).status).toBe(200);
  });

  test("is told from one's own, from one that the operator lists, and from what is no browser", async () => {
    const user = await server.newUser();
    const own = server.url;
    const allowed: Record<string, string>[] = [
      { origin: own },
      { origin: own, "sec-fetch-site": "same-origin" },
      { origin: "https://chat.example.org", "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "none" },
      { "sec-fetch-site": "same-origin" },
      {},
    ];
    for (const headers of allowed)
      expect((await logIn(user.username, PASSWORD, newAddress(), {}, headers)).status).toBe(200);
  });
});

describe("a flood of log-ins from a hundred networks", () => {
  test("keeps out nobody who comes from elsewhere", async () => {
    const users = await Promise.all(Array.from({ length: 5 }, () => server.newUser()));
    const attackers = Array.from({ length: 100 }, newAddress);
    const flood = Array.from({ length: 400 }, (_, i) => logIn(`nobody${i}`, "wrong", attackers[i % 100]!));
    // The first of them are refused once the queue is full.
    await Promise.any(flood.map(async (answer) => (await answer).status === 429 || Promise.reject()));
    const answers = await Promise.all(users.map(({ username }) => logIn(username, PASSWORD, newAddress())));
    expect(answers.map(({ status }) => status)).toEqual(users.map(() => 200));
    const statuses = (await Promise.all(flood)).map(({ status }) => status);
    for (const status of statuses) expect([401, 429]).toContain(status);
    expect(statuses).toContain(429);
  });
});

describe("the limits", () => {
  const slow = { code: "slow_down", retryAfter: expect.any(Number) };
  const right = async () => true;
  const wrong = async () => false;
  const from = (network: string, account = "ali", device: string | null = null) => ({ account, network, device });

  test("end by a clock that nobody can set back", async () => {
    let now = 0;
    const limits = new PasswordAttemptLimits(() => now);
    for (let i = 0; i < 10; i++) await limits.attempt(from("10.0.0.1"), wrong);
    await expect(limits.attempt(from("10.0.0.1"), right)).rejects.toMatchObject({ ...slow, retryAfter: 900 });
    now = 900_000;
    expect(await limits.attempt(from("10.0.0.1"), right)).toBe(true);
  });

  test("give unknown networks one try an hour each past a hundred failures, until the hour has passed", async () => {
    let now = 0;
    const limits = new PasswordAttemptLimits(() => now);
    for (let i = 0; i < 100; i++) await limits.attempt(from(`10.0.0.${i}`), wrong);
    for (const network of ["10.0.1.1", "10.0.1.2"]) {
      expect(await limits.attempt(from(network), wrong)).toBe(false);
      await expect(limits.attempt(from(network), right)).rejects.toMatchObject({ ...slow, retryAfter: 3600 });
    }
    expect(await limits.attempt(from("10.0.1.1", "veli"), right)).toBe(true);
    now = 3_600_000;
    expect(await limits.attempt(from("10.0.1.1"), right)).toBe(true);
  });

  test("stop log-ins from one network after three hundred, whoever they are for", async () => {
    const limits = new PasswordAttemptLimits();
    for (let i = 0; i < 300; i++) await limits.attempt(from("10.0.0.1", `user${i}`), right);
    await expect(limits.attempt(from("10.0.0.1", "another"), right)).rejects.toMatchObject(slow);
    expect(await limits.attempt(from("10.0.0.2", "another"), right)).toBe(true);
    expect(await limits.attempt(from("10.0.0.1", "another", "device"), right)).toBe(true);
  });

  test("count guesses that are made at once, before any of them is answered", async () => {
    const limits = new PasswordAttemptLimits();
    const burst = await Promise.allSettled(Array.from({ length: 50 }, () => limits.attempt(from("10.0.0.1"), wrong)));
    expect(burst.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
  });

  test("do not count a guess that was never checked", async () => {
    const limits = new PasswordAttemptLimits();
    const busy = () => Promise.reject(new Error("busy"));
    for (let i = 0; i < 150; i++) await limits.attempt(from("10.0.0.1"), busy).catch(() => {});
    expect(await limits.attempt(from("10.0.0.1"), right)).toBe(true);
  });
});
