// HTTP calls: JSON in and out, errors as ChatError, repeated once with a renewed token, and again after a pause if the server
// asks for a short one.
import { now, since } from "./clock.ts";
import type { Debug } from "./debug.ts";
import { asChatError, type ChatError, errorFrom } from "./errors.ts";

export type FetchLike = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string | Blob; signal?: AbortSignal },
) => Promise<{
  ok: boolean;
  status: number;
  text(): Promise<string>;
  /** Uploads need them. */
  headers?: { get(name: string): string | null };
  /** What is read as it arrives. */
  body?: ReadableStream<Uint8Array> | null;
}>;

/** Looked up with each call, as tests and other code may replace it. */
export const defaultFetch: FetchLike = (url, init) => globalThis.fetch(url, init);

export type Method = "GET" | "POST" | "PUT" | "DELETE";

// On a dead connection a call would hang for minutes.
const TIMEOUT_MS = 20_000;
// A person hardly notices so much; a longer wait is shown to them as an error.
const LONGEST_PAUSE_S = 3;
const TRIES = 3;

/**
 * The server's address without a trailing slash; a relative one is resolved against the page. Throws an Error that says what is
 * wrong with an invalid one.
 */
export function baseOf(url: string): string {
  const { location } = globalThis as { location?: { href: string } };
  const refuse = (why: string): never => {
    throw new Error(`The url ${JSON.stringify(url)} ${why}: pass one such as https://chat.example.org`);
  };
  let address: URL;
  try {
    address = new URL(url, location?.href);
  } catch {
    return refuse("is no address");
  }
  if (/[?#]/.test(url)) refuse("has a query or a fragment");
  if (address.username || address.password) refuse("has a user or a password");
  address.search = address.hash = ""; // The page's own.
  const scheme = { "ws:": "http:", "wss:": "https:" }[address.protocol] ?? address.protocol;
  if (!/^https?:$/.test(scheme)) refuse("is not one of http or https");
  return address.href.replace(address.protocol, scheme).replace(/\/+$/, "");
}

/** One call. Throws ChatError, or the signal's reason once it is aborted. */
export async function send<T>(
  fetch: FetchLike,
  url: string,
  method: Method,
  body?: unknown,
  token?: string,
  aborted?: AbortSignal,
): Promise<T> {
  const headers: Record<string, string> = {};
  if (token) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  // Older browsers have no `any`: a call that can be cancelled doesn't time out there.
  const signal = aborted ? (AbortSignal.any?.([aborted, timeout]) ?? aborted) : timeout;
  const init = { method, headers, signal };
  let status = 0;
  let text = "";
  try {
    const response = await fetch(url, body === undefined ? init : { ...init, body: JSON.stringify(body) });
    status = response.status;
    text = await response.text();
  } catch (error) {
    aborted?.throwIfAborted();
    throw asChatError(error, url);
  }
  let result = null;
  try {
    result = JSON.parse(text);
  } catch {
    // Not from the server itself: the status decides.
  }
  if (status < 200 || status > 299 || (result === null && status !== 204)) throw errorFrom(result, status);
  return result as T;
}

/** The session's token, as far as calls need it. */
export interface Tokens {
  readonly token: string;
  /** Renews a token that was refused. Returns whether there is another one now. */
  replace(refused: string): Promise<boolean>;
  /** Throws when the chat is closed. */
  assertOpen(): void;
}

export type Call = <T>(method: Method, path: string, body?: unknown, aborted?: AbortSignal) => Promise<T>;

/** Calls with the session's token. */
export const createCall =
  (fetch: FetchLike, base: string, tokens: Tokens, debug: Debug | null = null): Call =>
  async <T>(method: Method, path: string, body?: unknown, aborted?: AbortSignal) => {
    let hasRenewed = false;
    for (let attempt = 1; ; attempt++) {
      tokens.assertOpen();
      aborted?.throwIfAborted();
      const { token } = tokens;
      try {
        return await logged(debug, method, path, () => send<T>(fetch, base + path, method, body, token, aborted));
      } catch (error) {
        const { code, retryAfter } = error as ChatError;
        if (code === "unauthorized" && !hasRenewed && (await tokens.replace(token))) hasRenewed = true;
        // The server has not begun to process it.
        else if (code === "slow_down" && attempt < TRIES && retryAfter !== null && retryAfter <= LONGEST_PAUSE_S)
          await new Promise((resolve) => setTimeout(resolve, retryAfter * 1000));
        else throw error;
      }
    }
  };

async function logged<T>(debug: Debug | null, method: Method, path: string, work: () => Promise<T>): Promise<T> {
  if (!debug) return work();
  const begun = now();
  const note = (status: number, error: string | null) =>
    debug({ type: "call", method, path, status, ms: Math.round(since(begun)), error });
  try {
    const result = await work();
    note(200, null);
    return result;
  } catch (error) {
    const { status, code } = asChatError(error);
    note(status, code);
    throw error;
  }
}

/** `?a=1&b=2` of the fields that have a value; empty if none has. */
export function queryOf(fields: Record<string, string | number | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    if (value !== null && value !== undefined) query.set(name, String(value));
  const text = String(query);
  return text && `?${text}`;
}
