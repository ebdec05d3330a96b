// A row of a room's timeline, and what it looks like on the wire. Live events, answers and replays are all made here, so
// that they can't differ.

import type { EVENT_KINDS } from "../db/schema.ts";
import { storedMoment } from "../lib/time.ts";
import type { GroupChange, MemberChange, Message } from "../protocol/messages.ts";
import type { RoomKind } from "../protocol/rooms.ts";
import type { MessageRow } from "./message-row.ts";

export type EventKind = (typeof EVENT_KINDS)[number];

/** A durable change at its place in the room. `message` is the message it is about, as it stands now. */
export type RoomEvent = { id: number; seq: number; room: { id: number; kind: RoomKind } } & (
  | { kind: "message" | "message.updated" | "message.deleted"; message: MessageRow }
  | { kind: "group.updated"; data: GroupChange }
  | { kind: "member.joined" | "member.left" | "member.role" | "member.muted" | "member.unmuted"; data: MemberChange }
);

/** The data of a change as stored: the name of who did it and the moment come from elsewhere. */
export type Unsigned<Change> = Omit<Change, "actor_name" | "at">;

/** A row of the timeline with the message that it is about. */
export interface StoredEvent {
  id: number;
  seq: number;
  kind: RoomEvent["kind"];
  data: unknown;
  createdAt: string;
  actorName: string;
  room: { id: number; kind: RoomKind };
  message: MessageRow | null;
}

/** Without its message, where it is about none. */
export function toRoomEvent({ id, seq, kind, data, createdAt, actorName, room, message }: StoredEvent): RoomEvent {
  const signature = { actor_name: actorName, at: createdAt };
  switch (kind) {
    case "message":
    case "message.updated":
    case "message.deleted":
      return { id, seq, room, kind, message: message! };
    case "group.updated":
      return { id, seq, room, kind, data: { ...(data as Unsigned<GroupChange>), ...signature } };
    default: {
      const change = data as Unsigned<MemberChange>;
      // Earlier versions stored moments past the year 9999, which clients can't read.
      const muted_until = storedMoment(change.muted_until);
      return { id, seq, room, kind, data: { ...change, muted_until, ...signature } };
    }
  }
}

/** The contract's shape of a message. */
export function toMessage(kind: RoomKind, row: MessageRow): Message {
  return {
    id: row.id,
    ...(kind === "direct" ? { conversation_id: row.roomId } : { group_id: row.roomId, sender_name: row.actorName }),
    sender_id: row.actorId,
    body: row.body ?? "",
    client_id: row.clientId,
    seq: row.seq,
    created_at: row.createdAt,
    edited_at: row.editedAt,
    deleted_at: row.deletedAt,
    delivered_at: row.deliveredAt,
    read_at: row.readAt,
  } as Message;
}

/** The frame's `type`: the seed's names, with `group.` before those of a group. */
export function frameType(event: RoomEvent): string {
  const name = event.kind === "message" ? "message.new" : event.kind;
  return event.room.kind === "direct" || name.startsWith("group.") ? name : `group.${name}`;
}

/** What everyone in the room gets: `{type, seq, data}`. */
export function toWire(event: RoomEvent) {
  const data = "message" in event ? toMessage(event.room.kind, event.message) : event.data;
  return { type: frameType(event), seq: event.seq, data };
}

/** The encoded frame. */
export const toFrame = (event: RoomEvent): string => JSON.stringify(toWire(event));
