// A durable event as the server has it, and as the wire has it. Live events, HTTP responses and replays all convert here, so
// that they can't differ; which events there are, and their frames, is declared in src/protocol.
import { storedTimestamp } from "../lib/time.ts";
import type { MemberChange } from "../protocol/groups.ts";
import {
  type DataEventKind,
  durableEvent,
  durableFrame,
  type EventData,
  type EventKind,
  type MessageEventKind,
} from "../protocol/index.ts";
import type { DirectMessage, GroupMessage, Message } from "../protocol/messages.ts";
import { type ReactionKind, reactionEvents } from "../protocol/reactions.ts";
import type { Room, RoomKind } from "../protocol/rooms.ts";
import type { MessageRow } from "./message-row.ts";

export type { EventKind };

/** The data of an event as stored: the name of its actor and its time are in columns of their own. */
export type StoredData<Kind extends DataEventKind = DataEventKind> = {
  [K in Kind]: Omit<EventData<K>, (K extends ReactionKind ? "username" : "actor_name") | "at">;
}[Kind];

/** A durable change at its position in the room. `message` is the message it is about, as it stands now. */
export type RoomEvent = { id: number; seq: number; room: Room } & (
  | { [Kind in MessageEventKind]: { kind: Kind; message: MessageRow } }[MessageEventKind]
  | { [Kind in DataEventKind]: { kind: Kind; data: EventData<Kind> } }[DataEventKind]
);

/** An event that a transaction is about to store. Those about messages are stored by statements of their own. */
export type NewEvent = { actorId: number } & {
  [Kind in DataEventKind]: { kind: Kind; data: StoredData<Kind> };
}[DataEventKind];

/** A row of the timeline with the message that it is about. */
export interface StoredEvent {
  id: number;
  seq: number;
  kind: EventKind;
  data: unknown;
  createdAt: string;
  actorName: string;
  room: Room;
  message: MessageRow | null;
}

const carriesMessage = (kind: EventKind): kind is MessageEventKind => durableEvent(kind).carries === "message";
/** Whether an event is about a message, rather than having data of its own. */
export const isMessageEvent = <Event extends { kind: EventKind }>(
  event: Event,
): event is Extract<Event, { kind: MessageEventKind }> => carriesMessage(event.kind);

const REACTION_KINDS: readonly string[] = reactionEvents.map(({ kind }) => kind);
export const isReactionKind = (kind: EventKind): kind is ReactionKind => REACTION_KINDS.includes(kind);

type StoredMember = Omit<MemberChange, "actor_name" | "at">;
const repairMute = (data: unknown): StoredMember => {
  const member = data as StoredMember;
  return { ...member, muted_until: storedTimestamp(member.muted_until) };
};
/** Data that an earlier version may have stored in another form: moments past the year 9999, which clients can't read. */
const REPAIRS: { [Kind in DataEventKind]?: (data: unknown) => StoredData<Kind> } = {
  "member.joined": repairMute,
  "member.left": repairMute,
  "member.role": repairMute,
  "member.muted": repairMute,
  "member.unmuted": repairMute,
};

/** An event as read from the database. `message` is not null for an event that is about one. */
export function toRoomEvent({ id, seq, kind, data, createdAt, actorName, room, message }: StoredEvent): RoomEvent {
  if (carriesMessage(kind)) return { id, seq, room, kind, message: message! };
  const stored = REPAIRS[kind]?.(data) ?? (data as StoredData);
  if (isReactionKind(kind))
    return { id, seq, room, kind, data: { ...stored, username: actorName, at: createdAt } } as RoomEvent;
  return { id, seq, room, kind, data: { ...stored, actor_name: actorName, at: createdAt } } as RoomEvent;
}

/** The contract's shape of a message. */
export function toMessage(kind: "direct", row: MessageRow): DirectMessage;
export function toMessage(kind: "group", row: MessageRow): GroupMessage;
export function toMessage(kind: RoomKind, row: MessageRow): Message;
export function toMessage(kind: RoomKind, row: MessageRow): Message {
  // Two literals, each in the order of the wire: spreading a common part costs a third more, for every message.
  const message: Message =
    kind === "direct"
      ? {
          id: row.id,
          conversation_id: row.roomId,
          sender_id: row.actorId,
          body: row.body ?? "",
          client_id: row.clientId,
          seq: row.seq,
          created_at: row.createdAt,
          edited_at: row.editedAt,
          deleted_at: row.deletedAt,
          delivered_at: row.deliveredAt,
          read_at: row.readAt,
        }
      : {
          id: row.id,
          group_id: row.roomId,
          sender_name: row.actorName,
          sender_id: row.actorId,
          body: row.body ?? "",
          client_id: row.clientId,
          seq: row.seq,
          created_at: row.createdAt,
          edited_at: row.editedAt,
          deleted_at: row.deletedAt,
          delivered_at: row.deliveredAt,
          read_at: row.readAt,
        };
  return row.extras === null ? message : { ...message, ...row.extras };
}

const dataOf = (event: RoomEvent) => (isMessageEvent(event) ? toMessage(event.room.kind, event.message) : event.data);

/** What everyone in the room gets: `{type, seq, data}`. */
export const toWire = (event: RoomEvent) => ({
  type: durableFrame(event.kind, event.room.kind).type,
  seq: event.seq,
  data: dataOf(event),
});

/** The encoded frame. */
export const toFrame = (event: RoomEvent): string =>
  durableFrame(event.kind, event.room.kind).encode(event.seq, dataOf(event));
