// What several servers on one database allow together is what one of them would allow.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { call, newName, PASSWORD, type TestServer } from "../support/harness.ts";
import { startTwo, type TwoServers } from "./two-servers.ts";

let two: TwoServers;
beforeAll(async () => {
  // Behind a proxy, so that each test can come from an address of its own.
  two = await startTwo("notify", { rateLimits: true, trustProxy: 1 });
});
afterAll(() => two.close());

let addresses = 0;
const newAddress = () => `203.0.113.${++addresses}`;

const logIn = (server: TestServer, username: string, password: string, from: string) =>
  call(server.url, "POST", "/login", { username, password }, { "x-forwarded-for": from });

const count = <T>(values: T[], wanted: T) => values.filter((value) => value === wanted).length;

test("ten wrong passwords are allowed through two servers, one after another and at once", async () => {
  const [calm, hasty] = [await two.a.newUser(), await two.a.newUser()];
  const [from, elsewhere] = [newAddress(), newAddress()];
  const statuses: number[] = [];
  for (let i = 0; i < 14; i++) {
    const answer = await logIn(i % 2 ? two.a : two.b, calm.username, "wrong password", from);
    statuses.push(answer.status);
    if (answer.status === 429) expect(answer.body.retry_after).toBeWithin(1, 901);
  }
  expect(statuses).toEqual([...Array(10).fill(401), ...Array(4).fill(429)]);
  const guesses = Array.from({ length: 20 }, (_, i) =>
    logIn(i % 2 ? two.a : two.b, hasty.username, "wrong password", elsewhere),
  );
  expect(
    count(
      (await Promise.all(guesses)).map(({ status }) => status),
      401,
    ),
  ).toBe(10);
  // Neither locks the owner out elsewhere.
  expect((await logIn(two.b, calm.username, PASSWORD, newAddress())).status).toBe(200);
});

test("a log-in on one server forgives what failed on the other", async () => {
  const user = await two.a.newUser();
  const from = newAddress();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 9; i++)
      expect((await logIn(i % 2 ? two.a : two.b, user.username, "wrong", from)).status).toBe(401);
    expect((await logIn(round % 2 ? two.a : two.b, user.username, PASSWORD, from)).status).toBe(200);
  }
});

test("300 registrations from a network are allowed through two servers", async () => {
  const taken = await two.a.newUser();
  const from = { "x-forwarded-for": newAddress() };
  const body = { username: taken.username, email: `${newName()}@example.com`, password: PASSWORD };
  const statuses: number[] = [];
  for (let i = 0; i < 310; i += 10) {
    const tries = Array.from({ length: 10 }, (_, j) =>
      call((j % 2 ? two.a : two.b).url, "POST", "/register", body, from),
    );
    statuses.push(...(await Promise.all(tries)).map(({ status }) => status));
  }
  expect(count(statuses, 409)).toBe(300);
  expect(count(statuses, 429)).toBe(10);
});
