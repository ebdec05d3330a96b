// Secrets that the server must read again, encrypted with a key that is derived from JWT_SECRET: a copy of the database alone does not
// hold them (docs/design.md, Second factor).
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

const keyOf = (secret: string) => Buffer.from(hkdfSync("sha256", secret, "", "realtime-chat totp secrets", 32));

interface Secrets {
  jwtSecret: string;
  jwtSecretPrevious?: string | undefined;
}

/** The text for this owner, encrypted; for another one (a user's id, or a name) it can't be opened. */
export function seal({ jwtSecret }: Secrets, owner: number | string, text: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(jwtSecret), iv).setAAD(Buffer.from(String(owner)));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
}

/** The text, and whether the present JWT_SECRET has sealed it; null where neither that nor the one before has. */
export function unseal(config: Secrets, owner: number | string, sealed: string) {
  for (const secret of [config.jwtSecret, config.jwtSecretPrevious]) {
    const text = secret === undefined ? null : tryUnseal(secret, owner, Buffer.from(sealed, "base64url"));
    if (text !== null) return { text, isCurrent: secret === config.jwtSecret };
  }
  return null;
}

function tryUnseal(secret: string, owner: number | string, bytes: Buffer): string | null {
  const [iv, tag] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)];
  const cipher = createDecipheriv(CIPHER, keyOf(secret), iv, { authTagLength: TAG_BYTES });
  try {
    cipher.setAAD(Buffer.from(String(owner))).setAuthTag(tag);
    return cipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, "utf8") + cipher.final("utf8");
  } catch {
    return null;
  }
}
