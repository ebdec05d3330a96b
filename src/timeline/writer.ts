// The loop of the write path: which batch or transaction goes to the database next. One after the other, on one connection, so
// that the order of publishing is the order of commit with nothing to reorder; and a batch is whatever has queued meanwhile: the
// busier the server, the larger the batches. While the database stores a batch, the next one is already on the connection, and the
// one before it is published. Only timeline.ts uses it.
import type { SqlClient } from "../db/client.ts";
import { isDatabaseUnavailable } from "../db/errors.ts";
import { ChatError, unavailable } from "../lib/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";
import type { Epoch } from "./epoch.ts";
import type { InDoubtWrites } from "./in-doubt.ts";
import { listLockedRooms } from "./locked-rooms.ts";
import type { BatchResult, MessageBatches } from "./message-batches.ts";
import type { Outcomes } from "./outcomes.ts";
import type { PendingMessage, Queue } from "./queue.ts";
import type { PendingChange } from "./turns.ts";
import type { WriterSession } from "./writer-session.ts";

// The next batch leaves before the result of the last one is there, so that the database need not wait for us. With a third one
// in flight all of them get smaller, and a message costs more.
const MAX_IN_FLIGHT = 2;
// Also how soon a room that is no longer locked is written to again.
const SWEEP_MS = 100;
const MAX_BACKOFF_MS = 500;

/** A batch sent to the database. */
interface InFlightBatch {
  number: number;
  batch: PendingMessage[];
  result: Promise<BatchResult>;
}

export interface WriterParts {
  sql: SqlClient;
  log: Logger;
  queue: Queue;
  messages: MessageBatches;
  outcomes: Outcomes;
  inDoubt: InDoubtWrites;
  epoch: Epoch;
  session: WriterSession;
}

export class TimelineWriter {
  /** The batches that the database is working on, in the order in which they left. */
  private inFlight: InFlightBatch[] = [];
  /** The change whose transaction is running; no batch is in flight then. */
  private running: PendingChange | null = null;
  /** What comes before all that is queued, once no batch is in flight. */
  private retryQueue: PendingMessage[] = [];
  /** Rooms that turned out to be locked, to be parked once no batch is in flight. */
  private readonly lockedRooms = new Set<number>();
  private isWritingBatches = false;
  private isFlushScheduled = false;
  private loop: Promise<void> | null = null;
  /** The number of the newest batch or change. */
  private lastNumber = 0;
  /** Those who wait until everything up to a number has been published. */
  private flushWaiters: { upTo: number; resolve(): void }[] = [];
  private probing: Promise<void> | null = null;
  private closing = false;
  private readonly sweeper: ReturnType<typeof setInterval>;

  constructor(private readonly parts: WriterParts) {
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS);
    this.sweeper.unref();
  }

  /** Messages of this turn of the event loop share a batch. */
  scheduleFlush() {
    if (this.isFlushScheduled) return;
    this.isFlushScheduled = true;
    setImmediate(() => {
      this.isFlushScheduled = false;
      if (this.isWritingBatches) this.sendNextBatch();
      else this.startWriter();
    });
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
    const { queue, inDoubt, session } = this.parts;
    queue.cancelAll();
    for (const pending of this.unsettledMessages) {
      queue.settle(pending);
      pending.reject(unavailable());
    }
    this.running?.reject(unavailable());
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
      // Batches and changes alternate, so that neither can delay the other for long.
      const change = inDoubt.isEmpty ? queue.takeChange() : undefined;
      if (change) await this.runChange(change);
      this.notifyFlushed(this.lastNumber);
    }
  }

  private async runChange(change: PendingChange) {
    const { queue } = this.parts;
    this.lastNumber++;
    this.running = change;
    const isDone = await change.run();
    this.running = null;
    if (isDone) queue.finish(change);
    else queue.park([change.roomId], change);
  }

  /** Batch after batch, until none waits or a change has its turn. */
  private async writeBatches() {
    const { queue, outcomes: settler } = this.parts;
    this.isWritingBatches = true;
    try {
      // Even if changes wait, for they had their turn before.
      this.sendNextBatch(true);
      for (let first = this.inFlight[0]; first; first = this.inFlight[0]) {
        const { outcomes, retry, lockedRooms } = await first.result;
        this.inFlight.shift();
        this.retryQueue.push(...retry);
        for (const roomId of lockedRooms) this.lockedRooms.add(roomId);
        // What has queued meanwhile leaves first, so that the database has work while this is published.
        this.sendNextBatch();
        await settler.settleBatch(outcomes);
        this.notifyFlushed(first.number);
        this.sendNextBatch();
      }
    } finally {
      this.isWritingBatches = false;
      queue.requeue(this.retryQueue.splice(0));
      queue.park(this.lockedRooms);
      this.lockedRooms.clear();
    }
  }

  /** Sends a batch, if another one may be in flight and it is worth it. A waiting change comes first, unless `isDue`. */
  private sendNextBatch(isDue = !this.parts.queue.hasChanges) {
    const { queue, inDoubt, messages } = this.parts;
    if (!isDue || this.retryQueue.length > 0 || !inDoubt.isEmpty || this.inFlight.length === MAX_IN_FLIGHT) return;
    const last = this.inFlight.at(-1);
    // Behind another one it has time to grow to the same size.
    if (last && queue.readyMessages < last.batch.length) return;
    const batch = queue.takeBatch();
    if (batch.length === 0) return;
    const number = ++this.lastNumber;
    const result = messages.store(batch, { name: String(number), after: last ? String(last.number) : null });
    this.inFlight.push({ number, batch, result });
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
    this.parts.queue.expire(this.unsettledMessages, this.running, this.parts.session.isResponding);
  }

  /** Messages in flight, and those to be retried after them. */
  private get unsettledMessages(): PendingMessage[] {
    return [...this.retryQueue, ...this.inFlight.flatMap(({ batch }) => batch)];
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
