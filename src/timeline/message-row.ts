// A message as stored, the columns that it is read from, and the mapping between them: every read of a message uses these, so
// that no two can differ.
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import { events, users } from "../db/schema.ts";
import { isoFromPg } from "../lib/time.ts";

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
}

type Columns = { [Field in Exclude<keyof MessageRow, "actorName">]: AnyPgColumn };

/** For a Drizzle select: the columns of a MessageRow, of these tables or aliases of them. */
export const messageColumns = <M extends Columns, A extends { username: AnyPgColumn }>(message: M, author: A) => ({
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
}

/** For hand-written SQL: the columns of a RawMessage, each from `event` where the row of `target` is missing. */
export const messageSql = (target: string, event: string, author: string) =>
  Object.values(messageColumns(events, users))
    .map(({ name }) =>
      name === users.username.name
        ? `${author}.${name} as message_${name}`
        : `coalesce(${target}.${name}, ${event}.${name}) as message_${name}`,
    )
    .join(", ");

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
});

/** A message as it was stored just now. */
export const newMessageRow = (
  draft: { roomId: number; senderId: number; senderName: string; body: string; clientId: string },
  { id, seq, createdAt, isDelivered }: { id: number; seq: number; createdAt: string; isDelivered: boolean },
): MessageRow => ({
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
  deliveredAt: isDelivered ? createdAt : null,
  readAt: null,
});
