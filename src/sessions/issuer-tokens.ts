// Tokens that others sign for people here (JWTs by RFC 7519, checked as RFC 8725 advises). Loaded with the first token that is not our own.
import { decodeJwt, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { ChatError } from "../lib/errors.ts";
import { OUR_ISSUER, type TokenIssuer } from "../lib/token-issuers.ts";
import { EXTERNAL_ID_LIMIT } from "../protocol/limits.ts";
import { isCleanText } from "../protocol/text.ts";

/** As much as an `auth` frame may hold. */
const MAX_LENGTH = 8 * 1024;
/** How far ahead a token may expire: a stolen one is of use for as long. */
const MAX_LIFETIME_SECONDS = 24 * 3600;
/** By how much the issuer's clock may be off. */
const CLOCK_TOLERANCE_SECONDS = 30;
const MAX_SUBJECT = 255;
const MAX_GROUPS = 100;

/** What a good token says. Moments are in milliseconds since 1970. */
export interface IssuedToken {
  issuer: TokenIssuer;
  /** What the issuer calls its user, for ever. */
  subject: string;
  username: string | undefined;
  name: string | undefined;
  /** The address of their picture, unread. */
  avatar: string | undefined;
  /** The external ids of the groups that they are in; undefined where the token says nothing of it. */
  groups: string[] | undefined;
  issuedAt: number;
  expiresAt: number;
}

/** The claim `iss` of a token that may be an issuer's, unchecked; null of what is none, or one of our own. */
export function issuerOf(token: string): string | null {
  if (token.length > MAX_LENGTH) return null;
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === "string" && iss !== OUR_ISSUER ? iss : null;
  } catch {
    return null;
  }
}

/** What the token of this issuer says; null when it is not a good one. Throws `unavailable` while its key can't be asked for. */
export async function verifyIssued(
  token: string,
  { issuer, findKey }: { issuer: TokenIssuer; findKey: JWTVerifyGetKey },
): Promise<IssuedToken | null> {
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
    avatar: textOf(claim(payload, issuer.claims.avatar)),
    groups: groupsOf(claim(payload, issuer.claims.groups)),
    issuedAt: iat * 1000,
    expiresAt: Math.floor(exp) * 1000,
  };
}

const claim = (payload: JWTPayload, name: string | undefined): unknown =>
  name !== undefined && Object.hasOwn(payload, name) ? payload[name] : undefined;

const textOf = (value: unknown) =>
  typeof value === "string" && value.trim() !== "" && isCleanText(value) ? value : undefined;

/** What is no id of a group is left out, and what is no list says nothing. */
function groupsOf(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const ids = value.filter(
    (id) => typeof id === "string" && id !== "" && id.length <= EXTERNAL_ID_LIMIT && isCleanText(id),
  );
  return [...new Set(ids)].slice(0, MAX_GROUPS).toSorted();
}

/** The same for ever: a number as its digits, and no text that a database or a header can't hold. */
function subjectOf(value: unknown): string | null {
  const subject = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof subject !== "string" || !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(subject)) return null;
  return subject.length <= MAX_SUBJECT ? subject : null;
}
