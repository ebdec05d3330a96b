// The lane of messages: takes batches from the queue, stores each by one statement and settles what was decided. Only the writer
// uses it.
import type { SqlClient, Writer } from "../db/client.ts";
import { ChatError } from "../lib/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { Tracing } from "../lib/tracing.ts";
import { messageNotStored } from "../protocol/refusals.ts";
import { appendMessages, type BatchLink, type NewMessage, type Recipient } from "./append.ts";
import { BatchLane } from "./batch-lane.ts";
import type { Epoch } from "./epoch.ts";
import type { InDoubtWrites } from "./in-doubt.ts";
import type { Outcome, Outcomes } from "./outcomes.ts";
import type { PeerCache } from "./peer-cache.ts";
import type { PendingMessage } from "./pending-message.ts";
import type { Queue } from "./queue.ts";
import type { WriterSession } from "./writer-session.ts";

export interface MessageLaneParts {
  sql: SqlClient;
  writer: Writer;
  metrics: Metrics;
  log: Logger;
  tracing: Tracing | null;
  peerCache: PeerCache;
  isReached(userId: number): boolean;
  queue: Queue;
  epoch: Epoch;
  session: WriterSession;
  inDoubt: InDoubtWrites;
  outcomes: Outcomes;
}

export class MessageLane extends BatchLane<PendingMessage, Outcome> {
  // They are retried until they are stored or their senders have waited too long.
  protected readonly retriesTimeouts = true;

  constructor(private readonly parts: MessageLaneParts) {
    super({ writerSql: parts.writer.sql, session: parts.session, tracing: parts.tracing });
  }

  get ready() {
    return this.parts.queue.readyMessages;
  }

  protected take() {
    return this.parts.queue.takeMessages();
  }

  protected async write(batch: PendingMessage[], link: BatchLink): Promise<Outcome[] | null> {
    const { metrics, peerCache, writer } = this.parts;
    const startedAt = performance.now();
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
    return verdicts && batch.map((pending, index) => ({ pending, verdict: verdicts[index]! }));
  }

  /** The next attempt finds by their client_ids which of them are stored. */
  protected onResponseLost(batch: PendingMessage[]) {
    for (const pending of batch) {
      pending.retried = true;
      this.parts.inDoubt.addRoom(pending.draft.roomId);
    }
    return batch;
  }

  protected reject(pending: PendingMessage, error: unknown) {
    this.parts.log.error({ error: safeError(error) }, "a message could not be stored");
    this.parts.queue.settle(pending);
    pending.reject(new ChatError(messageNotStored));
  }

  protected settle(outcomes: Outcome[]) {
    return this.parts.outcomes.settleBatch(outcomes);
  }

  protected requeue(retries: PendingMessage[]) {
    this.parts.queue.requeue(retries);
  }

  protected roomOf({ draft }: PendingMessage) {
    return draft.roomId;
  }

  protected carrierOf({ draft }: PendingMessage) {
    return draft;
  }

  private recipientOf({ kind, roomId, senderId }: NewMessage): Recipient | null {
    const id = kind === "direct" ? this.parts.peerCache.get(roomId, senderId) : null;
    return id === null ? null : { id, isReached: this.parts.isReached(id) };
  }
}
