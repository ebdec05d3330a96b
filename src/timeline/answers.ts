// Tells what the database made of a batch: each sender gets an answer, each room what is new in it. Only timeline.ts calls it.
import type { Database } from "../db/client.ts";
import { isTransientDatabaseError } from "../db/errors.ts";
import { unavailable } from "../lib/errors.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { Announcer } from "./announcer.ts";
import { toRefusal, type Verdict } from "./append.ts";
import type { MessageRow } from "./events.ts";
import { findMessages } from "./history.ts";
import type { Queue, Waiting } from "./queue.ts";

/** A message and what was decided about it. */
export interface Decided {
  entry: Waiting;
  verdict: Verdict;
}

/** A message that was sent before, and the id under which it is stored. */
interface Repeat {
  entry: Waiting;
  id: number;
}

export interface AnswersParts {
  db: Database;
  metrics: Metrics;
  isOnline(userId: number): boolean;
  /** A direct message was stored as undelivered, but its recipient has come online meanwhile. */
  onLateArrival(userId: number, roomId: number): void;
}

export class Answers {
  constructor(
    private readonly parts: AnswersParts & { onGoneBack(): void },
    private readonly queue: Queue,
    private readonly announcer: Announcer,
  ) {}

  /** To be called batch after batch, in the order of commit. Never throws. */
  async tell(decided: Decided[]) {
    const repeats: Repeat[] = [];
    let count = 0;
    for (const { entry, verdict } of decided) {
      this.queue.settle(entry);
      if (verdict.outcome === "new") {
        count++;
        this.tellNew(entry, verdict);
      } else if (verdict.outcome === "repeated") {
        repeats.push({ entry, id: verdict.id });
      } else {
        entry.reject(toRefusal(verdict.outcome, entry.draft.kind));
      }
    }
    this.parts.metrics.messages.inc(count);
    if (repeats.length > 0) await this.answerRepeats(repeats);
  }

  private tellNew(
    { draft, resolve }: Waiting,
    { id, seq, createdAt, recipient }: Extract<Verdict, { outcome: "new" }>,
  ) {
    const message: MessageRow = {
      id,
      roomId: draft.roomId,
      seq,
      actorId: draft.senderId,
      actorName: draft.senderName,
      body: draft.body,
      clientId: draft.clientId,
      createdAt,
      editedAt: null,
      deletedAt: null,
      deliveredAt: recipient?.isReached ? createdAt : null,
      readAt: null,
    };
    // What this process stores has rising ids, so the database has lost what was published under the later ones.
    if (id <= this.announcer.lastId) this.parts.onGoneBack();
    this.announcer.announce({ id, seq, room: { id: draft.roomId, kind: draft.kind }, kind: "message", message });
    resolve({ message, repeated: false });
    if (recipient && !recipient.isReached && this.parts.isOnline(recipient.id)) {
      this.parts.onLateArrival(recipient.id, draft.roomId);
    }
  }

  private async answerRepeats(repeats: Repeat[]) {
    try {
      const found = await findMessages(this.parts.db, [...new Set(repeats.map(({ id }) => id))]);
      const byId = new Map(found.map((message) => [message.id, message]));
      for (const { entry, id } of repeats) {
        const message = byId.get(id)!;
        // Stored by a try of ours whose answer was lost: nobody has seen it yet.
        if (entry.retried && id > this.announcer.lastId) {
          this.announcer.announce({
            id,
            seq: message.seq,
            room: { id: message.roomId, kind: entry.draft.kind },
            kind: "message",
            message,
          });
        }
        entry.resolve({ message, repeated: true });
      }
    } catch (error) {
      const answer = isTransientDatabaseError(error) ? unavailable() : error;
      for (const { entry } of repeats) entry.reject(answer);
    }
  }
}
