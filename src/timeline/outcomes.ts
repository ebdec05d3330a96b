// Settles a batch of messages that the database has decided on: each sender gets a result, each room its new messages. Only the
// writer calls it.
import type { Database } from "../db/client.ts";
import { isTransientDatabaseError } from "../db/errors.ts";
import { unavailable } from "../lib/errors.ts";
import type { Metrics } from "../lib/metrics.ts";
import { toRefusal, type Verdict } from "./append.ts";
import type { EventPublisher } from "./event-publisher.ts";
import { findMessages } from "./history.ts";
import { newMessageRow } from "./message-row.ts";
import type { PendingMessage } from "./pending-message.ts";
import type { Queue } from "./queue.ts";

/** A message and what the database decided about it. */
export interface Outcome {
  pending: PendingMessage;
  verdict: Verdict;
}

/** A message that was sent before, and the id under which it is stored. */
interface Repeat {
  pending: PendingMessage;
  id: number;
}

export interface OutcomesParts {
  db: Database;
  metrics: Metrics;
  /** Whether the user has a socket open on this server. */
  isOnline(userId: number): boolean;
  /** A direct message was stored as undelivered, but its recipient has come online meanwhile. */
  onLateArrival(userId: number, roomId: number): void;
}

export class Outcomes {
  constructor(
    private readonly parts: OutcomesParts,
    private readonly queue: Queue,
    private readonly publisher: EventPublisher,
  ) {}

  /** To be called batch after batch, in the order of commit. Never throws. */
  async settleBatch(outcomes: Outcome[]) {
    const repeats: Repeat[] = [];
    let count = 0;
    for (const { pending, verdict } of outcomes) {
      this.queue.settle(pending);
      if (verdict.outcome === "new") {
        count++;
        this.publishNew(pending, verdict);
      } else if (verdict.outcome === "repeated") {
        repeats.push({ pending, id: verdict.id });
      } else {
        pending.reject(toRefusal(verdict.outcome, pending.draft.kind));
      }
    }
    this.parts.metrics.messages.inc(count);
    if (repeats.length > 0) await this.resolveRepeats(repeats);
  }

  private publishNew(
    { draft, resolve }: PendingMessage,
    { id, seq, createdAt, recipient, extras }: Extract<Verdict, { outcome: "new" }>,
  ) {
    const message = newMessageRow(draft, { id, seq, createdAt, isDelivered: recipient?.isReached ?? false, extras });
    const undeliveredTo = recipient && !recipient.isReached ? recipient.id : null;
    this.publisher.publishNew(
      { id, seq, room: { id: draft.roomId, kind: draft.kind }, kind: "message", message },
      undeliveredTo,
    );
    resolve({ message, repeated: false });
    if (undeliveredTo !== null && this.parts.isOnline(undeliveredTo)) {
      this.parts.onLateArrival(undeliveredTo, draft.roomId);
    }
  }

  private async resolveRepeats(repeats: Repeat[]) {
    try {
      const found = await findMessages(this.parts.db, [...new Set(repeats.map(({ id }) => id))], null);
      const byId = new Map(found.map((message) => [message.id, message]));
      for (const { pending, id } of repeats) {
        const message = byId.get(id)!;
        // Stored by an earlier attempt of ours whose response was lost: it has not been published yet.
        if (pending.retried && id > this.publisher.lastId) {
          this.publisher.publishFound({
            id,
            seq: message.seq,
            room: { id: message.roomId, kind: pending.draft.kind },
            kind: "message",
            message,
          });
        }
        pending.resolve({ message, repeated: true });
      }
    } catch (error) {
      const failure = isTransientDatabaseError(error) ? unavailable() : error;
      for (const { pending } of repeats) pending.reject(failure);
    }
  }
}
