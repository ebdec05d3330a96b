// One HTTP request of an upload: with a body of bytes, whose way can be watched where the runtime allows that, and with headers of the
// response.
import { asChatError, type ChatError, errorFrom, networkError } from "../errors.ts";
import type { FetchLike, Tokens } from "../http.ts";
import { browser } from "./browser.ts";

export interface Exchange {
  method: "POST" | "HEAD" | "PATCH";
  path: string;
  headers: Record<string, string>;
  body?: Blob;
  signal: AbortSignal;
  /** Called with the bytes of the body that have left, if that can be seen. */
  onSent?(bytes: number): void;
}

/** A header of the response; null if it has none of this name. */
export type Headers = (name: string) => string | null;

export interface ExchangeParts {
  base: string;
  /** The application's own; null for the runtime's. */
  fetch: FetchLike | null;
  tokens: Tokens;
}

/** Without a byte for so long a connection is dead. */
const STALL_MS = 30_000;
/** With the last byte the server works the file off, and waits for that. */
const RESPONSE_MS = 60_000;

/** Throws ChatError. */
export async function exchange({ base, fetch, tokens }: ExchangeParts, request: Exchange): Promise<Headers> {
  for (let hasRenewed = false; ; hasRenewed = true) {
    tokens.assertOpen();
    const { token } = tokens;
    const url = base + request.path;
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const isWatched = !fetch && request.body && browser.XMLHttpRequest;
    const { status, header, text } = await (isWatched ? byXhr : byFetch)({ ...request, headers }, url, fetch);
    if (status >= 200 && status < 300) return header;
    if (status === 401 && !hasRenewed && (await tokens.replace(token))) continue;
    throw refusalOf(status, text);
  }
}

function refusalOf(status: number, text: string): ChatError {
  try {
    return errorFrom(JSON.parse(text), status);
  } catch {
    // Of a proxy, or of HEAD, whose responses have no body.
    return errorFrom(null, status);
  }
}

interface Response {
  status: number;
  header: Headers;
  text: string;
}

async function byFetch(request: Exchange, url: string, fetch: FetchLike | null): Promise<Response> {
  const { method, headers, body, signal } = request;
  const control = new AbortController();
  const abort = () => control.abort();
  const timer = setTimeout(abort, STALL_MS + RESPONSE_MS);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    const call = fetch ?? (globalThis.fetch as FetchLike);
    const response = await call(url, { method, headers, signal: control.signal, ...(body && { body }) });
    return { status: response.status, header: (name) => response.headers!.get(name), text: await response.text() };
  } catch (error) {
    throw asChatError(error, url);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

function byXhr({ method, headers, body, signal, onSent }: Exchange, url: string): Promise<Response> {
  return new Promise((resolve, reject) => {
    const xhr = new browser.XMLHttpRequest!();
    let timer: ReturnType<typeof setTimeout>;
    const abort = () => xhr.abort();
    const expect = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(abort, ms);
    };
    const settle = (done: () => void) => () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      done();
    };
    const fail = settle(() => reject(networkError(undefined, url)));
    xhr.open(method, url);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = ({ loaded }) => {
      expect(STALL_MS);
      if (!signal.aborted) onSent?.(loaded);
    };
    xhr.upload.onload = () => expect(RESPONSE_MS);
    xhr.onerror = xhr.onabort = fail;
    xhr.onload = settle(() =>
      resolve({ status: xhr.status, header: (name) => xhr.getResponseHeader(name), text: xhr.responseText }),
    );
    signal.addEventListener("abort", abort);
    if (signal.aborted) return fail();
    expect(STALL_MS);
    xhr.send(body!);
  });
}
