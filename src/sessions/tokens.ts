// Session tokens: JWTs signed with HS256 that carry the user and a random id. The database knows only the hash of that id.
import type { jwt } from "@elysiajs/jwt";

const ISSUER = "realtime-chat";
/** The audience of tokens that open nothing but files. */
const FILES = "realtime-chat/files";

const RULES = { algorithms: ["HS256"], issuer: ISSUER };

/** A token that was signed by us and has not expired. */
interface Claims {
  /** The key under which its session is stored. */
  key: string;
  /** In milliseconds since 1970. */
  expiresAt: number;
}

type Signer = ReturnType<typeof jwt>["decorator"]["jwt"];

interface Signers {
  sessions: Signer[];
  files: Signer[];
}

/** The library is loaded by the first token. */
async function loadSigners(secrets: string[]): Promise<Signers> {
  const { jwt } = await import("@elysiajs/jwt");
  const signersOf = (aud: string): Signer[] =>
    secrets.map((secret) => jwt({ name: "jwt", secret, alg: "HS256", iss: ISSUER, aud }).decorator.jwt);
  return { sessions: signersOf(ISSUER), files: signersOf(FILES) };
}

export class Tokens {
  private loading: Promise<Signers> | undefined;

  /** The first secret signs; the others only verify, so that it can be replaced while sessions go on. */
  constructor(private readonly secrets: [string, ...string[]]) {}

  /** A new token until `expiresAt` (milliseconds since 1970, whole seconds), and the key under which its session is stored. */
  async issue(userId: number, expiresAt: number): Promise<{ token: string; key: string }> {
    const id = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
    return { token: await this.sign(String(userId), id, expiresAt), key: keyOf(id) };
  }

  /** Another token of the same session, until `expiresAt`; null for one that is forged or has expired. */
  async reissue(token: string, expiresAt: number): Promise<string | null> {
    const claims = await this.claimsOf(token);
    return claims && this.sign(claims.sub, claims.jti, expiresAt);
  }

  /**
   * A token until `expiresAt` (milliseconds since 1970) by which files are read in the name of the session with this key; or of the user
   * for whom that acts.
   */
  async issueForFiles(key: string, expiresAt: number, actsFor: number | null): Promise<string> {
    const { files } = await this.signers();
    const claims = { sid: key, exp: Math.floor(expiresAt / 1000) };
    return files[0]!.sign(actsFor === null ? claims : { ...claims, acts_for: actsFor });
  }

  /** Null for any other token than one for files. */
  async verifyForFiles(token: string): Promise<(Claims & { actsFor: number | null }) | null> {
    const { files } = await this.signers();
    for (const signer of files) {
      const claims = await signer.verify(token, { ...RULES, requiredClaims: ["exp", "sid"], audience: FILES });
      if (claims && typeof claims.sid === "string") {
        const actsFor = typeof claims.acts_for === "number" ? claims.acts_for : null;
        return { key: claims.sid, expiresAt: claims.exp! * 1000, actsFor };
      }
    }
    return null;
  }

  /** Null for a token that is forged or has expired. */
  async verify(token: string): Promise<Claims | null> {
    const claims = await this.claimsOf(token);
    return claims && { key: keyOf(claims.jti), expiresAt: claims.exp * 1000 };
  }

  private signers(): Promise<Signers> {
    this.loading ??= loadSigners(this.secrets);
    return this.loading;
  }

  private async sign(sub: string, jti: string, expiresAt: number) {
    const { sessions } = await this.signers();
    return sessions[0]!.sign({ sub, jti, exp: expiresAt / 1000 });
  }

  private async claimsOf(token: string) {
    const { sessions } = await this.signers();
    for (const signer of sessions) {
      const claims = await signer.verify(token, { ...RULES, requiredClaims: ["exp", "jti", "sub"], audience: ISSUER });
      if (claims && typeof claims.jti === "string") return { sub: claims.sub!, jti: claims.jti, exp: claims.exp! };
    }
    return null;
  }
}

const keyOf = (tokenId: string) => new Bun.CryptoHasher("sha256").update(tokenId).digest("base64url");
