// A change of a room, inside its database transaction, while it holds the room's lock. Created by transaction-runner.ts only.
import { eq, sql } from "drizzle-orm";
import type { Bus } from "../bus/bus.ts";
import type { Transaction } from "../db/client.ts";
import { notify } from "../db/notify.ts";
import { events, rooms, users } from "../db/schema.ts";
import type { MemberChange } from "../protocol/groups.ts";
import { durableEvent, type EventKind, type MessageEventKind } from "../protocol/index.ts";
import type { MessageExtras } from "../protocol/messages.ts";
import type { RoomKind } from "../protocol/rooms.ts";
import { isReactionKind, type NewEvent, type RoomEvent } from "./events.ts";
import { messageColumns } from "./message-row.ts";

export type MemberEventKind = Extract<RoomEvent, { data: MemberChange }>["kind"];

export class RoomTransaction {
  readonly appended: RoomEvent[] = [];
  readonly commitCallbacks: (() => void)[] = [];

  constructor(
    readonly tx: Transaction,
    readonly room: { id: number; kind: RoomKind },
    private seq: number,
    private readonly bus: Pick<Bus, "notificationOf">,
  ) {}

  /** The room's newest seq, including what this transaction has appended. */
  get lastSeq() {
    return this.seq;
  }

  /** Gives the event the room's next seq; it is published after the commit. */
  async append(event: NewEvent): Promise<void> {
    const { id, seq, createdAt, actorName } = await this.store(event.kind, event.actorId, { data: event.data });
    // (A removal travels with the events of the room.)
    if (event.kind === "member.joined") {
      const { kind, id: roomId } = this.room;
      const userId = event.data.user_id;
      await notify(this.tx, this.bus.notificationOf({ type: "member.joined", kind, roomId, userId, seq }));
    }
    const actor = isReactionKind(event.kind) ? { username: actorName } : { actor_name: actorName };
    const data = { ...event.data, ...actor, at: createdAt };
    this.appended.push({ id, seq, room: this.room, kind: event.kind, data } as RoomEvent);
  }

  /** The same for a message that this transaction has changed, or deleted: everyone gets it as it stands now. */
  async appendMessage(kind: Exclude<MessageEventKind, "message">, actorId: number, messageId: number): Promise<void> {
    const { id, seq } = await this.store(kind, actorId, { targetId: messageId });
    const [message] = await this.tx
      .select(messageColumns(events, users, null))
      .from(events)
      .innerJoin(users, eq(users.id, events.actorId))
      .where(eq(events.id, messageId));
    // As all events about a message have it: reactions are told of by events of their own.
    const extras = message!.extras && withoutReactions(message!.extras);
    this.appended.push({ id, seq, room: this.room, kind, message: { ...message!, extras } });
  }

  private async store(kind: EventKind, actorId: number, more: { data: unknown } | { targetId: number }) {
    const seq = this.seq + 1;
    const [row] = await this.tx
      .insert(events)
      .values({ roomId: this.room.id, seq, kind, actorId, ...more })
      .returning({
        id: events.id,
        createdAt: events.createdAt,
        actorName: sql<string>`(select username from users where id = ${actorId})`,
      });
    await this.tx
      .update(rooms)
      .set({ lastSeq: seq, ...(durableEvent(kind).isActivity && { lastEventAt: row!.createdAt }) })
      .where(eq(rooms.id, this.room.id));
    this.seq = seq;
    return { ...row!, seq };
  }

  /** Runs after the commit and after the events were published. Only for a transaction that deletes the room. */
  onCommit(callback: () => void) {
    this.commitCallbacks.push(callback);
  }
}

function withoutReactions({ reactions: _, ...extras }: MessageExtras): MessageExtras | null {
  return Object.keys(extras).length > 0 ? extras : null;
}
