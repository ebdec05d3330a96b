// Calls without a session: creating an account, and logging in.
import { ChatError } from "./errors.ts";
import type { PasskeyUse } from "./features/passkeys.ts";
import { baseOf, defaultFetch, type FetchLike, send } from "./http.ts";
import type { AccessToken, Account, InviteInfo, RegistrationChallenge, RegistrationInfo, SignOn } from "./wire.ts";

export interface ServerAddress {
  /** The server's address, such as `https://chat.example.org`. */
  url: string;
  fetch?: FetchLike;
}

/** How accounts are created on this server, for a form to say before it is sent. Throws ChatError. */
export const getRegistration = async ({ url, fetch = defaultFetch }: ServerAddress): Promise<RegistrationInfo> =>
  (await send<{ data: RegistrationInfo }>(fetch, `${baseOf(url)}/registration`, "GET")).data;

/** What an invite is to, by its code. Throws ChatError: `not_found`, `closed` (it is over), `slow_down`. */
export const getInvite = async ({
  url,
  fetch = defaultFetch,
  code,
}: ServerAddress & { code: string }): Promise<InviteInfo> =>
  (await send<{ data: InviteInfo }>(fetch, `${baseOf(url)}/invites/${encodeURIComponent(code)}`, "GET")).data;

/**
 * Creates an account; during a flood of registrations the server may ask for a second of work, which is done here. With the code of an invite where that takes one. Throws ChatError: `invalid` (see its `fields`), `username_taken`,
 * `email_taken`, `slow_down`; `forbidden`, `not_found` and `closed` for want of an invite.
 */
export async function signUp({
  url,
  fetch = defaultFetch,
  username,
  email,
  password,
  invite,
}: ServerAddress & {
  username: string;
  email: string;
  password: string;
  invite?: string | undefined;
}): Promise<Account> {
  const body = { username, email, password, ...(invite && { invite }) };
  const base = baseOf(url);
  const register = async (proof: { proof?: string }) =>
    (await send<{ user: Account }>(fetch, `${base}/register`, "POST", { ...body, ...proof })).user;
  try {
    return await register({});
  } catch (error) {
    if ((error as ChatError).code !== "proof_required") throw error;
  }
  const [{ solveChallenge }, { data }] = await Promise.all([
    import("./proof-of-work.ts"),
    send<{ data: RegistrationChallenge }>(fetch, `${base}/registration/challenge`, "GET"),
  ]);
  return register({ proof: await solveChallenge(data) });
}

/** A session that has begun. */
export interface SignedIn {
  token: string;
  expiresAt: string;
  deviceToken: string;
}

const signedIn = ({ access_token, expires_at, device_token }: AccessToken): SignedIn => ({
  token: access_token,
  expiresAt: expires_at,
  deviceToken: device_token,
});

/**
 * Logs in with the username or the e-mail address, and returns the token for `createChat`. Keep `deviceToken` on the device,
 * also after a logout, and pass it to the next login of the same account: wrong passwords from elsewhere then can't lock this
 * device out. Throws ChatError: `bad_credentials`, `slow_down`, and `second_factor` when the password is right and a `code` is needed as
 * well: of the authenticator app, or a recovery code.
 */
export async function signIn({
  url,
  fetch = defaultFetch,
  username,
  password,
  code,
  deviceToken,
}: ServerAddress & {
  username: string;
  password: string;
  code?: string | undefined;
  deviceToken?: string | undefined;
}): Promise<SignedIn> {
  const body = { username, password, ...(code && { code }), ...(deviceToken && { device_token: deviceToken }) };
  return signedIn(await send<AccessToken>(fetch, `${baseOf(url)}/login`, "POST", body));
}

/**
 * Begins a log-in at a provider, one of `providers` of `getRegistration`: send the browser to `url`, and keep `verifier` in the page
 * (`sessionStorage`). It comes back to `returnTo`, a page of the server or of an origin that may call it, with a code behind
 * `#/sign-on/`. Throws ChatError: `invalid`, `unavailable` (the provider), `slow_down`.
 */
export const startSignOn = async ({
  url,
  fetch = defaultFetch,
  provider,
  returnTo,
}: ServerAddress & { provider: string; returnTo?: string | undefined }): Promise<SignOn> =>
  (
    await send<{ data: SignOn }>(fetch, `${baseOf(url)}/sso/${encodeURIComponent(provider)}/start`, "POST", {
      return_to: returnTo,
    })
  ).data;

/**
 * Logs in with that code and the verifier, within two minutes, once. Throws ChatError: `sign_on_failed` (its `detail` says why),
 * `not_found` (used up, too old, or begun elsewhere), `slow_down`.
 */
export const finishSignOn = async ({
  url,
  fetch = defaultFetch,
  code,
  verifier,
}: ServerAddress & { code: string; verifier: string }): Promise<SignedIn> =>
  signedIn(await send<AccessToken>(fetch, `${baseOf(url)}/sso/token`, "POST", { code, verifier }));

/** Whether this browser knows passkeys. */
export const canUsePasskeys = (): boolean =>
  "parseRequestOptionsFromJSON" in ((globalThis as { PublicKeyCredential?: object }).PublicKeyCredential ?? {});

/**
 * Logs in with a passkey, which the user chooses among those of this server: neither a username nor a code is needed. With the
 * `mediation` `conditional` the browser offers them where it fills in names (`autocomplete="username webauthn"`), until `signal` is
 * aborted. Throws ChatError: `canceled`, `bad_credentials`, `forbidden` (no passkeys here), `slow_down`.
 */
export async function signInWithPasskey({
  url,
  fetch = defaultFetch,
  ...use
}: ServerAddress & PasskeyUse): Promise<SignedIn> {
  const { getCredential } = await import("./features/passkeys.ts");
  const path = `${baseOf(url)}/login/passkey`;
  const { data } = await send<{ data: Record<string, unknown> }>(fetch, `${path}/options`, "POST");
  return signedIn(
    await send<AccessToken>(fetch, path, "POST", { credential: await getCredential(data, use, ChatError) }),
  );
}

/**
 * Has a link mailed to the address by which a new password can be chosen, if an account has it: whether one has is not said. Throws
 * ChatError: `forbidden` (the server sends no mail), `slow_down`.
 */
export async function requestPasswordReset({ url, fetch = defaultFetch, email }: ServerAddress & { email: string }) {
  await send(fetch, `${baseOf(url)}/password/forgot`, "POST", { email });
}

/**
 * Sets a new password by the token of such a link: what stands behind its last slash. Ends every session and API key of the account; with
 * `revokeAll` also its passkeys, its accounts of providers and its bots' API keys, should somebody else have been in it. Throws ChatError: `not_found` (the link is used up or too old), `invalid` (see its `fields`), `slow_down`.
 */
export async function resetPassword({
  url,
  fetch = defaultFetch,
  token,
  password,
  revokeAll,
}: ServerAddress & { token: string; password: string; revokeAll?: boolean | undefined }) {
  await send(fetch, `${baseOf(url)}/password/reset`, "POST", { token, new_password: password, revoke_all: revokeAll });
}

/** Confirms an address by the token of the link that was mailed to it. Throws ChatError: `not_found`, `email_taken`. */
export async function verifyEmail({ url, fetch = defaultFetch, token }: ServerAddress & { token: string }) {
  await send(fetch, `${baseOf(url)}/email/verify`, "POST", { token });
}
