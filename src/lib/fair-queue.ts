// Work that takes a scarce resource, shared out among those who ask for it: who has had least comes first, so that a flood
// waits behind everybody else.
import { Windows } from "./windows.ts";

/** Whose share the work comes out of, and whether they go before all who are unknown. */
export interface Claim {
  party: string;
  isKnown: boolean;
}

interface Job {
  claim: Claim;
  start: () => void;
  refuse: () => void;
}

// Long enough to tell a flood from people who come back.
const MEMORY_SECONDS = 300;

export class FairQueue {
  private readonly waiting: Job[] = [];
  private running = 0;
  private readonly had: Windows;

  /** `width` at once, `room` waiting; past that the one whose party has had or wants most gets `refusal()`. */
  constructor(
    private readonly width: number,
    private readonly room: number,
    private readonly refusal: () => Error,
    now?: () => number,
  ) {
    this.had = new Windows(Number.POSITIVE_INFINITY, MEMORY_SECONDS, now);
  }

  /** What `work` gives, once it is its turn. Rejects with the refusal when there is no room. */
  run<T>(claim: Claim, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const start = () => {
        this.running++;
        this.had.use(claim.party);
        work()
          .then(resolve, reject)
          .finally(() => {
            this.running--;
            this.next();
          });
      };
      this.waiting.push({ claim, start, refuse: () => reject(this.refusal()) });
      this.next();
      if (this.waiting.length > this.room) this.refuseOne();
    });
  }

  private next() {
    if (this.running >= this.width || this.waiting.length === 0) return;
    let best = 0;
    for (let i = 1; i < this.waiting.length; i++) {
      if (this.order(this.waiting[i]!, this.waiting[best]!) < 0) best = i;
    }
    this.waiting.splice(best, 1)[0]!.start();
  }

  /** The newest of the party that has the largest share, the unknown before the known. */
  private refuseOne() {
    const wanted = new Map<string, number>();
    for (const { claim } of this.waiting) wanted.set(claim.party, (wanted.get(claim.party) ?? 0) + 1);
    let worst = 0;
    for (let i = 1; i < this.waiting.length; i++) {
      if (this.order(this.waiting[i]!, this.waiting[worst]!, wanted) >= 0) worst = i;
    }
    this.waiting.splice(worst, 1)[0]!.refuse();
  }

  private order(a: Job, b: Job, wanted?: Map<string, number>): number {
    const share = ({ claim: { party } }: Job) => this.had.used(party) + (wanted?.get(party) ?? 0);
    return Number(b.claim.isKnown) - Number(a.claim.isKnown) || share(a) - share(b);
  }
}
