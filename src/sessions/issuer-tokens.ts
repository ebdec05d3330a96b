// Tokens that others sign for people here (JWTs by RFC 7519, checked as RFC 8725 advises). Loaded where TOKEN_ISSUERS names any.
import { decodeJwt, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { ChatError } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { TokenIssuer } from "../lib/token-issuers.ts";
import { isCleanText } from "../protocol/text.ts";
import { RemoteKeys } from "./issuer-keys.ts";

/** As much as an `auth` frame may hold. */
const MAX_LENGTH = 8 * 1024;
/** How far ahead a token may expire: a stolen one is of use for as long. */
const MAX_LIFETIME_SECONDS = 24 * 3600;
/** By how much the issuer's clock may be off. */
const CLOCK_TOLERANCE_SECONDS = 30;
const MAX_SUBJECT = 255;

/** What a good token says. Moments are in milliseconds since 1970. */
export interface IssuedToken {
  issuer: TokenIssuer;
  /** What the issuer calls its user, for ever. */
  subject: string;
  username: string | undefined;
  name: string | undefined;
  issuedAt: number;
  expiresAt: number;
}

export class IssuerTokens {
  private readonly issuers: Map<string, { issuer: TokenIssuer; findKey: JWTVerifyGetKey }>;

  constructor(issuers: readonly TokenIssuer[], log: Logger) {
    this.issuers = new Map(
      issuers.map((issuer) => {
        const { keys, name } = issuer;
        const findKey: JWTVerifyGetKey =
          "key" in keys ? async () => keys.key : new RemoteKeys({ name, log, ...keys }).find;
        return [issuer.issuer, { issuer, findKey }];
      }),
    );
  }

  /** Null for a token that is no good one of these issuers'. Throws `unavailable` while its key can't be asked for. */
  async verify(token: string): Promise<IssuedToken | null> {
    const found = token.length <= MAX_LENGTH ? this.issuers.get(issuerOf(token) ?? "") : undefined;
    if (!found) return null;
    const { issuer, findKey } = found;
    try {
      const { payload } = await jwtVerify(token, findKey, {
        algorithms: issuer.algorithms,
        issuer: issuer.issuer,
        audience: issuer.audience,
        requiredClaims: ["exp", "iat", issuer.claims.id],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      });
      return toIssued(issuer, payload);
    } catch (error) {
      if (error instanceof ChatError) throw error;
      return null;
    }
  }
}

function toIssued(issuer: TokenIssuer, payload: JWTPayload): IssuedToken | null {
  const { exp, iat } = payload as { exp: number; iat: number };
  const now = Date.now() / 1000;
  if (exp <= now || exp > now + MAX_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS) return null;
  // One from the future would outlive a log-out.
  if (iat > now + CLOCK_TOLERANCE_SECONDS) return null;
  const subject = subjectOf(claim(payload, issuer.claims.id));
  if (subject === null) return null;
  return {
    issuer,
    subject,
    username: textOf(claim(payload, issuer.claims.username)),
    name: textOf(claim(payload, issuer.claims.name)),
    issuedAt: iat * 1000,
    expiresAt: Math.floor(exp) * 1000,
  };
}

const claim = (payload: JWTPayload, name: string | undefined): unknown =>
  name !== undefined && Object.hasOwn(payload, name) ? payload[name] : undefined;

const textOf = (value: unknown) =>
  typeof value === "string" && value.trim() !== "" && isCleanText(value) ? value : undefined;

/** The same for ever: a number as its digits, and no text that a database or a header can't hold. */
function subjectOf(value: unknown): string | null {
  const subject = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof subject !== "string" || !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(subject)) return null;
  return subject.length <= MAX_SUBJECT ? subject : null;
}

function issuerOf(token: string): string | null {
  try {
    return decodeJwt(token).iss ?? null;
  } catch {
    return null;
  }
}
