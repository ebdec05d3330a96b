// The setting TOKEN_ISSUERS: who else may sign tokens for people here, and with what they are checked.
import { createPublicKey, createSecretKey, type KeyObject } from "node:crypto";
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
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
const OUR_ISSUER = "realtime-chat";
const MIN_RSA_BITS = 2048;
const MIN_SECRET_BYTES = 32;

const Text = (maxLength = 1000) => Type.String({ minLength: 1, maxLength });

const IssuerSetting = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z][a-z0-9-]{0,31}$" }),
    issuer: Text(),
    audience: Text(),
    jwks_url: Type.Optional(Text()),
    public_key: Type.Optional(Text(10_000)),
    secret: Type.Optional(Text()),
    algorithms: Type.Array(Type.String(), { minItems: 1, maxItems: 12 }),
    claims: Type.Optional(
      Type.Object(
        { id: Type.Optional(Text()), username: Type.Optional(Text()), name: Type.Optional(Text()) },
        { additionalProperties: false },
      ),
    ),
    create: Type.Optional(Type.Boolean()),
    allow_private: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

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
  claims: { id: string; username?: string; name?: string };
  /** Whether the first token of somebody unknown makes them a user. */
  create: boolean;
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
    return toIssuer(one as Static<typeof IssuerSetting>, where);
  });
  for (const field of ["name", "issuer"] as const)
    if (new Set(issuers.map((issuer) => issuer[field])).size < issuers.length)
      throw fault(`two issuers have the same ${field}`);
  return issuers;
}

function toIssuer(setting: Static<typeof IssuerSetting>, where: string): TokenIssuer {
  const { name, issuer, audience, algorithms, claims, create = true } = setting;
  if (issuer === OUR_ISSUER) throw fault(`${where}: "${OUR_ISSUER}" is the issuer of this server's own tokens`);
  const given = [setting.jwks_url, setting.public_key, setting.secret].filter((key) => key !== undefined);
  if (given.length !== 1) throw fault(`${where}: expected one of jwks_url, public_key and secret`);
  const { keys, allowed } = keysOf(setting, where);
  const wrong = algorithms.find((algorithm) => !allowed.includes(algorithm));
  if (wrong !== undefined) throw fault(`${where}: algorithms may hold ${allowed.join(", ")} with this kind of key`);
  return { name, issuer, audience, keys, algorithms, claims: { ...claims, id: claims?.id ?? "sub" }, create };
}

function keysOf(
  setting: Static<typeof IssuerSetting>,
  where: string,
): { keys: IssuerKeys; allowed: readonly string[] } {
  const { jwks_url, public_key, secret, allow_private: allowsPrivate = false } = setting;
  if (jwks_url !== undefined) {
    const url = URL.parse(jwks_url);
    if (!url || !(url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))))
      throw fault(`${where}: jwks_url must be an https:// address, or one of this machine`);
    if (url.username || url.password) throw fault(`${where}: jwks_url must not hold a password`);
    return { keys: { url, allowsPrivate: allowsPrivate || isLoopback(url) }, allowed: ALL_PAIRS };
  }
  if (public_key !== undefined) {
    const key = readPublicKey(public_key, where);
    const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    const kind = namedCurve ?? key.asymmetricKeyType ?? "";
    if (!Object.hasOwn(PAIRS, kind)) throw fault(`${where}: public_key must be of RSA, P-256, P-384, P-521 or Ed25519`);
    if (kind === "rsa" && modulusLength < MIN_RSA_BITS)
      throw fault(`${where}: public_key must have ${MIN_RSA_BITS} bits or more`);
    return { keys: { key }, allowed: PAIRS[kind as keyof typeof PAIRS] };
  }
  const bytes = Buffer.from(secret!);
  if (bytes.byteLength < MIN_SECRET_BYTES)
    throw fault(`${where}: secret must have ${MIN_SECRET_BYTES} characters or more`);
  return { keys: { key: createSecretKey(bytes) }, allowed: SHARED };
}

function readPublicKey(pem: string, where: string): KeyObject {
  if (pem.includes("PRIVATE KEY")) throw fault(`${where}: public_key is a private key; keep that to yourself`);
  try {
    return createPublicKey(pem);
  } catch {
    throw fault(`${where}: public_key must be PEM, beginning with -----BEGIN PUBLIC KEY-----`);
  }
}

const fault = (what: string) => new StartupError(`TOKEN_ISSUERS is not valid: ${what}.`);
