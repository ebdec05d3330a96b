// The setting OIDC_PROVIDERS: where people may log in instead of here, by OpenID Connect.
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { isLoopback } from "./network.ts";
import { StartupError } from "./startup-error.ts";

const Text = (maxLength = 1000) => Type.String({ minLength: 1, maxLength });

const ProviderSetting = Type.Object(
  {
    id: Type.String({ pattern: "^[a-z][a-z0-9-]{0,31}$" }),
    label: Type.String({ pattern: "^\\S.{0,39}$" }),
    issuer: Text(),
    client_id: Text(),
    client_secret: Type.Optional(Text()),
    scopes: Type.Optional(
      Type.Array(Type.String({ pattern: "^[\\x21\\x23-\\x5B\\x5D-\\x7E]{1,100}$" }), { maxItems: 20 }),
    ),
    create: Type.Optional(Type.Boolean()),
    email_domains: Type.Optional(
      Type.Array(Type.String({ pattern: "^[a-z0-9-]+(\\.[a-z0-9-]+)+$" }), { minItems: 1, maxItems: 100 }),
    ),
  },
  { additionalProperties: false },
);

export interface OidcProvider {
  /** What it is called in addresses. */
  id: string;
  /** What people read: `Continue with <label>`. */
  label: string;
  issuer: URL;
  clientId: string;
  /** Undefined of a public client, which PKCE alone protects. */
  clientSecret: string | undefined;
  /** With `openid`. */
  scopes: string[];
  /** Whether the first log-in of somebody unknown makes them an account. */
  create: boolean;
  /** Of whose confirmed e-mail addresses; null for all people, also those without one. */
  emailDomains: string[] | null;
}

/** Throws a StartupError that says what is wrong, without repeating any value. */
export function parseOidcProviders(text: string): OidcProvider[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fault("expected JSON: a list of providers");
  }
  if (!Array.isArray(value)) throw fault("expected a list of providers");
  const providers = value.map((one, index) => {
    const [wrong] = Value.Errors(ProviderSetting, one);
    const where = `provider ${index + 1}`;
    if (wrong) throw fault(`${where}${wrong.path.replaceAll("/", ".").replace(/^\./, ", ")}: ${wrong.message}`);
    return toProvider(one as Static<typeof ProviderSetting>, where);
  });
  // An identity is the issuer's: of two providers with one issuer it would be both's.
  for (const field of ["id", "issuer"] as const)
    if (new Set(providers.map((provider) => String(provider[field]))).size < providers.length)
      throw fault(`two providers have the same ${field}`);
  return providers;
}

function toProvider(setting: Static<typeof ProviderSetting>, where: string): OidcProvider {
  const { id, label, client_id, client_secret, scopes, create = true, email_domains } = setting;
  const issuer = URL.parse(setting.issuer);
  if (!issuer || !(issuer.protocol === "https:" || (issuer.protocol === "http:" && isLoopback(issuer))))
    throw fault(`${where}: issuer must be an https:// address, or one of this machine`);
  if (issuer.username || issuer.password || issuer.search || issuer.hash)
    throw fault(`${where}: issuer must be an address without a password, a query and a fragment`);
  return {
    id,
    label,
    issuer,
    clientId: client_id,
    clientSecret: client_secret,
    scopes: [...new Set(["openid", ...(scopes ?? ["profile", "email"])])],
    create,
    emailDomains: email_domains ?? null,
  };
}

/** Under what the identities of a provider are stored: as it spells itself, and the setting may have a slash more or less. */
export function spellingsOf({ issuer }: OidcProvider): string[] {
  const plain = issuer.href.replace(/\/$/, "");
  return [plain, `${plain}/`];
}

const fault = (what: string) => new StartupError(`OIDC_PROVIDERS is not valid: ${what}.`);
