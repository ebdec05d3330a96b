// Session tokens: JWTs signed with HS256 that carry the user and a random id. The database knows only the hash of that id.
import { jwt } from "@elysiajs/jwt";

const ISSUER = "realtime-chat";
/** The audience of tokens that open nothing but files. */
const FILES = "realtime-chat/files";

export class Tokens {
  private readonly jwt;
  private readonly files;

  constructor(secret: string) {
    this.jwt = jwt({ name: "jwt", secret, alg: "HS256", iss: ISSUER, aud: ISSUER }).decorator.jwt;
    this.files = jwt({ name: "jwt", secret, alg: "HS256", iss: ISSUER, aud: FILES }).decorator.jwt;
  }

  /** A new token until `expiresAt` (milliseconds since 1970, whole seconds), and the key under which its session is stored. */
  async issue(userId: number, expiresAt: number): Promise<{ token: string; key: string }> {
    const id = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
    return {
      token: await this.jwt.sign({ sub: String(userId), jti: id, exp: expiresAt / 1000 }),
      key: keyOf(id),
    };
  }

  /** A token until `expiresAt` (milliseconds since 1970) by which files are read in the name of the session with this key. */
  issueForFiles(key: string, expiresAt: number): Promise<string> {
    return this.files.sign({ sid: key, exp: Math.floor(expiresAt / 1000) });
  }

  /** The key of the session, and the end (milliseconds since 1970), of a token for files; null for any other token. */
  async verifyForFiles(token: string): Promise<{ key: string; expiresAt: number } | null> {
    const claims = await this.files.verify(token, {
      algorithms: ["HS256"],
      requiredClaims: ["exp", "sid"],
      issuer: ISSUER,
      audience: FILES,
    });
    return claims && typeof claims.sid === "string" ? { key: claims.sid, expiresAt: claims.exp! * 1000 } : null;
  }

  /** The key of a token's session; null for one that is forged or has expired. */
  async verify(token: string): Promise<string | null> {
    const claims = await this.jwt.verify(token, {
      algorithms: ["HS256"],
      requiredClaims: ["exp", "jti", "sub"],
      issuer: ISSUER,
      audience: ISSUER,
    });
    return claims && typeof claims.jti === "string" ? keyOf(claims.jti) : null;
  }
}

const keyOf = (tokenId: string) => new Bun.CryptoHasher("sha256").update(tokenId).digest("base64url");
