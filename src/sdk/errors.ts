// The one error class of the SDK: for refusals of the server, over HTTP or the socket, and for a server that can't be reached.
import { TRANSIENT_CODES } from "../protocol/errors.ts";
import type { ErrorCode } from "./wire.ts";

/**
 * The server's codes, and those of the SDK: `network` (the server was not reached), `closed` (the chat was closed), and of uploads
 * `canceled` and `unreadable` (the file can't be read any more).
 */
export type ChatErrorCode = ErrorCode | "network" | "closed" | "canceled" | "unreadable";

interface ErrorBody {
  detail?: unknown;
  code?: unknown;
  errors?: { field: string; message: string }[] | undefined;
  retry_after?: number | undefined;
}

export class ChatError extends Error {
  override readonly name = "ChatError";
  /** Stable, for programs. */
  readonly code: ChatErrorCode;
  /** A sentence for a person. */
  readonly detail: string;
  /** The HTTP status; 0 for an error that did not come by HTTP. */
  readonly status: number;
  /** Seconds to wait before the next attempt; null if the server named none. */
  readonly retryAfter: number | null;
  /** What failed validation, as a sentence for each field. */
  readonly fields: Readonly<Record<string, string>>;

  /** `cause` is the underlying error, if there is one. */
  constructor(code: ChatErrorCode, detail: string, status = 0, body: ErrorBody = {}, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause });
    this.code = code;
    this.detail = detail;
    this.status = status;
    this.retryAfter = body.retry_after ?? null;
    this.fields = Object.fromEntries((body.errors ?? []).map(({ field, message }) => [field, message]));
  }

  /** Whether the same request may succeed later, unchanged. */
  get isTransient(): boolean {
    return ["network", ...TRANSIENT_CODES].includes(this.code);
  }
}

/** From the body of a response, or from its status if a proxy has responded instead of the server. */
export function errorFrom(body: ErrorBody | null, status = 0): ChatError {
  if (body && typeof body.code === "string" && typeof body.detail === "string")
    return new ChatError(body.code as ChatErrorCode, body.detail, status, body);
  const code = status === 429 ? "slow_down" : status >= 500 ? "unavailable" : "bad_request";
  return new ChatError(code, `The server responded with status ${status}.`, status);
}

/** For a call to `url` without a response. A browser doesn't tell scripts why, nor that CORS forbade it. */
export function networkError(cause?: unknown, url?: string): ChatError {
  const page = globalThis as { location?: { origin?: string }; navigator?: { onLine?: boolean } };
  const origin = page.location?.origin;
  // "null" is the origin of a page from a file or in a sandbox. The server can allow it only together with all others.
  const isForeign = url && origin?.match(/^(https?:|null$)/) && new URL(url).origin !== origin;
  const hasTimedOut = (cause as Error | undefined)?.name === "TimeoutError";
  const isLikely = isForeign && !hasTimedOut && page.navigator?.onLine !== false;
  const hint = ` If it is up, it may not let pages of ${origin} call it: its setting CORS_ORIGINS must name that origin.`;
  return new ChatError("network", `The server can't be reached.${isLikely ? hint : ""}`, 0, {}, cause);
}

/** Anything that was thrown, as a ChatError: what is not one came from the network, on a call to `url`. */
export const asChatError = (error: unknown, url?: string) =>
  error instanceof ChatError ? error : networkError(error, url);
