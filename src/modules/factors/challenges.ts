// Challenges of WebAuthn: signed by the server and not stored, so that asking for one costs no row, whoever asks. Each is good for ten
// minutes, for what it was made for, and once: those that were answered rightly are stored until they expire, for all servers.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { lt, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { usedChallenges } from "../../db/schema.ts";

const LIFE_MS = 10 * 60_000;
const NONCE_BYTES = 16;
const TIME_BYTES = 6;
const SIGNED_BYTES = NONCE_BYTES + TIME_BYTES;

/** For what a challenge is: a log-in, or another passkey of a session. */
export type Purpose = "log in" | `register ${number}`;

export function issueChallenge({ jwtSecret }: Core["config"], purpose: Purpose): Uint8Array<ArrayBuffer> {
  const signed = Buffer.alloc(SIGNED_BYTES);
  randomBytes(NONCE_BYTES).copy(signed);
  signed.writeUIntBE(Date.now() + LIFE_MS, NONCE_BYTES, TIME_BYTES);
  return new Uint8Array(Buffer.concat([signed, sign(jwtSecret, purpose, signed)]));
}

/** Whether a challenge (base64url) was made here, for this, and has not expired. */
export function isChallenge({ jwtSecret, jwtSecretPrevious }: Core["config"], purpose: Purpose, challenge: string) {
  const bytes = Buffer.from(challenge, "base64url");
  // Another spelling of the same bytes would count as another challenge.
  if (bytes.toString("base64url") !== challenge || bytes.length <= SIGNED_BYTES) return false;
  const [signed, signature] = [bytes.subarray(0, SIGNED_BYTES), bytes.subarray(SIGNED_BYTES)];
  const isSigned = [jwtSecret, jwtSecretPrevious].some((secret) => {
    const expected = secret === undefined ? null : sign(secret, purpose, signed);
    return expected?.length === signature.length && timingSafeEqual(expected, signature);
  });
  return isSigned && signed.readUIntBE(NONCE_BYTES, TIME_BYTES) > Date.now();
}

/** Whether it is used for the first time; a second use waits until the transaction of the first has ended. */
export async function takeChallenge(tx: Transaction, challenge: string): Promise<boolean> {
  await tx.delete(usedChallenges).where(lt(usedChallenges.expiresAt, sql`now()`));
  const taken = await tx
    .insert(usedChallenges)
    // Twice as long as it is good: clocks of servers may differ.
    .values({ challenge, expiresAt: sql`now() + ${2 * LIFE_MS} * interval '1 millisecond'` as never })
    .onConflictDoNothing()
    .returning({ challenge: usedChallenges.challenge });
  return taken.length > 0;
}

const sign = (secret: string, purpose: Purpose, signed: Uint8Array): Buffer =>
  new Bun.CryptoHasher("sha256", secret).update(`webauthn challenge\n${purpose}\n`).update(signed).digest();
