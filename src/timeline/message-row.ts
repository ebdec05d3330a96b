// A message as stored, the columns that it is read from, and the mapping between them: every read of a message uses these, so
// that no two can differ.
import { type SQL, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { events, users } from "../db/schema.ts";
import { isoFromPg } from "../lib/time.ts";
import type { MessageExtras } from "../protocol/messages.ts";
import { type RawExtras, toExtras } from "./message-data.ts";

/** A message as stored, with its sender's name. Times in the wire's form. */
export interface MessageRow {
  id: number;
  roomId: number;
  seq: number;
  actorId: number;
  actorName: string;
  body: string | null;
  clientId: string | null;
  createdAt: string;
  editedAt: string | null;
  deletedAt: string | null;
  deliveredAt: string | null;
  readAt: string | null;
  /** What it has besides its text; null for a plain message. */
  extras: MessageExtras | null;
}

type Columns = { [Field in Exclude<keyof MessageRow, "actorName" | "extras"> | "kind" | "data"]: AnyPgColumn };

/**
 * For a Drizzle select: the columns of a MessageRow, of these tables or aliases of them. `viewerId`: who is shown the message; null for
 * everybody in the room.
 */
export const messageColumns = <M extends Columns, A extends { username: AnyPgColumn }>(
  message: M,
  author: A,
  viewerId: number | null,
) => ({
  ...plainColumns(message, author),
  // Of a deleted message a server of an earlier version leaves the data.
  extras:
    sql`case when ${message.kind} = 'message' and ${message.deletedAt} is null then message_extras_2(${message.data}, ${message.roomId}, ${message.id}, ${viewerId}) end`
      .mapWith(toExtras)
      .as("extras") as unknown as SQL<MessageExtras | null>,
});

const plainColumns = <M extends Columns, A extends { username: AnyPgColumn }>(message: M, author: A) => ({
  id: message.id,
  roomId: message.roomId,
  seq: message.seq,
  actorId: message.actorId,
  actorName: author.username,
  body: message.body,
  clientId: message.clientId,
  createdAt: message.createdAt,
  editedAt: message.editedAt,
  deletedAt: message.deletedAt,
  deliveredAt: message.deliveredAt,
  readAt: message.readAt,
});

/** The same columns as rows of hand-written SQL have them; `username` is the sender's. */
export interface RawMessage {
  message_id: number;
  message_room_id: number;
  message_seq: number;
  message_actor_id: number;
  message_username: string;
  message_body: string | null;
  message_client_id: string | null;
  message_created_at: string;
  message_edited_at: string | null;
  message_deleted_at: string | null;
  message_delivered_at: string | null;
  message_read_at: string | null;
  message_extras: RawExtras | null;
}

/** For hand-written SQL: the columns of a RawMessage, each from `event` where the row of `target` is missing. */
export const messageSql = (target: string, event: string, author: string) =>
  [
    ...Object.values(plainColumns(events, users)).map(({ name }) =>
      name === users.username.name
        ? `${author}.${name} as message_${name}`
        : `coalesce(${target}.${name}, ${event}.${name}) as message_${name}`,
    ),
    `case when coalesce(${target}.deleted_at, ${event}.deleted_at) is null
      then message_extras_2(
        case ${event}.kind when 'message' then ${event}.data else ${target}.data end,
        ${event}.room_id, coalesce(${target}.id, ${event}.id), null) end as message_extras`,
  ].join(", ");

export const toMessageRow = (row: RawMessage): MessageRow => ({
  id: row.message_id,
  roomId: row.message_room_id,
  seq: row.message_seq,
  actorId: row.message_actor_id,
  actorName: row.message_username,
  body: row.message_body,
  clientId: row.message_client_id,
  createdAt: isoFromPg(row.message_created_at),
  editedAt: row.message_edited_at && isoFromPg(row.message_edited_at),
  deletedAt: row.message_deleted_at && isoFromPg(row.message_deleted_at),
  deliveredAt: row.message_delivered_at && isoFromPg(row.message_delivered_at),
  readAt: row.message_read_at && isoFromPg(row.message_read_at),
  extras: toExtras(row.message_extras),
});

/** A message as it was stored just now. */
export const newMessageRow = (
  draft: { roomId: number; senderId: number; senderName: string; body: string; clientId: string },
  stored: { id: number; seq: number; createdAt: string; isDelivered: boolean; extras: MessageExtras | null },
): MessageRow => ({
  id: stored.id,
  roomId: draft.roomId,
  seq: stored.seq,
  actorId: draft.senderId,
  actorName: draft.senderName,
  body: draft.body,
  clientId: draft.clientId,
  createdAt: stored.createdAt,
  editedAt: null,
  deletedAt: null,
  deliveredAt: stored.isDelivered ? stored.createdAt : null,
  readAt: null,
  extras: stored.extras,
});
