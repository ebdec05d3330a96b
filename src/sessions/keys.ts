// API keys: `rck_` and 256 bits. They are computed from a random salt with the server's secret, so that a request for one which is
// repeated gets the same key, while the database holds only its hash.
const PREFIX = "rck_";

export const isKey = (token: string) => token.startsWith(PREFIX);

/** The key of a salt. */
export function keyOfSalt(secret: string, salt: string): string {
  return PREFIX + new Bun.CryptoHasher("sha256", secret).update(`api-key:${salt}`).digest("base64url");
}

/** Under what a key, or the token of an issuer, is stored. */
export const hashOf = (token: string) => new Bun.CryptoHasher("sha256").update(token).digest("base64url");
