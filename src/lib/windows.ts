// Fixed windows, for limits of minutes and hours. Time is monotonic: a clock that is set back locks nobody out.

// A flood of names must not fill the memory; past this the oldest counters are dropped.
const MAX_COUNTERS = 100_000;

/** Up to `points` uses of a key in a window of `seconds`, which begins with the first use. */
export class Windows {
  private readonly windows = new Map<string, { used: number; endsAt: number }>();
  private sweepAt = 1_000;

  constructor(
    private readonly points: number,
    private readonly seconds: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The uses in the present window. */
  used(key: string): number {
    return this.find(key)?.used ?? 0;
  }

  /** 0 when the key may be used, else the seconds until it may. */
  wait(key: string): number {
    const window = this.find(key);
    return window && window.used >= this.points ? (window.endsAt - this.now()) / 1000 : 0;
  }

  /** Counts a use, also one past the points. */
  use(key: string) {
    const window = this.find(key);
    if (window) window.used++;
    else {
      if (this.windows.size >= this.sweepAt) this.sweep();
      this.windows.set(key, { used: 1, endsAt: this.now() + this.seconds * 1000 });
    }
  }

  /** Takes one use back. */
  giveBack(key: string) {
    const window = this.find(key);
    if (window && window.used > 0) window.used--;
  }

  clear(key: string) {
    this.windows.delete(key);
  }

  private find(key: string) {
    const window = this.windows.get(key);
    if (!window || window.endsAt > this.now()) return window;
    this.windows.delete(key);
    return undefined;
  }

  /** Its cost stays amortized: the next one comes when the map has doubled. */
  private sweep() {
    const now = this.now();
    for (const [key, { endsAt }] of this.windows) if (endsAt <= now) this.windows.delete(key);
    for (const key of this.windows.keys()) {
      if (this.windows.size <= MAX_COUNTERS / 2) break;
      this.windows.delete(key);
    }
    this.sweepAt = Math.max(1_000, this.windows.size * 2);
  }
}
