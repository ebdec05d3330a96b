// What waits for the write path: messages, and the rarer changes of a room. Both have bounds, and nobody waits for ever. Only
// timeline.ts uses it.
import { ChatError, unavailable } from "../lib/errors.ts";
import type { NewMessage } from "./append.ts";
import type { MessageRow } from "./events.ts";

// Past 500 the statement takes longer without storing more a second.
const MAX_BATCH = 500;
// At 4,000 characters each this is some 100 MB; at a usual length a few.
const MAX_MESSAGES = 10_000;
const MAX_CHANGES = 1_000;
// How long a sender waits for a database that is away.
const PATIENCE_MS = 5_000;

export type Appended = { message: MessageRow; repeated: boolean };

/** A message on its way. */
export interface Waiting {
  draft: NewMessage;
  deadline: number;
  /** Set once a try failed with its outcome unknown. */
  retried: boolean;
  /** Set once it was answered. */
  settled: boolean;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
}

/** A change on its way. */
export interface Job {
  deadline: number;
  run(): Promise<void>;
  reject(error: unknown): void;
}

export class Queue {
  private messages: Waiting[] = [];
  private changes: Job[] = [];

  get size() {
    return this.messages.length + this.changes.length;
  }

  /** Messages that are in no batch yet. */
  get waiting() {
    return this.messages.length;
  }

  get hasChanges() {
    return this.changes.length > 0;
  }

  /** Throws `slow_down` when too much waits already. */
  addMessage(draft: NewMessage): Promise<Appended> {
    if (this.messages.length >= MAX_MESSAGES) return Promise.reject(overloaded());
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + PATIENCE_MS;
      this.messages.push({ draft, deadline, retried: false, settled: false, resolve, reject });
    });
  }

  /** `run` never throws; `reject` is called in its stead when it has waited too long. Throws `slow_down`. */
  addChange(run: () => Promise<void>, reject: (error: unknown) => void) {
    if (this.changes.length >= MAX_CHANGES) throw overloaded();
    this.changes.push({ deadline: Date.now() + PATIENCE_MS, run, reject });
  }

  /** The messages that go together: a client_id which occurs again begins the next batch. */
  takeBatch(): Waiting[] {
    const clientIds = new Set<string>();
    let size = 0;
    for (; size < this.messages.length && size < MAX_BATCH; size++) {
      const { clientId } = this.messages[size]!.draft;
      if (clientIds.has(clientId)) break;
      clientIds.add(clientId);
    }
    return this.messages.splice(0, size).filter(({ settled }) => !settled);
  }

  takeChange(): Job | undefined {
    return this.changes.shift();
  }

  /** Messages that are to be tried again, in front of all others. */
  putBack(batch: Waiting[]) {
    this.messages.unshift(...batch.filter(({ settled }) => !settled));
  }

  /** Answers those who have waited long enough. What is in the database's hands may still be stored, once. */
  expire(underWay: (Waiting | Job)[]) {
    const now = Date.now();
    const isLate = (one: Waiting | Job) => one.deadline < now;
    // Both queues are in order of their deadlines but for retries, which are older still and stand in front.
    if (![underWay[0], this.messages[0], this.changes[0]].some((first) => first && isLate(first))) return;
    for (const one of [...underWay, ...this.messages, ...this.changes].filter(isLate)) {
      if ("settled" in one) one.settled = true;
      one.reject(unavailable());
    }
    this.messages = this.messages.filter((one) => !isLate(one));
    this.changes = this.changes.filter((one) => !isLate(one));
  }

  cancelAll() {
    for (const one of [...this.messages.splice(0), ...this.changes.splice(0)]) one.reject(unavailable());
  }
}

const overloaded = () => new ChatError("slow_down", "The server is busy; try again shortly.", { retryAfter: 1 });
