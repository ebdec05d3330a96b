// What providers say of themselves (OpenID Connect Discovery), asked when it is first needed: one that is away keeps nobody else out.
import * as oidc from "openid-client";
import type { OidcProvider } from "../../lib/oidc-providers.ts";

// A person waits meanwhile.
const TIMEOUT_S = 10;
// Providers rarely move an address; their keys are read anew by themselves.
const MAX_AGE_MS = 3_600_000;

interface Known {
  config: oidc.Configuration;
  at: number;
}

/** By the setting, which a process has once. */
const known = new WeakMap<OidcProvider, Known>();
const underWay = new WeakMap<OidcProvider, Promise<oidc.Configuration>>();

/** The provider's addresses, keys and abilities; from before where it does not respond. Throws where it never has. */
export async function discover(provider: OidcProvider): Promise<oidc.Configuration> {
  const before = known.get(provider);
  if (before && Date.now() - before.at < MAX_AGE_MS) return before.config;
  let discovery = underWay.get(provider);
  if (!discovery) {
    discovery = ask(provider)
      .then((config) => {
        known.set(provider, { config, at: Date.now() });
        return config;
      })
      .finally(() => underWay.delete(provider));
    underWay.set(provider, discovery);
  }
  try {
    return await discovery;
  } catch (error) {
    if (before) return before.config;
    throw error;
  }
}

async function ask({ issuer, clientId, clientSecret }: OidcProvider): Promise<oidc.Configuration> {
  const execute = [
    // Signatures are checked although the ID token comes straight from the provider.
    oidc.enableNonRepudiationChecks,
    // The setting takes it for this machine alone.
    ...(issuer.protocol === "http:" ? [oidc.allowInsecureRequests] : []),
  ];
  const options = { execute, timeout: TIMEOUT_S };
  if (clientSecret === undefined) return oidc.discovery(issuer, clientId, undefined, oidc.None(), options);
  const authenticate: oidc.ClientAuth = (server, client, body, headers) => {
    // What a provider takes that says nothing (OpenID Connect Discovery, 3).
    const takesBasic = server.token_endpoint_auth_methods_supported?.includes("client_secret_basic") ?? true;
    const method = takesBasic ? oidc.ClientSecretBasic(clientSecret) : oidc.ClientSecretPost(clientSecret);
    return method(server, client, body, headers);
  };
  return oidc.discovery(issuer, clientId, undefined, authenticate, options);
}
