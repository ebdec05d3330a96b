// An issuer of tokens on loopback: a server of its public keys, and what signs with the private ones.
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import type { Config } from "../../src/config.ts";
import { parseTokenIssuers } from "../../src/lib/token-issuers.ts";

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

export const nowSeconds = () => Math.floor(Date.now() / 1000);

/** Changes in the header and the claims of a token; undefined takes one away. */
export interface TokenChanges {
  header?: Record<string, unknown>;
  claims?: JWTPayload;
  key?: Parameters<SignJWT["sign"]>[0];
}

export type TestIssuer = Awaited<ReturnType<typeof startIssuer>>;

/** `name` is its name with us. */
export async function startIssuer(name = "acme", setting: object = {}) {
  const keys = new Map<string, KeyPair>();
  const published = new Map<string, JWK>();
  const state = { requests: 0, respond: null as null | ((request: Request) => Response | Promise<Response>) };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      state.requests++;
      if (state.respond) return state.respond(request);
      return Response.json({ keys: [...published.values()] });
    },
  });
  const issuer = `https://${name}.example.com`;
  const url = `http://127.0.0.1:${server.port}/jwks.json`;
  const self = {
    name,
    issuer,
    url,
    state,
    keys,
    published,
    /** The setting by which a server takes its tokens. */
    settings: {
      tokenIssuers: parseTokenIssuers(
        JSON.stringify([
          {
            name,
            issuer,
            audience: "chat",
            jwks_url: url,
            algorithms: ["ES256"],
            claims: { username: "preferred_username", name: "name" },
            ...setting,
          },
        ]),
      ),
    } satisfies Partial<Config>,
    async addKey(kid: string, isPublished = true) {
      const pair = await generateKeyPair("ES256", { extractable: true });
      keys.set(kid, pair);
      if (isPublished) published.set(kid, { ...(await exportJWK(pair.publicKey)), kid, alg: "ES256", use: "sig" });
    },
    /** A good token for a subject, but for the changes. */
    token(subject: string, { header, claims, key }: TokenChanges = {}, kid = [...keys.keys()].at(-1)!) {
      const now = nowSeconds();
      const payload = { iss: issuer, aud: "chat", sub: subject, iat: now, exp: now + 600, ...claims };
      return new SignJWT(JSON.parse(JSON.stringify(payload)))
        .setProtectedHeader({ alg: "ES256", kid, ...header } as never)
        .sign(key ?? keys.get(kid)!.privateKey);
    },
    close: () => server.stop(true),
  };
  await self.addKey("first");
  return self;
}
