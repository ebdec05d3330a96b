// How often is too often: the rates themselves, what they answer over HTTP, and whose address counts.
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { createLimits, TokenBuckets } from "../../src/lib/rate-limit.ts";
import {
  type Answer,
  call,
  expectRefusal,
  newPair,
  PASSWORD,
  startServer,
  type TestServer,
} from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  // Behind a proxy, so that each test can come from an address of its own.
  server = await startServer({ rateLimits: true, trustProxy: 1 });
});
afterAll(() => server.close());

let addresses = 0;
const newAddress = () => `203.0.113.${++addresses}`;

const logIn = (username: string, password: string, from: string, to = server) =>
  call(to.url, "POST", "/login", { username, password }, { "x-forwarded-for": from });

/** Told to slow down, and for how long: in the body and in the header alike. */
function expectSlowDown(answer: Answer, atMost: number) {
  const { retry_after } = expectRefusal(answer, 429, "slow_down");
  expect(retry_after).toBeWithin(1, atMost + 1);
  expect(answer.headers.get("retry-after")).toBe(String(retry_after));
}

async function guess(times: number, username: string, from: (i: number) => string, to = server) {
  for (let i = 0; i < times; i++) expectRefusal(await logIn(username, "wrong", from(i), to), 401, "bad_credentials");
}

describe("a token bucket", () => {
  test("gives its burst at once, then one token at a time as they come", () => {
    let now = 0;
    const buckets = new TokenBuckets<string>(2, 3, () => now);
    expect([1, 2, 3].map(() => buckets.take("a"))).toEqual([0, 0, 0]);
    expect(buckets.take("a")).toBe(0.5);
    now = 400;
    expect(buckets.take("a")).toBeCloseTo(0.1);
    now = 500;
    expect(buckets.take("a")).toBe(0);
    expect(buckets.take("a")).toBe(0.5);
  });

  test("never holds more than its burst, however long nobody came", () => {
    let now = 0;
    const buckets = new TokenBuckets<string>(2, 3, () => now);
    buckets.take("a");
    now = 1e9;
    expect([1, 2, 3].map(() => buckets.take("a"))).toEqual([0, 0, 0]);
    expect(buckets.take("a")).toBeGreaterThan(0);
  });

  test("is one's own: who takes too much takes it from nobody else", () => {
    const buckets = new TokenBuckets<string>(1, 1, () => 0);
    expect(buckets.take("a")).toBe(0);
    expect(buckets.take("a")).toBeGreaterThan(0);
    expect(buckets.take("b")).toBe(0);
  });

  test("is still empty after thousands of others came: clearing away spares who has to wait", () => {
    let now = 0;
    const buckets = new TokenBuckets<number>(1, 10, () => now);
    for (let i = 0; i < 10; i++) buckets.take(-1);
    for (let i = 0; i < 5_000; i++) {
      now += 0.1;
      buckets.take(i);
    }
    expect(buckets.take(-1)).toBeGreaterThan(0);
  });
});

describe("the limits", () => {
  test("let everything pass when they are off", async () => {
    const limits = createLimits(false);
    for (let i = 0; i < 500; i++) {
      await limits.passwordAttempt({ account: "1", network: "10.0.0.1", device: null }, async () => false);
      limits.register("10.0.0.1");
      limits.send(1);
      limits.request(1);
    }
  });
});

describe("registering", () => {
  test("from one address ends after three hundred tries; others go on", async () => {
    const taken = await server.newUser();
    const register = (username: string, from: string) =>
      call(
        server.url,
        "POST",
        "/register",
        { username, email: `${username}@example.org`, password: PASSWORD },
        { "x-forwarded-for": from },
      );
    const address = newAddress();
    const tries = await Promise.all(Array.from({ length: 300 }, () => register(taken.username, address)));
    for (const answer of tries) expectRefusal(answer, 409, "username_taken");
    expectSlowDown(await register("someone_new", address), 3600);
    expect((await register("someone_new", newAddress())).status).toBe(201);
  });
});

describe("one user", () => {
  test("who sends far too fast is slowed down, alone; what was taken is stored", async () => {
    const { ali, veli, conversationId } = await newPair(server);
    const send = () => ali.post(`/messages/${conversationId}`, { body: "x" });
    const clock = spyOn(performance, "now").mockReturnValue(performance.now());
    const answers = await Promise.all(Array.from({ length: 150 }, send)).finally(() => clock.mockRestore());
    const stored = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(stored.length).toBeGreaterThanOrEqual(60);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) expectSlowDown(answer, 5);
    expect((await veli.post(`/messages/${conversationId}`, { body: "calm" })).status).toBe(201);
    const [row] = await server.core.sql`select count(*)::int as sent from events where actor_id = ${ali.id}`;
    expect(row!.sent).toBe(stored.length);
  });

  test("who calls far too often is slowed down, alone", async () => {
    const [busy, calm] = [await server.newUser(), await server.newUser()];
    // However long the machine takes for them: no token comes back meanwhile.
    const clock = spyOn(performance, "now").mockReturnValue(performance.now());
    const answers = await Promise.all(Array.from({ length: 600 }, () => busy.get("/me"))).finally(() =>
      clock.mockRestore(),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(300);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) expectSlowDown(answer, 5);
    expect((await calm.get("/me")).status).toBe(200);
  });
});

describe("the address of a client", () => {
  const spoofed = (i: number) => `198.51.100.${i}`;

  test("is that of the connection without a proxy, whatever X-Forwarded-For says", async () => {
    const direct = await startServer({ rateLimits: true, trustProxy: 0 });
    const user = await direct.newUser();
    await guess(10, user.username, spoofed, direct);
    expectSlowDown(await logIn(user.username, PASSWORD, spoofed(99), direct), 15 * 60);
    await direct.close();
  });

  test("behind a proxy is the last one in X-Forwarded-For: what stands before it the client wrote", async () => {
    const [user, address] = [await server.newUser(), newAddress()];
    await guess(10, user.username, (i) => `${spoofed(i)}, ${address}`);
    expectSlowDown(await logIn(user.username, PASSWORD, `${spoofed(99)},${address}`), 15 * 60);
    expect((await logIn(user.username, PASSWORD, `${address}, ${newAddress()}`)).status).toBe(200);
  });

  test("behind two proxies is the last but one", async () => {
    const second = await startServer({ rateLimits: true, trustProxy: 2 });
    const user = await second.newUser();
    await guess(10, user.username, (i) => `${spoofed(i)}, 192.0.2.1, 10.0.0.${i}`, second);
    expectSlowDown(await logIn(user.username, PASSWORD, "192.0.2.1, 10.0.0.99", second), 15 * 60);
    expect((await logIn(user.username, PASSWORD, "192.0.2.2, 10.0.0.99", second)).status).toBe(200);
    await second.close();
  });
});

describe("a flood of log-ins", () => {
  test("is answered 200, 401 or 429 only, and messages sent meanwhile are stored", async () => {
    const open = await startServer();
    const { ali, veli, conversationId } = await newPair(open);
    let flooded = false;
    const flood = Promise.all(
      Array.from({ length: 200 }, (_, i) => {
        const password = i % 2 ? PASSWORD : "wrong";
        return open.call("POST", "/login", { username: i % 3 ? ali.username : `nobody${i}`, password });
      }),
    ).finally(() => {
      flooded = true;
    });
    let sent = 0;
    while (!flooded) {
      const { status } = await veli.post(`/messages/${conversationId}`, { body: `${++sent}` });
      expect(status).toBe(201);
    }
    const statuses = (await flood).map(({ status }) => status);
    for (const status of statuses) expect([200, 401, 429]).toContain(status);
    for (const answer of (await flood).filter(({ status }) => status === 429)) expectSlowDown(answer, 5);
    expect(sent).toBeGreaterThan(1);
    expect((await ali.get(`/messages/${conversationId}?limit=1`)).body.data[0].body).toBe(`${sent}`);
    expect((await logIn(ali.username, PASSWORD, "", open)).status).toBe(200);
    await open.close();
  });

  test("and one of registrations makes accounts or asks to come back, nothing else", async () => {
    const open = await startServer();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        open.call("POST", "/register", { username: `flood${i}`, email: `flood${i}@example.com`, password: PASSWORD }),
      ),
    );
    const made = answers.filter(({ status }) => status === 201);
    for (const answer of answers.filter(({ status }) => status !== 201)) expectSlowDown(answer, 5);
    const [row] = await open.core.sql`select count(*)::int as users from users`;
    expect(row!.users).toBe(made.length);
    expect(made.length).toBeGreaterThan(0);
    await open.close();
  });
});
