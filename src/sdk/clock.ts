// How long ago something was. A device's clock may be set, and a browser's monotonic one may stand still in sleep: whichever
// has moved further counts.

export interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

export const now = (): Instant => ({ monotonic: performance.now(), wall: Date.now() });

/** In milliseconds; endless for what never was. */
export const since = (then: Instant | null): number =>
  then ? Math.max(performance.now() - then.monotonic, Date.now() - then.wall) : Number.POSITIVE_INFINITY;
