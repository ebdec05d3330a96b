// What waits for the write path: messages, and changes of rooms. Both are bounded, and nothing waits for ever. What belongs to a
// room that another transaction has locked is parked apart, in order. Only the writer uses it.
import { ChatError, unavailable } from "../lib/errors.ts";
import { serverBusy } from "../protocol/refusals.ts";
import type { NewMessage } from "./append.ts";
import type { MessageRow } from "./message-row.ts";
import { PendingIndex } from "./pending-index.ts";
import { type Appended, type Copy, copiesOf, type PendingMessage, shareOutcome } from "./pending-message.ts";
import { type Pending, type PendingChange, type PendingTransaction, type SmallChange, Turns } from "./turns.ts";

// Past 500 the statement takes longer without storing more a second.
const MAX_BATCH = 500;
// At 4,000 characters each this is some 100 MB; at a usual length a few.
const MAX_MESSAGES = 10_000;
// How long a sender waits for a database that is unavailable.
export const QUEUE_TIMEOUT_MS = 5_000;

/** What waits for a locked room. */
interface Parked {
  messages: PendingMessage[];
  changes: Pending[];
}

export class Queue {
  private messages: PendingMessage[] = [];
  /** All messages without an outcome, those in flight included. */
  private readonly unsettled = new PendingIndex();
  private readonly turns = new Turns();
  private readonly parked = new Map<number, Parked>();

  /** `now` is a monotonic clock, in milliseconds. */
  constructor(
    private readonly timeoutMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Everything that waits. */
  get size() {
    return this.messages.length + this.parkedMessages + this.turns.size;
  }

  /** For how many milliseconds the message has waited that has waited longest. */
  get age() {
    const heads = [this.messages[0], ...[...this.parked.values()].map(({ messages }) => messages[0])];
    const deadlines = heads.flatMap((entry) => (entry ? entry.deadline : []));
    return deadlines.length === 0 ? 0 : this.now() + this.timeoutMs - Math.min(...deadlines);
  }

  /** Whether anything could be written now. */
  get isReady() {
    return this.messages.length > 0 || this.turns.hasReady;
  }

  /** Messages that could go into the next batch. */
  get readyMessages() {
    return this.messages.length;
  }

  /** Small changes that could go into the next batch. */
  get readyChanges() {
    return this.turns.readyChanges;
  }

  get hasTransaction() {
    return this.turns.hasTransaction;
  }

  /** Rooms for which something is parked. */
  get lockedRooms(): number[] {
    return [...this.parked.keys()];
  }

  /** A copy of a message without an outcome shares that outcome. Throws `slow_down` when too much waits already. */
  addMessage(draft: NewMessage): Promise<Appended> {
    const earlier = this.unsettled.find(draft);
    if (earlier) return this.join(earlier, draft);
    if (this.messages.length + this.parkedMessages >= MAX_MESSAGES) throw busy();
    return new Promise((resolve, reject) => {
      const deadline = this.now() + this.timeoutMs;
      const entry = { draft, deadline, retried: false, settled: false, resolve, reject, copies: null, next: null };
      this.unsettled.add(entry);
      const parked = this.parked.size > 0 ? this.parked.get(draft.roomId) : undefined;
      (parked?.messages ?? this.messages).push(entry);
    });
  }

  /** Throws `slow_down` when too many wait already, of this user or of all. */
  addChange(change: SmallChange): Promise<MessageRow | null> {
    const { room, userId } = change;
    return new Promise((resolve, reject) => this.addPending({ change, roomId: room.id, userId, resolve, reject }));
  }

  /** Throws `slow_down` when too many wait already, of this user or of all. */
  addTransaction(transaction: Omit<PendingTransaction, "deadline" | "settled">) {
    this.addPending(transaction);
  }

  private addPending(
    given: Omit<PendingChange, "deadline" | "settled"> | Omit<PendingTransaction, "deadline" | "settled">,
  ) {
    this.turns.enter(given.userId);
    const pending: Pending = { ...given, deadline: this.now() + this.timeoutMs, settled: false };
    const parked = this.parked.get(pending.roomId);
    if (parked) parked.changes.push(pending);
    else this.turns.add(pending);
  }

  /** The messages of the next batch. */
  takeMessages(): PendingMessage[] {
    let size = Math.min(this.messages.length, MAX_BATCH);
    if (this.unsettled.hasRepeatedIds) {
      // A client_id that occurs again begins the next batch.
      const ids = new Set<string>();
      for (let i = 0; i < size; i++) {
        const { clientId } = this.messages[i]!.draft;
        if (ids.has(clientId)) size = i;
        else ids.add(clientId);
      }
    }
    return this.messages.splice(0, size);
  }

  /** The small changes of the next batch. */
  takeChanges(): PendingChange[] {
    return this.turns.takeChanges(MAX_BATCH);
  }

  takeTransaction(): PendingTransaction | undefined {
    return this.turns.takeTransaction();
  }

  /** The change has an outcome, or will get none. */
  settleChange(pending: Pending) {
    if (pending.settled) return;
    pending.settled = true;
    this.turns.leave(pending);
  }

  /** The outcome of the message is known: what is sent under its client_id from now on is another message. */
  settle(entry: PendingMessage) {
    if (entry.settled) return;
    entry.settled = true;
    this.unsettled.delete(entry);
  }

  /** Puts messages that are to be retried in front of all others. */
  requeue(batch: PendingMessage[]) {
    this.messages.unshift(...batch.filter(({ settled }) => !settled));
  }

  /** Puts changes that are to be retried in front of their users' others. */
  requeueChanges(batch: PendingChange[]) {
    for (const pending of batch.toReversed()) if (!pending.settled) this.turns.add(pending, true);
  }

  /** Parks what belongs to these rooms, also what comes later, until `unpark`; `taken` is one that has been taken. */
  park(roomIds: Iterable<number>, taken?: PendingTransaction) {
    const rooms = new Set(roomIds);
    if (rooms.size === 0) return;
    for (const id of rooms) if (!this.parked.has(id)) this.parked.set(id, { messages: [], changes: [] });
    const { ready = [], locked = [] } = Object.groupBy(this.messages, ({ draft }) =>
      rooms.has(draft.roomId) ? "locked" : "ready",
    );
    this.messages = ready;
    for (const entry of locked) this.parked.get(entry.draft.roomId)!.messages.push(entry);
    const changes = this.turns.takeWhere(({ roomId }) => rooms.has(roomId));
    for (const one of taken ? [taken, ...changes] : changes) this.parked.get(one.roomId)!.changes.push(one);
  }

  /** These rooms are no longer locked: what was parked for them comes before all that is queued. */
  unpark(roomIds: number[]) {
    for (const id of roomIds) {
      const parked = this.parked.get(id);
      if (!parked) continue;
      this.parked.delete(id);
      this.messages.unshift(...parked.messages);
      for (const change of parked.changes.toReversed()) this.turns.add(change, true);
    }
  }

  /**
   * Rejects what has waited too long, and on the same socket what comes after it in the same room, so that it is not stored
   * first. What is in flight may still be stored, once. `isBusy`: the database responds, there is only too much to do.
   */
  expire(inFlight: PendingMessage[], changes: Pending[], isBusy: boolean) {
    const now = this.now();
    const lists = [inFlight, this.messages, ...[...this.parked.values()].map(({ messages }) => messages)];
    const isOverdue = ({ deadline }: { deadline: number }) => deadline < now;
    if (lists.some((list) => list.some((entry) => entry.copies?.some(isOverdue) ?? isOverdue(entry)))) {
      const refused = new Map<object, Map<number, ChatError>>();
      for (const list of lists) {
        const late = isBusy && list === this.messages ? busy() : unavailable();
        for (const entry of list) if (!entry.settled) this.refuseLate(entry, now, late, refused);
      }
      const isWaiting = ({ settled }: PendingMessage) => !settled;
      this.messages = this.messages.filter(isWaiting);
      for (const parked of this.parked.values()) parked.messages = parked.messages.filter(isWaiting);
    }
    for (const late of changes.filter(isOverdue)) this.refuse(late, unavailable());
    for (const late of this.turns.takeWhere(isOverdue)) this.refuse(late, isBusy ? busy() : unavailable());
    for (const parked of this.parked.values()) {
      for (const late of parked.changes.filter(isOverdue)) this.refuse(late, unavailable());
      parked.changes = parked.changes.filter((one) => !isOverdue(one));
    }
  }

  cancelParked() {
    for (const { messages, changes } of this.parked.values()) {
      for (const entry of messages) this.settle(entry);
      for (const { reject } of messages) reject(unavailable());
      for (const change of changes) this.refuse(change, unavailable());
    }
    this.parked.clear();
  }

  cancelAll() {
    this.cancelParked();
    for (const entry of this.messages.splice(0)) {
      this.settle(entry);
      entry.reject(unavailable());
    }
    for (const change of this.turns.takeWhere(() => true)) this.refuse(change, unavailable());
  }

  private get parkedMessages() {
    let count = 0;
    if (this.parked.size > 0) for (const { messages } of this.parked.values()) count += messages.length;
    return count;
  }

  private refuse(change: Pending, error: ChatError) {
    this.settleChange(change);
    change.reject(error);
  }

  /**
   * Rejects those copies of a message that have waited too long, or come after a rejected one on the same socket; the message
   * itself waits on if others are left. `refused` holds the rooms of each socket in which something was rejected.
   */
  private refuseLate(
    entry: PendingMessage,
    now: number,
    late: ChatError,
    refused: Map<object, Map<number, ChatError>>,
  ) {
    const { roomId } = entry.draft;
    const left: Copy[] = [];
    for (const copy of copiesOf(entry)) {
      const { socket } = copy;
      const refusal = (socket && refused.get(socket)?.get(roomId)) ?? (copy.deadline < now ? late : null);
      if (!refusal) {
        left.push(copy);
        continue;
      }
      if (socket) refused.set(socket, (refused.get(socket) ?? new Map()).set(roomId, refusal));
      copy.reject(refusal);
    }
    if (left.length === 0) this.settle(entry);
    else entry.copies?.splice(0, entry.copies.length, ...left);
  }

  /** A message that is sent again takes the position of its earlier copy, with a deadline of its own. */
  private join(entry: PendingMessage, draft: NewMessage): Promise<Appended> {
    return new Promise((resolve, reject) => {
      const deadline = this.now() + this.timeoutMs;
      const copies = entry.copies ?? shareOutcome(entry);
      copies.push({ deadline, resolve, reject, socket: draft.socket });
    });
  }
}

const busy = () => new ChatError(serverBusy);
