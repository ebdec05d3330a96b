// The lane of small changes (edits, deletions and reactions): many of them, of many rooms, share one statement and one commit. Only the
// writer uses it.

import type { Writer } from "../db/client.ts";
import { isDatabaseTimeout } from "../db/errors.ts";
import { type ChatError, unavailable } from "../lib/errors.ts";
import type { Tracing } from "../lib/tracing.ts";
import type { BatchLink } from "./append.ts";
import { appendChanges, type MessageChange, toChangeError } from "./append-changes.ts";
import { appendReactions, type ReactionChange, toReactionError } from "./append-reactions.ts";
import { BatchLane } from "./batch-lane.ts";
import type { Epoch } from "./epoch.ts";
import type { EventPublisher } from "./event-publisher.ts";
import type { RoomEvent } from "./events.ts";
import type { InDoubtWrites } from "./in-doubt.ts";
import type { MessageRow } from "./message-row.ts";
import type { Queue } from "./queue.ts";
import { isReaction, type PendingChange } from "./turns.ts";
import type { WriterSession } from "./writer-session.ts";

interface ChangeOutcome {
  pending: PendingChange;
  /** Why it was refused; null when it was not. */
  refusal: ChatError | null;
  /** What was appended; null when there was nothing to change. */
  event: RoomEvent | null;
  /** For an edit or a deletion, the message as it is now. */
  message: MessageRow | null;
}

export interface ChangeLaneParts {
  writer: Writer;
  queue: Queue;
  epoch: Epoch;
  session: WriterSession;
  inDoubt: InDoubtWrites;
  publisher: EventPublisher;
  search: boolean;
  tracing: Tracing | null;
}

export class ChangeLane extends BatchLane<PendingChange, ChangeOutcome> {
  // One message that an operator has locked must not delay the changes of all others.
  protected readonly retriesTimeouts = false;

  constructor(private readonly parts: ChangeLaneParts) {
    super({ writerSql: parts.writer.sql, session: parts.session, tracing: parts.tracing });
  }

  get ready() {
    return this.parts.queue.readyChanges;
  }

  protected take() {
    return this.parts.queue.takeChanges();
  }

  protected async write(batch: PendingChange[], link: BatchLink): Promise<ChangeOutcome[] | null> {
    // Either all of a batch are reactions, or none is.
    return isReaction(batch[0]!.change) ? this.writeReactions(batch, link) : this.writeEdits(batch, link);
  }

  /**
   * Whether a change was applied shows nowhere, and retrying it could overwrite a newer one. So its author gets
   * `unavailable`; if it was applied after all, it is published once the database is back.
   */
  protected onResponseLost(batch: PendingChange[]) {
    for (const pending of batch) {
      this.parts.inDoubt.addRoom(pending.roomId);
      this.parts.queue.settleChange(pending);
      pending.reject(unavailable());
    }
    return [];
  }

  protected reject(pending: PendingChange, error: unknown) {
    this.parts.queue.settleChange(pending);
    pending.reject(isDatabaseTimeout(error) ? unavailable() : error);
  }

  protected carrierOf({ change }: PendingChange) {
    return change;
  }

  protected settle(outcomes: ChangeOutcome[]) {
    const { queue, publisher } = this.parts;
    for (const { pending, refusal, event, message } of outcomes) {
      queue.settleChange(pending);
      if (event) publisher.publishNew(event);
      if (refusal) pending.reject(refusal);
      else pending.resolve(message);
    }
  }

  protected requeue(retries: PendingChange[]) {
    this.parts.queue.requeueChanges(retries);
  }

  protected roomOf({ roomId }: PendingChange) {
    return roomId;
  }

  private async writeEdits(batch: PendingChange[], link: BatchLink): Promise<ChangeOutcome[] | null> {
    const { writer, epoch, search } = this.parts;
    const changes = batch.map(({ change }) => change as MessageChange);
    const results = await appendChanges(writer.sql, changes, link, epoch.current, search);
    return (
      results &&
      batch.map((pending, index): ChangeOutcome => {
        const { room, kind } = changes[index]!;
        const result = results[index]!;
        if (result.outcome === "same") return { pending, refusal: null, event: null, message: result.message };
        if (result.outcome !== "changed") return refused(pending, toChangeError(result.outcome, room.kind));
        const { eventId: id, seq, message } = result;
        return { pending, refusal: null, event: { id, seq, room, kind, message }, message };
      })
    );
  }

  private async writeReactions(batch: PendingChange[], link: BatchLink): Promise<ChangeOutcome[] | null> {
    const { writer, epoch } = this.parts;
    const changes = batch.map(({ change }) => change as ReactionChange);
    const results = await appendReactions(writer.sql, changes, link, epoch.current);
    return (
      results &&
      batch.map((pending, index): ChangeOutcome => {
        const result = results[index]!;
        if (result.outcome === "same") return { pending, refusal: null, event: null, message: null };
        if (result.outcome === "changed") return { pending, refusal: null, event: result.event, message: null };
        return refused(pending, toReactionError(result.outcome, changes[index]!.room.kind));
      })
    );
  }
}

const refused = (pending: PendingChange, refusal: ChatError): ChangeOutcome => ({
  pending,
  refusal,
  event: null,
  message: null,
});
