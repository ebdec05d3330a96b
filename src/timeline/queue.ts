// What waits for the write path: messages, and the rarer changes of a room. Both have bounds, and nobody waits for ever. What
// belongs to a room that somebody else has locked waits apart, in order. Only timeline.ts uses it.
import { ChatError, unavailable } from "../lib/errors.ts";
import { serverBusy } from "../protocol/refusals.ts";
import type { NewMessage } from "./append.ts";
import type { MessageRow } from "./events.ts";
import { type Job, Turns } from "./turns.ts";

// Past 500 the statement takes longer without storing more a second.
const MAX_BATCH = 500;
// At 4,000 characters each this is some 100 MB; at a usual length a few.
const MAX_MESSAGES = 10_000;
// How long a sender waits for a database that is away.
export const PATIENCE_MS = 5_000;

export type Appended = { message: MessageRow; repeated: boolean };

/** A message on its way. */
export interface Waiting {
  draft: NewMessage;
  /** By the monotonic clock; each of the copies has its own. */
  deadline: number;
  /** Set once a try failed with its outcome unknown. */
  retried: boolean;
  /** Set once it was answered, by `Queue.settle`. */
  settled: boolean;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
  /** All that wait for it, oldest first, once it was sent again; `resolve` and `reject` then answer all of them. */
  copies: Copy[] | null;
}

/** One of several sendings of the same message. */
type Copy = Pick<Waiting, "deadline" | "resolve" | "reject"> & { socket: object | undefined };

/** What waits for a room that is locked. */
interface Parked {
  messages: Waiting[];
  jobs: Job[];
}

export class Queue {
  private messages: Waiting[] = [];
  /**
   * Messages without an answer by their client_id, those in the database's hands included: what is sent again must find the
   * place of its earlier copy. The first one, where different senders or rooms have the same.
   */
  private readonly byClientId = new Map<string, Waiting>();
  /** How many messages without an answer `byClientId` does not hold. */
  private unlisted = 0;
  private readonly changes = new Turns();
  private readonly parked = new Map<number, Parked>();

  /** `now` is a monotonic clock, in milliseconds. */
  constructor(
    private readonly patienceMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Everything that waits. */
  get size() {
    return this.messages.length + this.parkedMessages + this.changes.size;
  }

  /** Whether there is something to do now. */
  get isReady() {
    return this.messages.length > 0 || this.changes.hasReady;
  }

  /** Messages that could go into the next batch. */
  get waiting() {
    return this.messages.length;
  }

  get hasChanges() {
    return this.changes.hasReady;
  }

  /** Rooms for which something waits until they are no longer locked. */
  get lockedRooms(): number[] {
    return [...this.parked.keys()];
  }

  /** A message that has no answer yet is sent once, for both. Throws `slow_down` when too much waits already. */
  addMessage(draft: NewMessage): Promise<Appended> {
    const twin = this.byClientId.get(draft.clientId);
    if (twin && isSame(twin.draft, draft)) return this.join(twin, draft);
    if (this.messages.length + this.parkedMessages >= MAX_MESSAGES) throw overloaded();
    return new Promise((resolve, reject) => {
      const deadline = this.now() + this.patienceMs;
      const entry = { draft, deadline, retried: false, settled: false, resolve, reject, copies: null };
      this.list(entry, twin);
      const parked = this.parked.size > 0 ? this.parked.get(draft.roomId) : undefined;
      (parked?.messages ?? this.messages).push(entry);
    });
  }

  /** Throws `slow_down` when too many wait already, of this user or of all. */
  addChange(change: Omit<Job, "deadline">) {
    this.changes.enter(change.userId);
    const job = { ...change, deadline: this.now() + this.patienceMs };
    const parked = this.parked.get(job.roomId);
    if (parked) parked.jobs.push(job);
    else this.changes.add(job);
  }

  /** The messages that go together. */
  takeBatch(): Waiting[] {
    let size = Math.min(this.messages.length, MAX_BATCH);
    if (this.unlisted > 0) {
      // A client_id which occurs again begins the next batch.
      const ids = new Set<string>();
      for (let i = 0; i < size; i++) {
        const { clientId } = this.messages[i]!.draft;
        if (ids.has(clientId)) size = i;
        else ids.add(clientId);
      }
    }
    return this.messages.splice(0, size);
  }

  takeChange(): Job | undefined {
    return this.changes.take();
  }

  /** A change that was taken is over. */
  finish(job: Job) {
    this.changes.leave(job);
  }

  /** The message has its answer: what is sent under its client_id from now on is another one. */
  settle(entry: Waiting) {
    if (entry.settled) return;
    entry.settled = true;
    if (this.byClientId.get(entry.draft.clientId) === entry) this.byClientId.delete(entry.draft.clientId);
    else this.unlisted--;
  }

  /** Messages that are to be tried again, in front of all others. */
  putBack(batch: Waiting[]) {
    this.messages.unshift(...batch.filter(({ settled }) => !settled));
  }

  /** What belongs to these rooms waits until `unpark`, with all that comes for them; `job` is one that has been taken. */
  park(roomIds: Iterable<number>, job?: Job) {
    const rooms = new Set(roomIds);
    if (rooms.size === 0) return;
    for (const id of rooms) if (!this.parked.has(id)) this.parked.set(id, { messages: [], jobs: [] });
    const { ready = [], locked = [] } = Object.groupBy(this.messages, ({ draft }) =>
      rooms.has(draft.roomId) ? "locked" : "ready",
    );
    this.messages = ready;
    for (const entry of locked) this.parked.get(entry.draft.roomId)!.messages.push(entry);
    const jobs = this.changes.takeWhere(({ roomId }) => rooms.has(roomId));
    for (const one of job ? [job, ...jobs] : jobs) this.parked.get(one.roomId)!.jobs.push(one);
  }

  /** These rooms are not locked any more: what waits for them comes before all that is queued. */
  unpark(roomIds: number[]) {
    for (const id of roomIds) {
      const parked = this.parked.get(id);
      if (!parked) continue;
      this.parked.delete(id);
      this.messages.unshift(...parked.messages);
      for (const job of parked.jobs.toReversed()) this.changes.add(job, true);
    }
  }

  /**
   * Answers those who have waited long enough, and on the same socket those behind them in the same room, lest these are stored
   * first. What is in the database's hands may still be stored, once. `isMoving`: the database works, there is only too much
   * to do.
   */
  expire(batches: Waiting[], job: Job | null, isMoving: boolean) {
    const now = this.now();
    const lists = [batches, this.messages, ...[...this.parked.values()].map(({ messages }) => messages)];
    const isOverdue = ({ deadline }: { deadline: number }) => deadline < now;
    if (lists.some((list) => list.some((entry) => entry.copies?.some(isOverdue) ?? isOverdue(entry)))) {
      const refused = new Map<object, Map<number, ChatError>>();
      for (const list of lists) {
        const late = isMoving && list === this.messages ? overloaded() : unavailable();
        for (const entry of list) if (!entry.settled) this.refuseLate(entry, now, late, refused);
      }
      const isWaiting = ({ settled }: Waiting) => !settled;
      this.messages = this.messages.filter(isWaiting);
      for (const parked of this.parked.values()) parked.messages = parked.messages.filter(isWaiting);
    }
    if (job && isOverdue(job)) job.reject(unavailable());
    for (const late of this.changes.takeWhere(isOverdue)) this.refuse(late, isMoving ? overloaded() : unavailable());
    for (const parked of this.parked.values()) {
      for (const late of parked.jobs.filter(isOverdue)) this.refuse(late, unavailable());
      parked.jobs = parked.jobs.filter((one) => !isOverdue(one));
    }
  }

  cancelParked() {
    for (const { messages, jobs } of this.parked.values()) {
      for (const entry of messages) this.settle(entry);
      for (const one of [...messages, ...jobs]) one.reject(unavailable());
      for (const job of jobs) this.changes.leave(job);
    }
    this.parked.clear();
  }

  cancelAll() {
    this.cancelParked();
    for (const entry of this.messages.splice(0)) {
      this.settle(entry);
      entry.reject(unavailable());
    }
    for (const job of this.changes.takeWhere(() => true)) this.refuse(job, unavailable());
  }

  private get parkedMessages() {
    let count = 0;
    if (this.parked.size > 0) for (const { messages } of this.parked.values()) count += messages.length;
    return count;
  }

  private refuse(job: Job, error: ChatError) {
    this.changes.leave(job);
    job.reject(error);
  }

  /**
   * Answers those copies of a message that have waited long enough, or stand behind a refused one on the same socket; the
   * message itself waits on if others are left. `refused` holds the rooms of each socket in which something was refused.
   */
  private refuseLate(entry: Waiting, now: number, late: ChatError, refused: Map<object, Map<number, ChatError>>) {
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

  /** A message that is sent again takes the place of its earlier copy, and its patience begins anew. */
  private join(entry: Waiting, draft: NewMessage): Promise<Appended> {
    return new Promise((resolve, reject) => {
      const deadline = this.now() + this.patienceMs;
      const copies = entry.copies ?? shareAnswer(entry);
      copies.push({ deadline, resolve, reject, socket: draft.socket });
    });
  }

  private list(entry: Waiting, twin: Waiting | undefined) {
    if (twin) this.unlisted++;
    else this.byClientId.set(entry.draft.clientId, entry);
  }
}

/** Lets the answer to a message go to all its copies, which it returns. */
function shareAnswer(entry: Waiting): Copy[] {
  const copies = copiesOf(entry);
  entry.copies = copies;
  entry.resolve = (appended) => {
    for (const [i, copy] of copies.entries()) copy.resolve(i === 0 ? appended : { ...appended, repeated: true });
  };
  entry.reject = (error) => {
    for (const copy of copies) copy.reject(error);
  };
  return copies;
}

const copiesOf = ({ copies, deadline, resolve, reject, draft }: Waiting): Copy[] =>
  copies ?? [{ deadline, resolve, reject, socket: draft.socket }];

const isSame = (a: NewMessage, b: NewMessage) =>
  a.roomId === b.roomId && a.senderId === b.senderId && a.kind === b.kind;

const overloaded = () => new ChatError(serverBusy);
