// How long to wait before the next attempt: exponential with full jitter, so that thousands of clients that lost their server
// at the same moment don't come back at the same moment (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
import { asChatError } from "./errors.ts";

export interface Backoff {
  /** The first wait is up to this long. */
  baseMs: number;
  /** No wait is longer. */
  capMs: number;
}

// A lost Wi-Fi is often back within a second; and after half a minute a person tries something else.
export const BACKOFF: Backoff = { baseMs: 500, capMs: 30_000 };

/** Milliseconds before attempt number `attempt`, counted from 0; at least `atLeast` seconds if the server named a time. */
export function delayOf(attempt: number, { baseMs, capMs }: Backoff, atLeast: number | null = null): number {
  const jittered = Math.random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  return atLeast === null ? jittered : atLeast * 1000 + Math.min(jittered, atLeast * 500);
}

/** How `retry` waits between two attempts. */
export interface RetryPolicy {
  readonly backoff: Backoff;
  /** Resolves after `ms`, or as soon as the connection opens; rejects once the chat is closed. */
  pause(ms: number): Promise<void>;
}

/** Repeats a read until it succeeds. Throws a refusal that waiting doesn't help. */
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
