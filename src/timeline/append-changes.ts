// The statement for a batch of small changes, seen from TypeScript: changes in, a result for each out. Only change-lane.ts calls it.
import type { SqlClient } from "../db/client.ts";
import { ChatError, invalid } from "../lib/errors.ts";
import { durableEvent } from "../protocol/index.ts";
import { can, ROLES } from "../protocol/permissions.ts";
import {
  cannotWrite,
  mayNotDelete,
  mayNotMentionAll,
  messageDeleted,
  muted,
  notAuthor,
  notFound,
  notMember,
  roomNotFound,
  userBlocked,
} from "../protocol/refusals.ts";
import type { Room, RoomKind } from "../protocol/rooms.ts";
import type { BatchLink } from "./append.ts";
import { type MessageData, toRich } from "./message-data.ts";
import { type MessageRow, type RawMessage, toMessageRow } from "./message-row.ts";
import { arrayOf, quoted } from "./pg-arrays.ts";

/** A change of one message, requested by `userId`. */
export type MessageChange = { room: Room; userId: number; messageId: number } & (
  | { kind: "message.updated"; body: string; data?: MessageData | undefined }
  | { kind: "message.deleted" }
);

/** What the database decided. `same`: there was nothing to change. */
export type ChangeResult =
  | { outcome: "changed"; eventId: number; seq: number; message: MessageRow }
  | { outcome: "same"; message: MessageRow }
  | { outcome: ChangeRefusal };

export type ChangeRefusal =
  | "not_found"
  | "not_member"
  | "muted"
  | "blocked"
  | "refused"
  | "no_message"
  | "not_author"
  | "may_not_delete"
  | "deleted"
  | "no_file"
  | "no_text"
  | "no_mention_all";

const MODERATORS = arrayOf(ROLES.filter((role) => can(role, "deleteOthersMessage")));

interface ResultRow extends RawMessage {
  outcome: ChangeResult["outcome"];
  event_id: number;
  event_seq: number;
}

/**
 * Applies the changes in the order given; returns their results in the same order, or null when nothing was done because the
 * batch before it was not committed, or the session is not confirmed for the epoch (null: any). One round trip, one commit. No message may
 * occur twice. What is deleted is taken out of the index of search; `search`: whether a feed writes that.
 */
export async function appendChanges(
  sql: SqlClient,
  batch: MessageChange[],
  link: BatchLink,
  epoch: string | null,
  search = false,
): Promise<ChangeResult[] | null> {
  const rooms = [...new Set(batch.map(({ room }) => room.id))].sort((a, b) => a - b);
  // (The condition depends on no row: PostgreSQL evaluates it once, and calls the function only if it holds.)
  const changed = sql<ResultRow[]>`
    select * from append_changes_4(
      ${link.after}, ${link.name}, ${arrayOf(rooms)}::bigint[], ${MODERATORS}::text[],
      ${arrayOf(batch.map(({ room }) => room.id))}::bigint[], ${arrayOf(batch.map(({ room }) => room.kind))}::text[],
      ${arrayOf(batch.map(({ kind }) => kind))}::text[],
      ${arrayOf(batch.map(({ kind }) => durableEvent(kind).isActivity))}::boolean[], ${arrayOf(batch.map(({ userId }) => userId))}::bigint[],
      ${arrayOf(batch.map(({ messageId }) => messageId))}::bigint[],
      ${arrayOf(batch.map((change) => (change.kind === "message.updated" ? quoted(change.body) : "NULL")))}::text[],
      ${toRich(batch, (change) => (change.kind === "message.updated" ? change.data : undefined))}::text::jsonb)
    where ${epoch}::text is null or current_setting('chat.epoch', true) = ${epoch}`;
  const rows = batch.some(({ kind }) => kind === "message.deleted")
    ? await sql<ResultRow[]>`
        with changed as materialized (${changed}), cleared as materialized (
          select clear_search_1(array_agg(d.message_id), array_agg(d.message_room_id), ${search})
          from changed d where d.outcome = 'changed' and d.message_deleted_at is not null
        )
        select c.* from cleared, changed c`
    : await changed;
  return rows.length === 0 ? null : rows.map(toResult);
}

function toResult(row: ResultRow): ChangeResult {
  if (row.outcome !== "changed" && row.outcome !== "same") return { outcome: row.outcome };
  const message = toMessageRow(row);
  return row.outcome === "same"
    ? { outcome: "same", message }
    : { outcome: "changed", eventId: row.event_id, seq: row.event_seq, message };
}

/** The error for a refused change in a room of this kind. */
export function toChangeError(outcome: ChangeRefusal, kind: RoomKind): ChatError {
  switch (outcome) {
    case "not_found":
      return new ChatError(roomNotFound(kind));
    case "not_member":
      return new ChatError(notMember);
    case "muted":
      return new ChatError(muted);
    case "blocked":
      return new ChatError(userBlocked);
    case "refused":
      return new ChatError(cannotWrite);
    case "no_message":
      return new ChatError(notFound("message"));
    case "not_author":
      return new ChatError(notAuthor);
    case "may_not_delete":
      return new ChatError(mayNotDelete);
    case "deleted":
      return new ChatError(messageDeleted);
    case "no_file":
      return new ChatError(notFound("file"));
    case "no_text":
      return invalid("body", "must not be empty");
    case "no_mention_all":
      return new ChatError(mayNotMentionAll);
  }
}
