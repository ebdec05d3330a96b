// A change of a room, inside its database transaction, while it holds the room's lock. Created by transaction-runner.ts only.
import { eq, sql } from "drizzle-orm";
import type { Bus } from "../bus/bus.ts";
import type { Transaction } from "../db/client.ts";
import { notify } from "../db/notify.ts";
import { events, rooms } from "../db/schema.ts";
import type { MemberChange } from "../protocol/groups.ts";
import { durableEvent } from "../protocol/index.ts";
import type { RoomKind } from "../protocol/rooms.ts";
import type { NewEvent, RoomEvent } from "./events.ts";

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
    const seq = this.seq + 1;
    const [row] = await this.tx
      .insert(events)
      .values({
        roomId: this.room.id,
        seq,
        kind: event.kind,
        actorId: event.actorId,
        data: event.data,
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
    // (A removal travels with the events of the room.)
    if (event.kind === "member.joined") {
      const { kind, id: roomId } = this.room;
      const userId = event.data.user_id;
      await notify(this.tx, this.bus.notificationOf({ type: "member.joined", kind, roomId, userId, seq }));
    }
    const data = { ...event.data, actor_name: row!.actorName, at: row!.createdAt };
    this.appended.push({ id: row!.id, seq, room: this.room, kind: event.kind, data } as RoomEvent);
  }

  /** Runs after the commit and after the events were published. Only for a transaction that deletes the room. */
  onCommit(callback: () => void) {
    this.commitCallbacks.push(callback);
  }
}
