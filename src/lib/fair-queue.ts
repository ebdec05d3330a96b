// A queue for work on a scarce resource, fair between parties: the one with the fewest recent requests comes first, so that a flood
// waits behind everybody else; and a flood that goes on leaves the resource idle most of the time.
import { Windows } from "./windows.ts";

/** The party whose share the work counts against, and whether it goes before all unknown ones. */
export interface Claim {
  party: string;
  isKnown: boolean;
}

interface Job {
  claim: Claim;
  start: () => void;
  refuse: () => void;
}

// Long enough to distinguish a flood from people who return.
const MEMORY_SECONDS = 300;
// A person who mistypes a password comes a few times; this many unknown people at once are a flood, or can wait a little.
const FREE_JOBS = 3;
const CROWD = 10;
// Rests three times as long as it worked: a quarter of the resource is what a flood gets. What took long on a busy machine had
// little of it, so that no rest is longer than that of some 40 ms of work.
const REST_FACTOR = 3;
const LONGEST_REST_MS = 120;
// An HTTP client gives up soon after; a refusal is better.
const MAX_WAIT_MS = 10_000;

export class FairQueue {
  private readonly waiting: Job[] = [];
  private running = 0;
  private readonly asked: Windows;
  /** When the next of those who must rest may begin. */
  private restUntil = 0;
  private waking: Timer | null = null;

  /** `width` at once, `room` waiting; past that the one of the party with the most requests is refused with `refusal()`. */
  constructor(
    private readonly width: number,
    private readonly room: number,
    private readonly refusal: () => Error,
    private readonly now: () => number = () => performance.now(),
    private readonly maxWaitMs = MAX_WAIT_MS,
  ) {
    this.asked = new Windows(Number.POSITIVE_INFINITY, MEMORY_SECONDS, now);
  }

  /** Runs `work` when it is its turn. Rejects with the refusal when there is no room, or no turn for too long. */
  run<T>(claim: Claim, work: () => Promise<T>): Promise<T> {
    // Refused requests count, too: that is how a flood is distinguished from people who come at once.
    this.asked.use(claim.party);
    return new Promise<T>((resolve, reject) => {
      const start = () => {
        clearTimeout(tooLate);
        const rests = this.mustRest(claim);
        const begunAt = this.now();
        this.running++;
        work()
          .then(resolve, reject)
          .finally(() => {
            this.running--;
            const endedAt = this.now();
            if (rests) this.restUntil = endedAt + Math.min(LONGEST_REST_MS, (endedAt - begunAt) * REST_FACTOR);
            this.next();
          });
      };
      const refuse = () => {
        clearTimeout(tooLate);
        this.waiting.splice(this.waiting.indexOf(job), 1);
        reject(this.refusal());
      };
      const job = { claim, start, refuse };
      const tooLate = setTimeout(refuse, this.maxWaitMs);
      this.waiting.push(job);
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
    // Those who must rest are the last in order.
    const rest = this.restUntil - this.now();
    if (rest > 0 && this.mustRest(this.waiting[best]!.claim)) return this.wakeIn(rest);
    this.waiting.splice(best, 1)[0]!.start();
  }

  private mustRest = ({ party, isKnown }: Claim) =>
    !isKnown && (this.asked.used(party) > FREE_JOBS || this.waiting.length > CROWD);

  private wakeIn(milliseconds: number) {
    this.waking ??= setTimeout(() => {
      this.waking = null;
      this.next();
    }, Math.ceil(milliseconds));
  }

  /** The newest of the party with the most requests, unknown parties before known ones. */
  private refuseOne() {
    let worst = 0;
    for (let i = 1; i < this.waiting.length; i++) {
      if (this.order(this.waiting[i]!, this.waiting[worst]!) >= 0) worst = i;
    }
    this.waiting[worst]!.refuse();
  }

  private order(a: Job, b: Job): number {
    return (
      Number(b.claim.isKnown) - Number(a.claim.isKnown) ||
      this.asked.used(a.claim.party) - this.asked.used(b.claim.party)
    );
  }
}
