// The way to a provider and back: the authorization code flow of OpenID Connect with PKCE, state and nonce.
//
// The token reaches the page in no URL. The page that begins keeps a verifier; the browser comes back to it with a code behind the
// `#`, which no server is sent, and the page takes the token for both. A code alone is worth nothing, so that nobody can be logged in
// as somebody else by a link, and nobody's log-in be taken from an address.
import { and, eq, gt, isNull, sql } from "drizzle-orm";
import * as oidc from "openid-client";
import type { Core } from "../../core.ts";
import { type SignOnOutcome, signOns } from "../../db/schema.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { safeError } from "../../lib/log.ts";
import type { OidcProvider } from "../../lib/oidc-providers.ts";
import { parseOrigin } from "../../lib/origin.ts";
import { notFound, providerUnavailable } from "../../protocol/refusals.ts";
import { SIGN_ON_CODE_SECONDS, SIGN_ON_SECONDS, type SignOn } from "../../protocol/sso.ts";
import { isCleanText } from "../../protocol/text.ts";
import { isEmail } from "../../protocol/types.ts";
import { findByIdentity } from "../accounts/identities.ts";
import { discover } from "./providers.ts";

/** What a page is sent that comes back with no log-in of ours: its code is good for nothing. */
const NO_CODE = "unknown";
/** Beyond it a claim is no name or address of a person. */
const CLAIM_MAX = 320;

const now = sql`now()`;
const fromNow = (seconds: number) => sql`now() + make_interval(secs => ${seconds})` as never;
export const hashOf = (text: string) => new Bun.CryptoHasher("sha256").update(text).digest("base64url");
const SECRET = /^[\w-]{43}$/;
const newSecret = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");

/** Throws `not_found`. */
export function requireProvider({ config }: Core, id: string): OidcProvider {
  const provider = config.oidcProviders.find((one) => one.id === id);
  if (!provider) throw new ChatError(notFound("provider"));
  return provider;
}

/**
 * Begins a log-in, or with `userId` the linking of an identity to that account. Throws `not_found`, `invalid` (the page to return to),
 * `unavailable`.
 */
export async function begin(
  core: Core,
  provider: OidcProvider,
  { returnTo, userId = null }: { returnTo: string | undefined; userId?: number | null },
): Promise<SignOn> {
  const page = returnPage(core, returnTo);
  const config = await discover(provider).catch((error) => {
    core.log.warn({ provider: provider.id, error: safeError(error) }, "a provider could not be reached");
    throw new ChatError(providerUnavailable);
  });
  const [state, nonce, verifier] = [newSecret(), newSecret(), newSecret()];
  const pkceVerifier = oidc.randomPKCECodeVerifier();
  await core.db.delete(signOns).where(sql`${signOns.expiresAt} < now()`);
  const [row] = await core.db
    .insert(signOns)
    .values({
      stateHash: hashOf(state),
      provider: provider.id,
      nonce,
      pkceVerifier,
      verifierHash: hashOf(verifier),
      returnTo: page,
      userId,
      expiresAt: fromNow(SIGN_ON_SECONDS),
    })
    .returning({ expiresAt: signOns.expiresAt });
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: callbackOf(core, provider),
    response_type: "code",
    scope: provider.scopes.join(" "),
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceVerifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  return { url: url.href, verifier, expires_at: row!.expiresAt };
}

/** Where the provider sends the browser: an address of its own for each, so that none can pass for another. */
const callbackOf = ({ config }: Core, { id }: OidcProvider) => `${config.publicUrl}/sso/${id}/callback`;

/** The page to return to, without a fragment: ours, or one of an origin that may call us. Throws `invalid`. */
function returnPage({ config }: Core, wished: string | undefined): string {
  const own = `${config.publicUrl}/`;
  if (wished === undefined) return own;
  const page = URL.parse(wished);
  // (With `*` anybody may call, but not be sent people with codes.)
  const isAllowed =
    page !== null &&
    !page.username &&
    !page.password &&
    (page.origin === new URL(own).origin || config.corsOrigins.some((one) => parseOrigin(one)?.origin === page.origin));
  if (!isAllowed) throw invalid("return_to", "must be a page of this server, or of an origin that may call it");
  page.hash = "";
  return page.href;
}

/** What came back by the browser; returns the address that it goes on to. */
export async function receive(core: Core, provider: OidcProvider, query: string): Promise<string> {
  const given = new URLSearchParams(query);
  if (!SECRET.test(given.get("state") ?? "")) return `${core.config.publicUrl}/#/sign-on/${NO_CODE}`;
  const [row] = await core.db
    .update(signOns)
    .set({ returnedAt: now as never })
    .where(
      and(
        eq(signOns.stateHash, hashOf(given.get("state") ?? "")),
        eq(signOns.provider, provider.id),
        isNull(signOns.returnedAt),
        gt(signOns.expiresAt, now),
      ),
    )
    .returning();
  if (!row) return `${core.config.publicUrl}/#/sign-on/${NO_CODE}`;
  const url = new URL(callbackOf(core, provider));
  url.search = query;
  const outcome = await redeem(core, provider, url, given.get("state")!, row).catch((error): SignOnOutcome => {
    core.log.warn({ provider: provider.id, error: safeError(error) }, "a log-in at a provider failed");
    return { failure: failureOf(error) };
  });
  const code = newSecret();
  await core.db
    .update(signOns)
    .set({ codeHash: hashOf(code), outcome, expiresAt: fromNow(SIGN_ON_CODE_SECONDS) })
    .where(eq(signOns.stateHash, row.stateHash));
  return `${row.returnTo}#/sign-on/${code}`;
}

/** Takes the provider's code to the provider. Checks state, nonce, PKCE, issuer, audience, signature and age. */
async function redeem(
  core: Core,
  provider: OidcProvider,
  url: URL,
  state: string,
  row: typeof signOns.$inferSelect,
): Promise<SignOnOutcome> {
  const config = await discover(provider);
  const tokens = await oidc.authorizationCodeGrant(config, url, {
    pkceCodeVerifier: row.pkceVerifier,
    expectedState: state,
    expectedNonce: row.nonce,
    idTokenExpected: true,
  });
  const idToken = tokens.claims()!;
  const { iss: issuer, sub: subject } = idToken;
  if (!isCleanText(subject)) return { failure: "failed" };
  const isKnown = row.userId !== null || (await findByIdentity(core.db, issuer, subject)) !== null;
  // Who is known is asked for nothing more. (Many providers put the scopes' claims into the ID token; the standard has them here.)
  const isToldElsewhere = !isKnown && config.serverMetadata().userinfo_endpoint !== undefined;
  const userInfo = isToldElsewhere ? await oidc.fetchUserInfo(config, tokens.access_token, subject) : {};
  return { issuer, subject, ...profileOf({ ...idToken, ...userInfo }) };
}

function profileOf(claims: Record<string, unknown>) {
  const text = (name: string) => {
    const claim = claims[name];
    if (typeof claim !== "string" || claim.length > CLAIM_MAX || !isCleanText(claim)) return undefined;
    return claim.trim() || undefined;
  };
  const address = claims.email_verified === true ? text("email") : undefined;
  const email = address !== undefined && isEmail(address) ? address : undefined;
  const names = [text("preferred_username"), text("nickname"), text("name"), text("email")]
    // Of an address only what stands before the @: the rest is nobody's business.
    .flatMap((name) => (name === undefined ? [] : [name.replace(/@.*$/, "")]))
    .filter((name) => name !== "");
  const displayName = text("name");
  return { names, ...(displayName !== undefined && { displayName }), ...(email !== undefined && { email }) };
}

function failureOf(error: unknown): "denied" | "unavailable" | "failed" {
  if (error instanceof oidc.AuthorizationResponseError) {
    if (error.error === "access_denied") return "denied";
    return ["temporarily_unavailable", "server_error"].includes(error.error) ? "unavailable" : "failed";
  }
  // The provider refused the code.
  if (error instanceof oidc.ResponseBodyError) return error.status >= 500 ? "unavailable" : "failed";
  const { code, cause } = error as { code?: string; cause?: unknown };
  const isAway =
    code === "OAUTH_TIMEOUT" ||
    (code === "OAUTH_RESPONSE_IS_NOT_CONFORM" && cause instanceof Response && cause.status >= 500);
  return isAway || !(error instanceof oidc.ClientError) ? "unavailable" : "failed";
}
