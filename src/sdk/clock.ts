// How long ago something was. A device's clock may be set, and a browser's monotonic one may stop during sleep: the one that
// has moved further counts.

export interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

export const now = (): Instant => ({ monotonic: performance.now(), wall: Date.now() });

/** Milliseconds since then; infinite for null. */
export const since = (then: Instant | null): number =>
  then ? Math.max(performance.now() - then.monotonic, Date.now() - then.wall) : Number.POSITIVE_INFINITY;

/** The longest delay that setTimeout takes. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;
