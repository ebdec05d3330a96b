// What a campaign counts besides faults, and the surprises: answers that no fault of ours explains. One for all clients.

export class Tally {
  readonly counts = new Map<string, number>();
  /** Each kind with how often it came. */
  readonly surprises = new Map<string, number>();

  add(what: string, times = 1) {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  surprise(what: string) {
    this.surprises.set(what, (this.surprises.get(what) ?? 0) + 1);
  }

  get = (what: string) => this.counts.get(what) ?? 0;
}
