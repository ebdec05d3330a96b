// How often a client was refused with `slow_down`: one that continues all the same is abusive, and is disconnected.

// So many are forgiven in a second: more than come about where a client sends somewhat too fast.
const FORGIVEN_PER_SECOND = 50;
const MAX_VIOLATIONS = 500;

export class Violations {
  private count = 0;
  private at = 0;

  /** Counts one more; whether there were too many. */
  isAbusive(): boolean {
    const now = performance.now();
    this.count = Math.max(0, this.count - ((now - this.at) / 1000) * FORGIVEN_PER_SECOND) + 1;
    this.at = now;
    return this.count > MAX_VIOLATIONS;
  }
}
