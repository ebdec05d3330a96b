// Stores one batch of messages and says what became of it. Only the writer calls it, in the order in which batches leave.

import type { SqlClient, Writer } from "../db/client.ts";
import { isDatabaseConflict, isDatabaseTimeout, isDatabaseUnavailable } from "../db/errors.ts";
import { ChatError } from "../lib/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import { messageNotStored } from "../protocol/refusals.ts";
import { appendMessages, type NewMessage, type Recipient, type Turn } from "./append.ts";
import type { Epoch } from "./epoch.ts";
import type { InDoubtWrites } from "./in-doubt.ts";
import { listLockedRooms } from "./locked-rooms.ts";
import type { Outcome } from "./outcomes.ts";
import type { PeerCache } from "./peer-cache.ts";
import type { PendingMessage, Queue } from "./queue.ts";
import type { WriterSession } from "./writer-session.ts";

// Between two attempts at what the database gave up on for no visible reason.
const RETRY_MS = 50;

/** What is committed but not published yet, and what is to be retried, both in order. */
export interface BatchResult {
  outcomes: Outcome[];
  retry: PendingMessage[];
  /** Rooms locked by another transaction: nothing was stored because of them. */
  lockedRooms: number[];
}

export interface MessageBatchesParts {
  sql: SqlClient;
  writer: Writer;
  metrics: Metrics;
  log: Logger;
  peerCache: PeerCache;
  isOnline(userId: number): boolean;
  queue: Queue;
  epoch: Epoch;
  session: WriterSession;
  inDoubt: InDoubtWrites;
}

export class MessageBatches {
  constructor(private readonly parts: MessageBatchesParts) {}

  /** Never throws: a message that can't be stored is rejected. */
  async store(batch: PendingMessage[], link?: Turn): Promise<BatchResult> {
    const { metrics, peerCache, writer, session, inDoubt } = this.parts;
    const startedAt = performance.now();
    try {
      await peerCache.load(batch.flatMap(({ draft }) => (draft.kind === "direct" ? draft.roomId : [])));
      const verdicts = await appendMessages(
        writer.sql,
        batch.map(({ draft }) => draft),
        (message) => this.recipientOf(message),
        link,
        this.parts.epoch.current,
      );
      metrics.batchSize.observe(batch.length);
      metrics.batchSeconds.observe((performance.now() - startedAt) / 1000);
      if (!verdicts) {
        // Behind another batch, that one may be the reason.
        if (!link?.after) session.invalidate();
        return { outcomes: [], retry: batch, lockedRooms: [] };
      }
      session.noteResponse();
      const outcomes = batch.map((pending, index) => ({ pending, verdict: verdicts[index]! }));
      return { outcomes, retry: [], lockedRooms: [] };
    } catch (error) {
      if (isDatabaseUnavailable(error)) {
        session.invalidate();
        for (const pending of batch) {
          pending.retried = true;
          inDoubt.addRoom(pending.draft.roomId);
        }
        return { outcomes: [], retry: batch, lockedRooms: [] };
      }
      if (isDatabaseTimeout(error) || isDatabaseConflict(error)) {
        return { outcomes: [], retry: batch, lockedRooms: await this.findLockedRooms(batch) };
      }
      // Refused as a whole, so nothing of it was stored: one bad message must not fail its neighbours.
      if (batch.length > 1) return this.storeOneByOne(batch);
      this.parts.log.error({ error: safeError(error) }, "a message could not be stored");
      this.parts.queue.settle(batch[0]!);
      batch[0]!.reject(new ChatError(messageNotStored));
      return { outcomes: [], retry: [], lockedRooms: [] };
    }
  }

  private async storeOneByOne(batch: PendingMessage[]): Promise<BatchResult> {
    const total: BatchResult = { outcomes: [], retry: [], lockedRooms: [] };
    for (const pending of batch) {
      if (pending.settled) continue;
      const { outcomes, retry, lockedRooms } =
        total.retry.length > 0 ? { outcomes: [], retry: [pending], lockedRooms: [] } : await this.store([pending]);
      total.outcomes.push(...outcomes);
      total.retry.push(...retry);
      total.lockedRooms.push(...lockedRooms);
    }
    return total;
  }

  /** The locked rooms of a batch that the database gave up on. */
  private async findLockedRooms(batch: PendingMessage[]): Promise<number[]> {
    const rooms = [...new Set(batch.map(({ draft }) => draft.roomId))];
    // If they can't be read now, the next attempt finds out.
    const locked = await listLockedRooms(this.parts.writer.sql, rooms).catch(() => []);
    if (locked.length === 0) await Bun.sleep(RETRY_MS);
    return locked;
  }

  private recipientOf({ kind, roomId, senderId }: NewMessage): Recipient | null {
    const id = kind === "direct" ? this.parts.peerCache.get(roomId, senderId) : null;
    return id === null ? null : { id, isReached: this.parts.isOnline(id) };
  }
}
