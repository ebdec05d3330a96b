// Hashing passwords: what is stored, and how much of it may be asked for at once.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { ARGON2 } from "../../../src/modules/accounts/hash-jobs.ts";
import { hashing, hashPassword, verifyPassword } from "../../../src/modules/accounts/passwords.ts";
import { CHEAP } from "../../support/cheap-hashing.ts";

const claim = { party: "192.0.2.1", isKnown: false };

beforeAll(() => {
  hashing.cost = ARGON2;
});
afterAll(() => {
  hashing.cost = CHEAP;
});

test("a password fits its own hash and no other", async () => {
  const [hash, other] = await Promise.all([hashPassword("the password", claim), hashPassword("the password", claim)]);
  expect(hash).not.toBe(other);
  expect(await verifyPassword("the password", hash, claim)).toBe(true);
  for (const wrong of ["the passwor", "The password", "", hash])
    expect(await verifyPassword(wrong, hash, claim)).toBe(false);
  expect(await verifyPassword("the password", null, claim)).toBe(false);
});

test("hashes are argon2id with at least the memory and passes that OWASP asks for", async () => {
  const [, memory, passes] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$/.exec(
    await hashPassword("the password", claim),
  )!;
  expect(Number(memory)).toBeGreaterThanOrEqual(19_456);
  expect(Number(passes)).toBeGreaterThanOrEqual(2);
});

test("past fifty that wait, whoever comes is told to come back, and later they may", async () => {
  const cheap = await Bun.password.hash("x", CHEAP);
  const outcomes = await Promise.allSettled(Array.from({ length: 1_000 }, () => verifyPassword("x", cheap, claim)));
  const refused = outcomes.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
  expect(outcomes.length - refused.length).toBeWithin(50, 51 + availableParallelism());
  for (const { reason } of refused) {
    expect(reason.code).toBe("slow_down");
    expect(reason.retryAfter).toBeGreaterThan(0);
  }
  expect(await verifyPassword("x", cheap, claim)).toBe(true);
});

test("a hash that can't be read is an error of its own check, and the next one works", async () => {
  await expect(verifyPassword("x", "no hash", claim)).rejects.toThrow();
  expect(await verifyPassword("x", await hashPassword("x", claim), claim)).toBe(true);
});

test.if(process.platform === "linux")("hashing runs at the lowest priority, and nothing else does", async () => {
  await hashPassword("x", claim);
  const threads = await readdir("/proc/self/task");
  const stats = await Promise.all(threads.map((id) => Bun.file(`/proc/self/task/${id}/stat`).text()));
  // `man proc_pid_stat`: the niceness is the 17th field after the name in parentheses.
  const niceness = stats.map((stat) => Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]));
  expect(niceness).toContain(19);
  expect(niceness[threads.indexOf(String(process.pid))]).toBe(0);
});
