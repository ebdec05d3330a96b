// What the batches of messages and those of small changes have in common: a batch is one statement, sent behind the one before
// it, and what becomes of it when that statement fails. The writer decides which lane sends next.

import type { SqlClient } from "../db/client.ts";
import { isDatabaseConflict, isDatabaseTimeout, isDatabaseUnavailable } from "../db/errors.ts";
import type { Tracing } from "../lib/tracing.ts";
import { type BatchLink, UNLINKED } from "./append.ts";
import { listLockedRooms } from "./locked-rooms.ts";
import type { WriterSession } from "./writer-session.ts";

// Between two attempts at what the database gave up on for no visible reason.
const RETRY_MS = 50;

/** A batch that was sent. */
export interface SentBatch {
  size: number;
  /** To be called for the batches of all lanes in the order in which they were sent. */
  finish(): Promise<FinishedBatch>;
}

export interface FinishedBatch {
  /** Rooms locked by another transaction: nothing was stored because of them. */
  lockedRooms: number[];
  /** Publishes what is committed and settles what has an outcome. Never throws. */
  settle(): Promise<void> | void;
}

/** What is committed but not published yet, and what is to be retried, both in order. */
interface BatchResult<Pending, Outcome> {
  outcomes: Outcome[];
  retry: Pending[];
  lockedRooms: number[];
}

export interface BatchLaneParts {
  writerSql: SqlClient;
  /** Null where nothing is traced. */
  tracing: Tracing | null;
  session: WriterSession;
}

export abstract class BatchLane<Pending extends { settled: boolean }, Outcome> {
  private readonly inFlight: Pending[][] = [];
  /** What comes before all that is queued, once no batch is in flight. */
  private readonly retryQueue: Pending[] = [];

  protected constructor(private readonly base: BatchLaneParts) {}

  /** How many could leave now. */
  abstract get ready(): number;

  /** In flight, or to be retried after what is in flight. */
  get unsettled(): Pending[] {
    return [...this.retryQueue, ...this.inFlight.flat()];
  }

  get hasRetries(): boolean {
    return this.retryQueue.length > 0;
  }

  /** Sends a batch behind the one that `link` names; null when there is nothing to send. */
  send(link: BatchLink): SentBatch | null {
    const batch = this.take();
    if (batch.length === 0) return null;
    this.inFlight.push(batch);
    const { tracing } = this.base;
    const carriers = tracing && batch.map((pending) => this.carrierOf(pending));
    const result = carriers
      ? tracing.together("store", carriers, () => this.store(batch, link))
      : this.store(batch, link);
    return {
      size: batch.length,
      finish: async () => {
        const { outcomes, retry, lockedRooms } = await result;
        this.inFlight.shift();
        this.retryQueue.push(...retry);
        const settle = () => this.settle(outcomes);
        return { lockedRooms, settle: carriers ? () => tracing.together("publish", carriers, settle) : settle };
      },
    };
  }

  /** Puts what is to be retried in front of all that is queued. To be called when no batch is in flight. */
  requeueRetries() {
    this.requeue(this.retryQueue.splice(0));
  }

  /** The next batch; empty when nothing is queued. */
  protected abstract take(): Pending[];
  /** Runs the statement. Null: nothing was done, because of the batch before it or because the session is not confirmed. */
  protected abstract write(batch: Pending[], link: BatchLink): Promise<Outcome[] | null>;
  /** Called when the response was lost, so that the batch may be committed or not; returns what of it is to be retried. */
  protected abstract onResponseLost(batch: Pending[]): Pending[];
  /** Whether a batch that the database gave up on, without a locked room, is retried as it is. */
  protected abstract readonly retriesTimeouts: boolean;
  /** Called for what the database refused, or gave up on, by itself. */
  protected abstract reject(pending: Pending, error: unknown): void;
  protected abstract settle(outcomes: Outcome[]): Promise<void> | void;
  protected abstract requeue(retries: Pending[]): void;
  protected abstract roomOf(pending: Pending): number;
  /** By which object its trace is found. */
  protected abstract carrierOf(pending: Pending): object;

  private async store(batch: Pending[], link = UNLINKED): Promise<BatchResult<Pending, Outcome>> {
    const { session } = this.base;
    try {
      const outcomes = await this.write(batch, link);
      if (!outcomes) {
        // Behind another batch, that one may be the reason.
        if (!link.after) session.invalidate();
        return { outcomes: [], retry: batch, lockedRooms: [] };
      }
      session.noteResponse();
      return { outcomes, retry: [], lockedRooms: [] };
    } catch (error) {
      if (isDatabaseUnavailable(error)) {
        session.invalidate();
        return { outcomes: [], retry: this.onResponseLost(batch), lockedRooms: [] };
      }
      if (isDatabaseTimeout(error) || isDatabaseConflict(error)) {
        const lockedRooms = await this.findLockedRooms(batch);
        if (lockedRooms.length > 0 || this.retriesTimeouts) {
          if (lockedRooms.length === 0) await Bun.sleep(RETRY_MS);
          return { outcomes: [], retry: batch, lockedRooms };
        }
      }
      // Refused as a whole, so nothing of it was stored: one bad element must not fail its neighbours.
      if (batch.length > 1) return this.storeOneByOne(batch);
      this.reject(batch[0]!, error);
      return { outcomes: [], retry: [], lockedRooms: [] };
    }
  }

  private async storeOneByOne(batch: Pending[]): Promise<BatchResult<Pending, Outcome>> {
    const total: BatchResult<Pending, Outcome> = { outcomes: [], retry: [], lockedRooms: [] };
    for (const pending of batch) {
      if (pending.settled) continue;
      if (total.retry.length > 0) {
        total.retry.push(pending);
        continue;
      }
      const { outcomes, retry, lockedRooms } = await this.store([pending]);
      total.outcomes.push(...outcomes);
      total.retry.push(...retry);
      total.lockedRooms.push(...lockedRooms);
    }
    return total;
  }

  /** The locked rooms of a batch that the database gave up on; if they can't be read now, the next attempt finds out. */
  private findLockedRooms(batch: Pending[]): Promise<number[]> {
    const rooms = [...new Set(batch.map((pending) => this.roomOf(pending)))];
    return listLockedRooms(this.base.writerSql, rooms).catch(() => []);
  }
}
