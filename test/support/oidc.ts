// A provider of OpenID Connect on loopback, which logs in whom a test says, and a browser that follows its redirects.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import Provider, { type Configuration } from "oidc-provider";
import type { Config } from "../../src/config.ts";
import { parseOidcProviders } from "../../src/lib/oidc-providers.ts";
import { call } from "./client.ts";

export type Claims = Record<string, unknown> & { sub: string };
export type TestProvider = Awaited<ReturnType<typeof startProvider>>;

const CLIENT = { client_id: "chat", client_secret: "secret-of-the-chat" };

/** `id` is its name with the server; `configuration` goes into the provider's. */
export async function startProvider(id = "acme", configuration: Configuration = {}) {
  const state = {
    /** Who is logged in; null denies. */
    user: null as Claims | null,
    /** In place of what the provider would answer. */
    respond: null as null | ((path: string) => { status: number; body: string } | null),
    requests: [] as string[],
  };
  const accounts = new Map<string, Claims>();
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: "first", use: "sig", alg: "RS256" };
  const client = { ...CLIENT, redirect_uris: ["http://127.0.0.1/unused"] };
  const provider = new Provider(issuer, {
    clients: [client],
    jwks: { keys: [jwk] },
    pkce: { required: () => true },
    claims: { profile: ["name", "preferred_username"], email: ["email", "email_verified"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: ["k".repeat(32)] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    findAccount: (_ctx, sub) => {
      const claims = accounts.get(sub);
      return claims && { accountId: sub, claims: () => claims };
    },
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client!.clientId,
        accountId: ctx.oidc.session!.accountId!,
      });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
    ...configuration,
  });
  const handle = provider.callback();
  http.on("request", (request, response) => {
    const path = request.url!.split("?")[0]!;
    state.requests.push(path);
    const replaced = state.respond?.(path);
    if (replaced) return response.writeHead(replaced.status, { "content-type": "application/json" }).end(replaced.body);
    if (!path.startsWith("/interaction/")) return void handle(request, response);
    const { user } = state;
    if (user) accounts.set(user.sub, user);
    void provider.interactionFinished(
      request,
      response,
      user ? { login: { accountId: user.sub, remember: false } } : { error: "access_denied" },
      { mergeWithLastSubmission: false },
    );
  });
  const setting = (more: object = {}) => JSON.stringify([{ id, label: "Acme", issuer, ...CLIENT, ...more }]);
  const self = {
    id,
    issuer,
    state,
    /** A token that the provider has signed, saying whatever it is told to. */
    sign: (claims: JWTPayload) =>
      new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "first" }).sign(privateKey),
    /** The setting by which a server takes its people. */
    setting,
    settings: (more: object = {}): Partial<Config> => ({ oidcProviders: parseOidcProviders(setting(more)) }),
    /** Lets it send browsers back to the server. */
    async serve(url: string) {
      const redirectUris = (await provider.Client.find("chat"))!.redirectUris as string[];
      const callback = `${url}/sso/${id}/callback`;
      if (!redirectUris.includes(callback)) redirectUris.push(callback);
    },
    /** Where the browser ends that is sent to `url` while `user` is at the provider: the callback of the server. */
    async visit(url: string, user: Claims | null): Promise<URL> {
      state.user = user;
      const cookies = new Map<string, string>();
      for (let at = new URL(url); ; ) {
        if (at.origin !== issuer) return at;
        const response = await fetch(at, {
          redirect: "manual",
          headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
        });
        for (const cookie of response.headers.getSetCookie()) {
          const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
          cookies.set(name!, value!);
        }
        const location = response.headers.get("location");
        if (!location) throw new Error(`${at.pathname}: ${response.status} ${await response.text()}`);
        at = new URL(location, at);
      }
    },
    close: () =>
      new Promise<void>((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return self;
}

/** What the server's callback sends the browser on to. */
export async function followCallback(callback: URL): Promise<URL> {
  const response = await fetch(callback, { redirect: "manual" });
  if (response.status !== 303) throw new Error(`callback: ${response.status} ${await response.text()}`);
  return new URL(response.headers.get("location")!);
}

/** The code in the page's address. */
export const codeOf = (page: URL) => /^#\/sign-on\/([\w-]+)$/.exec(page.hash)![1]!;

/** Logs somebody in, from the first call to the last. */
export async function signOn(server: { url: string }, provider: TestProvider, user: Claims | null, body: object = {}) {
  const started = await call(server.url, "POST", `/sso/${provider.id}/start`, body);
  if (started.status !== 200) return started;
  const { url, verifier } = started.body.data;
  const page = await followCallback(await provider.visit(url, user));
  return call(server.url, "POST", "/sso/token", { code: codeOf(page), verifier });
}
