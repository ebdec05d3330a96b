// What needs no session yet: making an account and logging in.
import { baseOf, type FetchLike, send } from "./http.ts";
import type { AccessToken, Account } from "./wire.ts";

export interface ServerAddress {
  /** Where the server is, such as `https://chat.example.org`. */
  url: string;
  fetch?: FetchLike;
}

const defaultFetch: FetchLike = (url, init) => globalThis.fetch(url, init);

/** Makes an account. Throws ChatError: `invalid` (see its `fields`), `username_taken`, `email_taken`, `slow_down`. */
export async function signUp({
  url,
  fetch = defaultFetch,
  username,
  email,
  password,
}: ServerAddress & { username: string; email: string; password: string }): Promise<Account> {
  const body = { username, email, password };
  return (await send<{ user: Account }>(fetch, `${baseOf(url)}/register`, "POST", body)).user;
}

/**
 * Logs in, with the username or the e-mail address, and answers the token for `createChat`. Throws ChatError:
 * `bad_credentials`, `slow_down`.
 */
export async function signIn({
  url,
  fetch = defaultFetch,
  username,
  password,
}: ServerAddress & { username: string; password: string }): Promise<{ token: string; expiresAt: string }> {
  const answer = await send<AccessToken>(fetch, `${baseOf(url)}/login`, "POST", { username, password });
  return { token: answer.access_token, expiresAt: answer.expires_at };
}

export { defaultFetch };
