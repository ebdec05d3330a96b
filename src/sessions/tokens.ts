// Session tokens: JWTs signed with HS256 that carry the user and a random id. The database knows only the hash of that id.
import { jwt } from "@elysiajs/jwt";

const ISSUER = "realtime-chat";

export class Tokens {
  private readonly jwt;

  constructor(secret: string) {
    this.jwt = jwt({ name: "jwt", secret, alg: "HS256", iss: ISSUER, aud: ISSUER }).decorator.jwt;
  }

  /** A new token until `expiresAt` (milliseconds since 1970, whole seconds), and the key under which its session is stored. */
  async issue(userId: number, expiresAt: number): Promise<{ token: string; key: string }> {
    const id = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
    return {
      token: await this.jwt.sign({ sub: String(userId), jti: id, exp: expiresAt / 1000 }),
      key: keyOf(id),
    };
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
