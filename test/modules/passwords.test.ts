// Hashing passwords: what is stored, and how much of it may be asked for at once.
import { expect, test } from "bun:test";
import { availableParallelism } from "node:os";
import { hashPassword, verifyPassword } from "../../src/modules/auth/passwords.ts";

test("a password fits its own hash and no other", async () => {
  const [hash, other] = await Promise.all([hashPassword("the password"), hashPassword("the password")]);
  expect(hash).not.toBe(other);
  expect(await verifyPassword("the password", hash)).toBe(true);
  for (const wrong of ["the passwor", "The password", "", hash]) expect(await verifyPassword(wrong, hash)).toBe(false);
  expect(await verifyPassword("the password", null)).toBe(false);
});

test("hashes are argon2id with at least the memory and passes that OWASP asks for", async () => {
  const [, memory, passes] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$/.exec(await hashPassword("the password"))!;
  expect(Number(memory)).toBeGreaterThanOrEqual(19_456);
  expect(Number(passes)).toBeGreaterThanOrEqual(2);
});

test("past fifty that wait, whoever comes is told to come back, and later they may", async () => {
  const cheap = await Bun.password.hash("x", { algorithm: "argon2id", memoryCost: 8, timeCost: 1 });
  const outcomes = await Promise.allSettled(Array.from({ length: 1_000 }, () => verifyPassword("x", cheap)));
  const refused = outcomes.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
  expect(outcomes.length - refused.length).toBeWithin(50, 51 + availableParallelism());
  for (const { reason } of refused) {
    expect(reason.code).toBe("slow_down");
    expect(reason.retryAfter).toBeGreaterThan(0);
  }
  expect(await verifyPassword("x", cheap)).toBe(true);
});
