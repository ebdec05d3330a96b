// The changes that wait for the write path: users take turns, so that a user with many changes delays only themselves. Only
// queue.ts uses it.
import { ChatError } from "../lib/errors.ts";
import { serverBusy, tooManyChanges } from "../protocol/refusals.ts";
import type { MessageChange } from "./append-changes.ts";
import type { ReactionChange } from "./append-reactions.ts";
import type { MessageRow } from "./message-row.ts";

/** Of all users together. */
export const MAX_CHANGES = 1_000;
// More than a client has a reason to send at once; a transaction takes some milliseconds.
export const MAX_CHANGES_PER_USER = 32;

interface PendingBase {
  roomId: number;
  userId: number;
  /** By the monotonic clock. */
  deadline: number;
  /** Set by `Queue.settleChange` once it has an outcome. */
  settled: boolean;
  reject(error: unknown): void;
}

/** What shares a statement with others. */
export type SmallChange = MessageChange | ReactionChange;
export const isReaction = (change: SmallChange): change is ReactionChange => "emoji" in change;

export interface PendingChange extends PendingBase {
  change: SmallChange;
  /** The message as it is now; null for a reaction. */
  resolve(message: MessageRow | null): void;
}

/** A change that needs a transaction of its own. */
export interface PendingTransaction extends PendingBase {
  /** Never throws. False when the room is locked by another transaction, so that nothing was done. */
  run(): Promise<boolean>;
}

export type Pending = PendingChange | PendingTransaction;

const isTransaction = (pending: Pending | undefined): pending is PendingTransaction =>
  pending !== undefined && "run" in pending;

/** What a statement may hold once. */
const keyOf = (change: SmallChange) =>
  isReaction(change) ? `${change.messageId} ${change.userId} ${change.emoji}` : change.messageId;

export class Turns {
  /** By user, each in the order in which they came; the user whose turn is next comes first. */
  private readonly ready = new Map<number, Pending[]>();
  /** How many changes of each user wait, those of locked rooms included. */
  private readonly counts = new Map<number, number>();
  private total = 0;
  /** Whether the last batch of small changes was of reactions. */
  private tookReactions = false;

  /** All that wait, those of locked rooms included. */
  get size() {
    return this.total;
  }

  get hasReady() {
    return this.ready.size > 0;
  }

  /** Whether a transaction comes first among its user's changes. */
  get hasTransaction() {
    for (const [first] of this.ready.values()) if (isTransaction(first)) return true;
    return false;
  }

  /** How many small changes no transaction of their user comes before. */
  get readyChanges() {
    let count = 0;
    for (const own of this.ready.values()) {
      for (const pending of own) {
        if (isTransaction(pending)) break;
        count++;
      }
    }
    return count;
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
  leave({ userId }: Pending) {
    const left = this.counts.get(userId)! - 1;
    if (left > 0) this.counts.set(userId, left);
    else this.counts.delete(userId);
    this.total--;
  }

  /** Behind the user's other changes; or, if it waited before, in front of them. */
  add(pending: Pending, isFirst = false) {
    const own = this.ready.get(pending.userId);
    if (!own) this.ready.set(pending.userId, [pending]);
    else if (isFirst) own.unshift(pending);
    else own.push(pending);
  }

  /** The next transaction, which is still counted; its user's other changes then come after everybody else's. */
  takeTransaction(): PendingTransaction | undefined {
    for (const [userId, [first]] of this.ready) {
      if (!isTransaction(first)) continue;
      this.shift(userId);
      return first;
    }
  }

  /**
   * Small changes of each user in turn, up to `limit`, either reactions or others, which alternate; never two others of one message, nor
   * the same reaction twice. They are still counted.
   */
  takeChanges(limit: number): PendingChange[] {
    const first = !this.tookReactions;
    for (const reactions of [first, !first]) {
      const taken = this.takeAlike(limit, reactions);
      if (taken.length === 0) continue;
      this.tookReactions = reactions;
      return taken;
    }
    return [];
  }

  private takeAlike(limit: number, reactions: boolean): PendingChange[] {
    const taken: PendingChange[] = [];
    const keys = new Set<string | number>();
    for (let count = -1; count < taken.length; ) {
      count = taken.length;
      for (const [userId, [first]] of [...this.ready]) {
        if (taken.length === limit) return taken;
        if (!first || isTransaction(first) || isReaction(first.change) !== reactions) continue;
        const key = keyOf(first.change);
        if (keys.has(key)) continue;
        keys.add(key);
        taken.push(first);
        this.shift(userId);
      }
    }
    return taken;
  }

  /** Takes out those that match, in order; they are still counted. */
  takeWhere(matches: (pending: Pending) => boolean): Pending[] {
    const taken: Pending[] = [];
    for (const [userId, own] of this.ready) {
      const left = own.filter((pending) => !matches(pending));
      if (left.length === own.length) continue;
      taken.push(...own.filter(matches));
      if (left.length > 0) this.ready.set(userId, left);
      else this.ready.delete(userId);
    }
    return taken;
  }

  /** Removes the user's first change; their others come after everybody else's. */
  private shift(userId: number) {
    const own = this.ready.get(userId)!;
    own.shift();
    this.ready.delete(userId);
    if (own.length > 0) this.ready.set(userId, own);
  }
}
