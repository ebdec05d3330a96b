// How long to wait before the next try: exponential with full jitter, so that thousands of clients that lost their server
// at once do not come back at once (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
import { asChatError } from "./errors.ts";

export interface Backoff {
  /** The first wait is up to this long. */
  baseMs: number;
  /** No wait is longer. */
  capMs: number;
}

// A lost Wi-Fi is back within a second; and half a minute is as long as a person waits before they press something.
export const BACKOFF: Backoff = { baseMs: 500, capMs: 30_000 };

/** Milliseconds before try number `attempt`, counted from 0; `atLeast` seconds when the server named a time. */
export function delayOf(attempt: number, { baseMs, capMs }: Backoff, atLeast: number | null = null): number {
  const jittered = Math.random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  return atLeast === null ? jittered : atLeast * 1000 + Math.min(jittered, atLeast * 500);
}

/** What `retry` needs to know of the chat it works for. */
export interface RetryPolicy {
  readonly backoff: Backoff;
  /** Resolves after `ms`, or as soon as the connection opens; rejects once the chat is closed. */
  pause(ms: number): Promise<void>;
}

/** Does something that only reads until it works. Throws what no waiting helps against. */
export async function retry<T>(policy: RetryPolicy, read: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      const refusal = asChatError(error);
      if (!refusal.isTransient) throw refusal;
      await policy.pause(delayOf(attempt, policy.backoff, refusal.retryAfter));
    }
  }
}
