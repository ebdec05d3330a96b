// The setting TOKEN_ISSUERS: who else may sign tokens for people here, and with what they are checked.
import { createPublicKey, createSecretKey, type KeyObject } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { claimFields, IssuerName, issuerFields } from "../protocol/issuers.ts";
import { isLoopback } from "./network.ts";
import { StartupError } from "./startup-error.ts";

const SHARED = ["HS256", "HS384", "HS512"] as const;
/** By the type of the public key, or its curve. */
const PAIRS = {
  rsa: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  prime256v1: ["ES256"],
  secp384r1: ["ES384"],
  secp521r1: ["ES512"],
  ed25519: ["EdDSA", "Ed25519"],
} as const;
const ALL_PAIRS: readonly string[] = Object.values(PAIRS).flat();
/** The issuer that stands in our own tokens. */
export const OUR_ISSUER = "realtime-chat";
const MIN_RSA_BITS = 2048;
const MIN_SECRET_BYTES = 32;

const IssuerSetting = Type.Object(
  {
    name: IssuerName,
    ...issuerFields,
    claims: Type.Optional(Type.Object(claimFields, { additionalProperties: false })),
    allow_private: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
type IssuerSetting = Static<typeof IssuerSetting>;

/** With what an issuer's tokens are checked: one key, or those that stand at an address. */
export type IssuerKeys = { key: KeyObject } | { url: URL; allowsPrivate: boolean };

export interface TokenIssuer {
  /** What its people are called by here: `acme` of `acme:customer-77`. */
  name: string;
  /** The claims `iss` and `aud` of its tokens. */
  issuer: string;
  audience: string;
  keys: IssuerKeys;
  algorithms: string[];
  /** The names of the claims that say who somebody is. */
  claims: { id: string; username?: string; name?: string; avatar?: string; groups?: string };
  /** Whether the first token of somebody unknown makes them a user. */
  create: boolean;
}

/** What is wrong with one field. */
export class IssuerFault extends Error {
  override readonly name = "IssuerFault";

  /** `sentence` goes on after the name of the field. */
  constructor(
    readonly field: string,
    readonly sentence: string,
  ) {
    super(`${field} ${sentence}`);
  }
}

/** Throws a StartupError that says what is wrong, without repeating any value. */
export function parseTokenIssuers(text: string): TokenIssuer[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fault("expected JSON: a list of issuers");
  }
  if (!Array.isArray(value)) throw fault("expected a list of issuers");
  const issuers = value.map((one, index) => {
    const [wrong] = Value.Errors(IssuerSetting, one);
    const where = `issuer ${index + 1}`;
    if (wrong) throw fault(`${where}${wrong.path.replaceAll("/", ".").replace(/^\./, ", ")}: ${wrong.message}`);
    try {
      return toIssuer(one as IssuerSetting);
    } catch (error) {
      if (error instanceof IssuerFault) throw fault(`${where}: ${error.message}`);
      throw error;
    }
  });
  for (const field of ["name", "issuer"] as const)
    if (new Set(issuers.map((issuer) => issuer[field])).size < issuers.length)
      throw fault(`two issuers have the same ${field}`);
  return issuers;
}

/** Of what fits the schema. Throws an IssuerFault. */
export function toIssuer(setting: IssuerSetting): TokenIssuer {
  const { name, issuer, audience, algorithms, claims, create = true } = setting;
  if (issuer === OUR_ISSUER) throw new IssuerFault("issuer", `"${OUR_ISSUER}" is that of this server's own tokens`);
  const given = [setting.jwks_url, setting.public_key, setting.secret].filter((key) => key !== undefined);
  if (given.length !== 1)
    throw new IssuerFault("jwks_url", "is missing, or not alone: expected one of jwks_url, public_key and secret");
  const { keys, allowed } = keysOf(setting);
  const wrong = algorithms.find((algorithm) => !allowed.includes(algorithm));
  if (wrong !== undefined) throw new IssuerFault("algorithms", `may hold ${allowed.join(", ")} with this kind of key`);
  return { name, issuer, audience, keys, algorithms, claims: { ...claims, id: claims?.id ?? "sub" }, create };
}

function keysOf(setting: IssuerSetting): { keys: IssuerKeys; allowed: readonly string[] } {
  const { jwks_url, public_key, secret, allow_private: allowsPrivate = false } = setting;
  if (jwks_url !== undefined) {
    const url = URL.parse(jwks_url);
    if (!url || !(url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))))
      throw new IssuerFault("jwks_url", "must be an https:// address, or one of this machine");
    if (url.username || url.password) throw new IssuerFault("jwks_url", "must not hold a password");
    return { keys: { url, allowsPrivate: allowsPrivate || isLoopback(url) }, allowed: ALL_PAIRS };
  }
  if (public_key !== undefined) {
    const key = readPublicKey(public_key);
    const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    const kind = namedCurve ?? key.asymmetricKeyType ?? "";
    if (!Object.hasOwn(PAIRS, kind))
      throw new IssuerFault("public_key", "must be of RSA, P-256, P-384, P-521 or Ed25519");
    if (kind === "rsa" && modulusLength < MIN_RSA_BITS)
      throw new IssuerFault("public_key", `must have ${MIN_RSA_BITS} bits or more`);
    return { keys: { key }, allowed: PAIRS[kind as keyof typeof PAIRS] };
  }
  const bytes = Buffer.from(secret!);
  if (bytes.byteLength < MIN_SECRET_BYTES)
    throw new IssuerFault("secret", `must have ${MIN_SECRET_BYTES} characters or more`);
  return { keys: { key: createSecretKey(bytes) }, allowed: SHARED };
}

function readPublicKey(pem: string): KeyObject {
  if (pem.includes("PRIVATE KEY")) throw new IssuerFault("public_key", "is a private key; keep that to yourself");
  try {
    return createPublicKey(pem);
  } catch {
    throw new IssuerFault("public_key", "must be PEM, beginning with -----BEGIN PUBLIC KEY-----");
  }
}

const fault = (what: string) => new StartupError(`TOKEN_ISSUERS is not valid: ${what}.`);
