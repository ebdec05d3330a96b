// The changes that wait for the write path: users take turns, so that a user with many changes delays only themselves. Only
// queue.ts uses it.
import { ChatError } from "../lib/errors.ts";
import { serverBusy, tooManyChanges } from "../protocol/refusals.ts";

/** Of all users together. */
export const MAX_CHANGES = 1_000;
// More than a client has a reason to send at once; a change takes some milliseconds.
export const MAX_CHANGES_PER_USER = 32;

/** A change that waits for its transaction. */
export interface PendingChange {
  roomId: number;
  userId: number;
  /** By the monotonic clock. */
  deadline: number;
  /** Never throws. False when the room is locked by another transaction, so that nothing was done. */
  run(): Promise<boolean>;
  /** Called instead of `run` when it has waited too long. */
  reject(error: unknown): void;
}

export class Turns {
  /** By user; the user whose turn is next comes first. */
  private readonly ready = new Map<number, PendingChange[]>();
  /** How many changes of each user wait, those of locked rooms included. */
  private readonly counts = new Map<number, number>();
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
    const own = this.counts.get(userId) ?? 0;
    if (own >= MAX_CHANGES_PER_USER) {
      throw new ChatError(tooManyChanges);
    }
    if (this.total >= MAX_CHANGES) {
      throw new ChatError(serverBusy);
    }
    this.counts.set(userId, own + 1);
    this.total++;
  }

  /** A change that was counted is over. */
  leave({ userId }: PendingChange) {
    const left = this.counts.get(userId)! - 1;
    if (left > 0) this.counts.set(userId, left);
    else this.counts.delete(userId);
    this.total--;
  }

  /** Behind the user's other changes; or, if it waited before, in front of them. */
  add(change: PendingChange, isFirst = false) {
    const own = this.ready.get(change.userId);
    if (!own) this.ready.set(change.userId, [change]);
    else if (isFirst) own.unshift(change);
    else own.push(change);
  }

  /** The next change, which is still counted; its user's other changes then come after everybody else's. */
  take(): PendingChange | undefined {
    for (const [userId, own] of this.ready) {
      const change = own.shift()!;
      this.ready.delete(userId);
      if (own.length > 0) this.ready.set(userId, own);
      return change;
    }
  }

  /** Takes out those that match, in order; they are still counted. */
  takeWhere(matches: (change: PendingChange) => boolean): PendingChange[] {
    const taken: PendingChange[] = [];
    for (const [userId, own] of this.ready) {
      const left = own.filter((change) => !matches(change));
      if (left.length === own.length) continue;
      taken.push(...own.filter(matches));
      if (left.length > 0) this.ready.set(userId, left);
      else this.ready.delete(userId);
    }
    return taken;
  }
}
