// The loop of the write path: which batch or transaction goes to the database next. One after the other, on one connection, so
// that the order of publishing is the order of commit with nothing to reorder; and a batch is whatever has queued meanwhile: the
// busier the server, the larger the batches. While the database stores a batch, the next one is already on the connection, and the
// one before it is published. Only timeline.ts uses it.
import type { SqlClient } from "../db/client.ts";
import { isDatabaseUnavailable } from "../db/errors.ts";
import { ChatError, unavailable } from "../lib/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";
import type { SentBatch } from "./batch-lane.ts";
import type { ChangeLane } from "./change-lane.ts";
import type { Epoch } from "./epoch.ts";
import type { InDoubtWrites } from "./in-doubt.ts";
import { listLockedRooms } from "./locked-rooms.ts";
import type { MessageLane } from "./message-lane.ts";
import type { Queue } from "./queue.ts";
import type { PendingTransaction } from "./turns.ts";
import type { WriterSession } from "./writer-session.ts";

// The next batch leaves before the result of the last one is there, so that the database need not wait for us. With a third one
// in flight all of them get smaller, and a message costs more.
const MAX_IN_FLIGHT = 2;
// Also how soon a room that is no longer locked is written to again.
const SWEEP_MS = 100;
const MAX_BACKOFF_MS = 500;
// A batch of more is some milliseconds' work, and often one of many: between them there are moments in which nothing waits.
const BUSY_BATCH = 50;
const BUSY_MS = 200;

/** A batch sent to the database. */
interface InFlightBatch extends SentBatch {
  number: number;
  lane: Lane;
}

type Lane = MessageLane | ChangeLane;

export interface WriterParts {
  sql: SqlClient;
  log: Logger;
  queue: Queue;
  messages: MessageLane;
  changes: ChangeLane;
  inDoubt: InDoubtWrites;
  epoch: Epoch;
  session: WriterSession;
}

export class TimelineWriter {
  /** The batches that the database is working on, in the order in which they left. */
  private inFlight: InFlightBatch[] = [];
  /** The lane that sent the last batch. */
  private lastLane: Lane | null = null;
  /** The transaction that is running; no batch is in flight then. */
  private running: PendingTransaction | null = null;
  /** Rooms that turned out to be locked, to be parked once no batch is in flight. */
  private readonly lockedRooms = new Set<number>();
  private isWritingBatches = false;
  private isFlushScheduled = false;
  private loop: Promise<void> | null = null;
  /** The number of the newest batch or transaction. */
  private lastNumber = 0;
  /** Those who wait until everything up to a number has been published. */
  private flushWaiters: { upTo: number; resolve(): void }[] = [];
  private probing: Promise<void> | null = null;
  /** When the last batch of more than BUSY_BATCH left. */
  private busyAt = Number.NEGATIVE_INFINITY;
  private closing = false;
  private readonly sweeper: ReturnType<typeof setInterval>;

  constructor(private readonly parts: WriterParts) {
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS);
    this.sweeper.unref();
  }

  /** What comes in the same turn of the event loop shares a batch. */
  scheduleFlush() {
    if (this.isFlushScheduled) return;
    this.isFlushScheduled = true;
    setImmediate(() => {
      this.isFlushScheduled = false;
      if (this.isWritingBatches) this.sendNextBatch();
      else this.startWriter();
    });
  }

  /** Whether many messages or changes are stored at this time. */
  get isBusy(): boolean {
    const isLarge = this.parts.queue.size > BUSY_BATCH || this.inFlight.some(({ size }) => size > BUSY_BATCH);
    return isLarge || performance.now() - this.busyAt < BUSY_MS;
  }

  startWriter() {
    this.loop ??= this.run().finally(() => {
      this.loop = null;
      this.notifyFlushed(this.lastNumber);
      if (this.parts.queue.isReady) this.startWriter();
    });
  }

  /** Resolves once everything that is committed by now in this process has been published. */
  flushed(): Promise<void> {
    if (!this.loop) return Promise.resolve();
    return new Promise((resolve) => this.flushWaiters.push({ upTo: this.lastNumber, resolve }));
  }

  /** Rejects all that waits or is in flight: the history of the database has changed. */
  cancelAll() {
    const { queue, inDoubt, session, messages, changes } = this.parts;
    queue.cancelAll();
    for (const pending of messages.unsettled) {
      queue.settle(pending);
      pending.reject(unavailable());
    }
    for (const pending of [...changes.unsettled, ...(this.running ? [this.running] : [])]) {
      queue.settleChange(pending);
      pending.reject(unavailable());
    }
    inDoubt.clear();
    session.invalidate();
  }

  /** Writes what is queued, and ends. */
  async close() {
    this.closing = true;
    if (this.parts.queue.isReady) this.startWriter();
    await this.loop;
    this.parts.queue.cancelParked();
    await this.probing;
    clearInterval(this.sweeper);
  }

  private async run() {
    const { queue, inDoubt, session } = this.parts;
    while (queue.isReady || !inDoubt.isEmpty) {
      if (!inDoubt.isEmpty && !(await this.recover())) return;
      if (!session.isConfirmed && !(await this.retryUntilAvailable(() => session.confirm()))) return;
      await this.writeBatches();
      // Batches and transactions alternate, so that neither can delay the other for long.
      const transaction = inDoubt.isEmpty ? queue.takeTransaction() : undefined;
      if (transaction) await this.runTransaction(transaction);
      this.notifyFlushed(this.lastNumber);
    }
  }

  private async runTransaction(transaction: PendingTransaction) {
    const { queue } = this.parts;
    this.lastNumber++;
    this.running = transaction;
    const isDone = await transaction.run();
    this.running = null;
    if (isDone) queue.settleChange(transaction);
    else if (!transaction.settled) queue.park([transaction.roomId], transaction);
  }

  /** Batch after batch, until none waits or a transaction has its turn. */
  private async writeBatches() {
    const { queue, messages, changes } = this.parts;
    this.isWritingBatches = true;
    try {
      // Even if transactions wait, for they had their turn before.
      this.sendNextBatch(true);
      for (let first = this.inFlight[0]; first; first = this.inFlight[0]) {
        const { lockedRooms, settle } = await first.finish();
        this.inFlight.shift();
        for (const roomId of lockedRooms) this.lockedRooms.add(roomId);
        // What has queued meanwhile leaves first, so that the database has work while this is published.
        this.sendNextBatch();
        await settle();
        this.notifyFlushed(first.number);
        this.sendNextBatch();
      }
    } finally {
      this.isWritingBatches = false;
      messages.requeueRetries();
      changes.requeueRetries();
      queue.park(this.lockedRooms);
      this.lockedRooms.clear();
    }
  }

  /** Sends a batch, if another one may be in flight and it is worth it. A waiting transaction comes first, unless `isDue`. */
  private sendNextBatch(isDue = !this.parts.queue.hasTransaction) {
    const { inDoubt, messages, changes } = this.parts;
    if (!isDue || messages.hasRetries || changes.hasRetries || !inDoubt.isEmpty) return;
    if (this.inFlight.length === MAX_IN_FLIGHT) return;
    // The lanes take turns.
    const other = this.lastLane === messages ? changes : messages;
    const lane = other.ready > 0 ? other : other === messages ? changes : messages;
    const last = this.inFlight.at(-1);
    // Behind another one of its lane it has time to grow to the same size.
    if (last?.lane === lane && lane.ready < last.size) return;
    const number = this.lastNumber + 1;
    const sent = lane.send({ name: String(number), after: last ? String(last.number) : null });
    if (!sent) return;
    this.lastNumber = number;
    this.lastLane = lane;
    this.inFlight.push({ ...sent, number, lane });
    if (sent.size > BUSY_BATCH) this.busyAt = performance.now();
  }

  private notifyFlushed(published: number) {
    if (!this.parts.inDoubt.isEmpty) return;
    const waiters = this.flushWaiters;
    this.flushWaiters = waiters.filter(({ upTo }) => upTo > published);
    for (const { upTo, resolve } of waiters) if (upTo <= published) resolve();
  }

  private sweep() {
    this.expire();
    if (this.parts.queue.lockedRooms.length > 0 && !this.closing)
      this.probing ??= this.probeLockedRooms().finally(() => (this.probing = null));
  }

  private expire() {
    const { queue, messages, changes, session } = this.parts;
    const running = this.running ? [this.running] : [];
    queue.expire(messages.unsettled, [...changes.unsettled, ...running], session.isResponding);
  }

  /** Unparks those rooms that are no longer locked. */
  private async probeLockedRooms() {
    const { queue, sql } = this.parts;
    const parked = queue.lockedRooms;
    const locked = await listLockedRooms(sql, parked).catch(() => parked);
    if (this.closing) return;
    queue.unpark(parked.filter((id) => !locked.includes(id)));
    if (queue.isReady) this.startWriter();
  }

  /** Once the database is back: resolves what is in doubt. False when closing. */
  private recover(): Promise<boolean> {
    return this.retryUntilAvailable(async () => {
      await this.parts.epoch.check();
      await this.parts.inDoubt.resolve();
    });
  }

  /** Retries for as long as the database is unavailable. False when closing. */
  private async retryUntilAvailable(work: () => Promise<void>): Promise<boolean> {
    for (let backoff = 20; ; backoff = Math.min(backoff * 2, MAX_BACKOFF_MS)) {
      this.expire();
      try {
        await work();
        return true;
      } catch (error) {
        if (!isDatabaseUnavailable(error) && !(error instanceof ChatError))
          this.parts.log.error({ error: safeError(error) }, "the state of the database could not be read");
        if (this.closing) {
          this.parts.queue.cancelAll();
          this.parts.inDoubt.clear();
          return false;
        }
        await Bun.sleep(backoff);
      }
    }
  }
}
