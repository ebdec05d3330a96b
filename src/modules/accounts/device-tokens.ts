// Tokens by which a device proves an earlier log-in to an account (OWASP device cookies). They replace no password: a device with one
// only has a count of failures of its own.
import { timingSafeEqual } from "node:crypto";

interface Account {
  id: number;
  /** Null where nobody logs in with a password. */
  passwordHash: string | null;
}

/** A token for one account, good until its password changes. */
export function issueDeviceToken(secret: string, account: Account): string {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
  return `${nonce}.${sign(secret, account, nonce)}`;
}

/** The device's id, when the token was issued for this account and password; else null. */
export function readDeviceToken(secret: string, account: Account, token: string): string | null {
  const [, nonce, signature] = /^([\w-]{22})\.([\w-]{43})$/.exec(token) ?? [];
  if (!nonce || !signature) return null;
  return timingSafeEqual(Buffer.from(signature), Buffer.from(sign(secret, account, nonce))) ? nonce : null;
}

// The hash has a salt of its own, so that even the same password set again ends the tokens.
const sign = (secret: string, { id, passwordHash }: Account, nonce: string) =>
  new Bun.CryptoHasher("sha256", secret)
    .update(`device token\n${id}\n${nonce}\n${passwordHash ?? ""}`)
    .digest("base64url");
