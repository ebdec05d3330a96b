// The statement for a batch of reactions, seen from TypeScript: changes in, a result for each out. Only change-lane.ts calls it.
import type { SqlClient } from "../db/client.ts";
import { type ChatError, invalid } from "../lib/errors.ts";
import { isoFromPg } from "../lib/time.ts";
import { REACTIONS_LIMIT } from "../protocol/limits.ts";
import type { ReactionKind } from "../protocol/reactions.ts";
import { type Room, roomIdField } from "../protocol/rooms.ts";
import type { BatchLink } from "./append.ts";
import { type ChangeRefusal, toChangeError } from "./append-changes.ts";
import type { RoomEvent } from "./events.ts";
import { arrayOf, quoted } from "./pg-arrays.ts";

/** Somebody puts an emoji on a message, or takes it back. */
export interface ReactionChange {
  kind: ReactionKind;
  room: Room;
  userId: number;
  messageId: number;
  emoji: string;
}

/** What the database decided. `same`: there was nothing to change. */
export type ReactionResult =
  | { outcome: "changed"; event: RoomEvent }
  | { outcome: "same" }
  | { outcome: Exclude<ChangeRefusal, "not_author" | "may_not_delete" | "no_file" | "no_mention_all"> | "too_many" };

interface ResultRow {
  outcome: ReactionResult["outcome"];
  event_id: number;
  event_seq: number;
  created_at: string;
  username: string;
  count: number;
}

/**
 * Applies the changes in the order given; returns their results in the same order, or null as `appendChanges` does. One round trip, one
 * commit. The same emoji of the same person on the same message may not occur twice.
 */
export async function appendReactions(
  sql: SqlClient,
  batch: ReactionChange[],
  link: BatchLink,
  epoch: string | null,
): Promise<ReactionResult[] | null> {
  const rooms = [...new Set(batch.map(({ room }) => room.id))].sort((a, b) => a - b);
  const rows = await sql<ResultRow[]>`
    select * from append_reactions_1(
      ${link.after}, ${link.name}, ${arrayOf(rooms)}::bigint[], ${REACTIONS_LIMIT}::int,
      ${arrayOf(batch.map(({ room }) => room.id))}::bigint[], ${arrayOf(batch.map(({ room }) => room.kind))}::text[],
      ${arrayOf(batch.map(({ kind }) => kind))}::text[], ${arrayOf(batch.map(({ userId }) => userId))}::bigint[],
      ${arrayOf(batch.map(({ messageId }) => messageId))}::bigint[],
      ${arrayOf(batch.map(({ emoji }) => quoted(emoji)))}::text[])
    where ${epoch}::text is null or current_setting('chat.epoch', true) = ${epoch}`;
  return rows.length === 0 ? null : rows.map((row, index) => toResult(row, batch[index]!));
}

function toResult(row: ResultRow, { kind, room, userId, messageId, emoji }: ReactionChange): ReactionResult {
  if (row.outcome !== "changed") return { outcome: row.outcome };
  const data = {
    ...roomIdField(room),
    message_id: messageId,
    user_id: userId,
    username: row.username,
    emoji,
    count: row.count,
    at: isoFromPg(row.created_at),
  };
  return { outcome: "changed", event: { id: row.event_id, seq: row.event_seq, room, kind, data } };
}

/** The error for a refused reaction in a room of this kind. */
export const toReactionError = (
  outcome: Exclude<ReactionResult["outcome"], "changed" | "same">,
  kind: Room["kind"],
): ChatError =>
  outcome === "too_many"
    ? invalid("emoji", `a message has at most ${REACTIONS_LIMIT} different reactions`)
    : toChangeError(outcome, kind);
