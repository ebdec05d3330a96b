// The lane of small changes (edits and deletions): many of them, of many rooms, share one statement and one commit. Only the
// writer uses it.

import type { Writer } from "../db/client.ts";
import { isDatabaseTimeout } from "../db/errors.ts";
import { unavailable } from "../lib/errors.ts";
import type { BatchLink } from "./append.ts";
import { appendChanges, type ChangeResult, toChangeError } from "./append-changes.ts";
import { BatchLane } from "./batch-lane.ts";
import type { Epoch } from "./epoch.ts";
import type { EventPublisher } from "./event-publisher.ts";
import type { InDoubtWrites } from "./in-doubt.ts";
import type { Queue } from "./queue.ts";
import type { PendingChange } from "./turns.ts";
import type { WriterSession } from "./writer-session.ts";

interface ChangeOutcome {
  pending: PendingChange;
  result: ChangeResult;
}

export interface ChangeLaneParts {
  writer: Writer;
  queue: Queue;
  epoch: Epoch;
  session: WriterSession;
  inDoubt: InDoubtWrites;
  publisher: EventPublisher;
  search: boolean;
}

export class ChangeLane extends BatchLane<PendingChange, ChangeOutcome> {
  // One message that an operator has locked must not delay the changes of all others.
  protected readonly retriesTimeouts = false;

  constructor(private readonly parts: ChangeLaneParts) {
    super({ writerSql: parts.writer.sql, session: parts.session });
  }

  get ready() {
    return this.parts.queue.readyChanges;
  }

  protected take() {
    return this.parts.queue.takeChanges();
  }

  protected async write(batch: PendingChange[], link: BatchLink): Promise<ChangeOutcome[] | null> {
    const changes = batch.map(({ change }) => change);
    const { writer, epoch, search } = this.parts;
    const results = await appendChanges(writer.sql, changes, link, epoch.current, search);
    return results && batch.map((pending, index) => ({ pending, result: results[index]! }));
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

  protected settle(outcomes: ChangeOutcome[]) {
    const { queue, publisher } = this.parts;
    for (const { pending, result } of outcomes) {
      queue.settleChange(pending);
      const { room, kind } = pending.change;
      if (result.outcome === "changed") {
        const { eventId: id, seq, message } = result;
        publisher.publishNew({ id, seq, room, kind, message });
        pending.resolve(message);
      } else if (result.outcome === "same") pending.resolve(result.message);
      else pending.reject(toChangeError(result.outcome, room.kind));
    }
  }

  protected requeue(retries: PendingChange[]) {
    this.parts.queue.requeueChanges(retries);
  }

  protected roomOf({ roomId }: PendingChange) {
    return roomId;
  }
}
