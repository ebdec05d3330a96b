// Argon2id through Bun.password, bounded: each hash takes memory and a core, so only so many may run or wait at once.
import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import { ChatError } from "../../lib/errors.ts";

// The parameters OWASP's Password Storage Cheat Sheet gives for argon2id: 19 MiB, two passes.
const ARGON2 = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;
// One core stays free for messages.
const limit = pLimit(Math.max(1, availableParallelism() - 1));
// At some 40 ms each the last one waits about two seconds; beyond that a clear "later" is kinder.
const MAX_WAITING = 50;

/** Checked when there is no such user, so that the answer takes as long as for one who exists. */
const decoy = Bun.password.hash(crypto.randomUUID(), ARGON2);

/** A PHC string of the password in NFC. Throws `slow_down` when too many hashes are waiting. */
export const hashPassword = (password: string): Promise<string> =>
  bounded(() => Bun.password.hash(password.normalize("NFC"), ARGON2));

/**
 * Whether the password fits the hash, in NFC or as it was typed (hashes from before NFC); null (no such user) takes as long and
 * is false. Throws `slow_down` as above.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const against = hash ?? (await decoy);
  const forms = new Set([password.normalize("NFC"), password]);
  const fits = await bounded(async () => {
    for (const form of forms) if (await Bun.password.verify(form, against)) return true;
    return false;
  });
  return fits && hash !== null;
}

function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (limit.pendingCount >= MAX_WAITING) {
    throw new ChatError("slow_down", "Too many people are logging in just now; try again shortly.", { retryAfter: 2 });
  }
  return limit(work);
}
