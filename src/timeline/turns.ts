// The changes that wait for the write path: users take turns, so that one who changes much waits for themselves alone. Only
// queue.ts uses it.
import { ChatError } from "../lib/errors.ts";
import { serverBusy, tooManyChanges } from "../protocol/refusals.ts";

/** Of all users together. */
export const MAX_CHANGES = 1_000;
// More than a client has a reason to send at once; a change takes some milliseconds.
export const MAX_CHANGES_PER_USER = 32;

/** A change on its way. */
export interface Job {
  roomId: number;
  userId: number;
  /** By the monotonic clock. */
  deadline: number;
  /** Never throws. False when the room is locked by somebody else, so that nothing was done. */
  run(): Promise<boolean>;
  /** Called instead of `run` when it has waited too long. */
  reject(error: unknown): void;
}

export class Turns {
  /** Whose turn it is stands first. */
  private readonly ready = new Map<number, Job[]>();
  /** How many changes of each user wait, those of locked rooms included. */
  private readonly waiting = new Map<number, number>();
  private total = 0;

  /** All that wait, those of locked rooms included. */
  get size() {
    return this.total;
  }

  get hasReady() {
    return this.ready.size > 0;
  }

  /** Counts one more change of this user. Throws `slow_down` when too many wait. */
  enter(userId: number) {
    const own = this.waiting.get(userId) ?? 0;
    if (own >= MAX_CHANGES_PER_USER) {
      throw new ChatError(tooManyChanges);
    }
    if (this.total >= MAX_CHANGES) {
      throw new ChatError(serverBusy);
    }
    this.waiting.set(userId, own + 1);
    this.total++;
  }

  /** A change that was counted waits no more. */
  leave({ userId }: Job) {
    const left = this.waiting.get(userId)! - 1;
    if (left > 0) this.waiting.set(userId, left);
    else this.waiting.delete(userId);
    this.total--;
  }

  /** Behind the user's own other changes; or, if it waited before, in front of them. */
  add(job: Job, isFirst = false) {
    const own = this.ready.get(job.userId);
    if (!own) this.ready.set(job.userId, [job]);
    else if (isFirst) own.unshift(job);
    else own.push(job);
  }

  /** The next change, which goes on being counted; its user's other changes then come after everybody else's. */
  take(): Job | undefined {
    for (const [userId, own] of this.ready) {
      const job = own.shift()!;
      this.ready.delete(userId);
      if (own.length > 0) this.ready.set(userId, own);
      return job;
    }
  }

  /** Takes out those that fit, in order; they go on being counted. */
  takeWhere(fits: (job: Job) => boolean): Job[] {
    const taken: Job[] = [];
    for (const [userId, own] of this.ready) {
      const left = own.filter((job) => !fits(job));
      if (left.length === own.length) continue;
      taken.push(...own.filter(fits));
      if (left.length > 0) this.ready.set(userId, left);
      else this.ready.delete(userId);
    }
    return taken;
  }
}
