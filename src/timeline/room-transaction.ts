// A change of a room, inside its database transaction, while it holds the room's lock. Created by transaction-runner.ts only.
import { eq, sql } from "drizzle-orm";
import type { Transaction } from "../db/client.ts";
import { events, rooms } from "../db/schema.ts";
import type { MemberChange } from "../protocol/groups.ts";
import { durableEvent } from "../protocol/index.ts";
import type { RoomKind } from "../protocol/rooms.ts";
import { isMessageEvent, type NewEvent, type RoomEvent } from "./events.ts";
import type { MessageRow } from "./message-row.ts";

export type MemberEventKind = Extract<RoomEvent, { data: MemberChange }>["kind"];

export class RoomTransaction {
  readonly appended: RoomEvent[] = [];
  readonly commitCallbacks: (() => void)[] = [];

  constructor(
    readonly tx: Transaction,
    readonly room: { id: number; kind: RoomKind },
    private seq: number,
  ) {}

  /** The room's newest seq, including what this transaction has appended. */
  get lastSeq() {
    return this.seq;
  }

  /** Gives the event the room's next seq; it is published after the commit. */
  async append(event: NewEvent): Promise<void> {
    const seq = this.seq + 1;
    const [row] = await this.tx
      .insert(events)
      .values({
        roomId: this.room.id,
        seq,
        kind: event.kind,
        actorId: event.actorId,
        ...(isMessageEvent(event) ? { targetId: event.message.id } : { data: event.data }),
      })
      .returning({
        id: events.id,
        createdAt: events.createdAt,
        actorName: sql<string>`(select username from users where id = ${event.actorId})`,
      });
    await this.tx
      .update(rooms)
      .set({ lastSeq: seq, ...(durableEvent(event.kind).isActivity && { lastEventAt: row!.createdAt }) })
      .where(eq(rooms.id, this.room.id));
    this.seq = seq;
    const position = { id: row!.id, seq, room: this.room };
    this.appended.push(
      isMessageEvent(event)
        ? { ...position, kind: event.kind, message: event.message }
        : ({
            ...position,
            kind: event.kind,
            data: { ...event.data, actor_name: row!.actorName, at: row!.createdAt },
          } as RoomEvent),
    );
  }

  /** Replaces a message's text; no copy of the old one is kept. */
  async editMessage(message: MessageRow, actorId: number, body: string): Promise<MessageRow> {
    return this.rewrite("message.updated", message, actorId, { body, editedAt: sql`clock_timestamp()` });
  }

  /** Empties a message; its position in the timeline stays. */
  async deleteMessage(message: MessageRow, actorId: number): Promise<MessageRow> {
    return this.rewrite("message.deleted", message, actorId, { body: null, deletedAt: sql`clock_timestamp()` });
  }

  /** Runs after the commit and after the events were published. Only for a transaction that deletes the room. */
  onCommit(callback: () => void) {
    this.commitCallbacks.push(callback);
  }

  private async rewrite(
    kind: "message.updated" | "message.deleted",
    message: MessageRow,
    actorId: number,
    set: object,
  ) {
    const [now] = await this.tx
      .update(events)
      .set(set)
      .where(eq(events.id, message.id))
      .returning({ body: events.body, editedAt: events.editedAt, deletedAt: events.deletedAt });
    const rewritten = { ...message, ...now! };
    await this.append({ kind, actorId, message: rewritten });
    return rewritten;
  }
}
