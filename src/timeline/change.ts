// What a change of a room may do inside its transaction, while it holds the room's lock. Made by timeline.ts only.
import { eq, sql } from "drizzle-orm";
import type { Transaction } from "../db/client.ts";
import { events, rooms } from "../db/schema.ts";
import type { GroupChange, MemberChange } from "../protocol/messages.ts";
import type { RoomKind } from "../protocol/rooms.ts";
import type { MessageRow, RoomEvent, Unsigned } from "./events.ts";

export type MemberEventKind = Extract<RoomEvent, { data: MemberChange }>["kind"];

/** What concerns one member's rights does not move the room up in everyone's list. */
const isActivity = (kind: NewEvent["kind"]) => !["member.role", "member.muted", "member.unmuted"].includes(kind);

type NewEvent = { actorId: number } & (
  | { kind: "message.updated" | "message.deleted"; message: MessageRow }
  | { kind: "group.updated"; data: Unsigned<GroupChange> }
  | { kind: MemberEventKind; data: Unsigned<MemberChange> }
);

export class Change {
  readonly appended: RoomEvent[] = [];
  readonly afterwards: (() => void)[] = [];

  constructor(
    readonly tx: Transaction,
    readonly room: { id: number; kind: RoomKind },
    private seq: number,
  ) {}

  /** The room's newest seq, with what this change has appended. */
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
        ...("message" in event ? { targetId: event.message.id } : { data: event.data }),
      })
      .returning({
        id: events.id,
        createdAt: events.createdAt,
        actorName: sql<string>`(select username from users where id = ${event.actorId})`,
      });
    await this.tx
      .update(rooms)
      .set({ lastSeq: seq, ...(isActivity(event.kind) && { lastEventAt: row!.createdAt }) })
      .where(eq(rooms.id, this.room.id));
    this.seq = seq;
    const place = { id: row!.id, seq, room: this.room };
    this.appended.push(
      "message" in event
        ? { ...place, kind: event.kind, message: event.message }
        : ({
            ...place,
            kind: event.kind,
            data: { ...event.data, actor_name: row!.actorName, at: row!.createdAt },
          } as RoomEvent),
    );
  }

  /** Replaces a message's text; the old one is kept nowhere. */
  async editMessage(message: MessageRow, actorId: number, body: string): Promise<MessageRow> {
    return this.rewrite("message.updated", message, actorId, { body, editedAt: sql`clock_timestamp()` });
  }

  /** Empties a message; its place in the order stays. */
  async deleteMessage(message: MessageRow, actorId: number): Promise<MessageRow> {
    return this.rewrite("message.deleted", message, actorId, { body: null, deletedAt: sql`clock_timestamp()` });
  }

  /** Runs after the commit and after the events were published. Only for a change that deletes the room. */
  after(action: () => void) {
    this.afterwards.push(action);
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
