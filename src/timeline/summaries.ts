// What a list of rooms shows of each: its newest message, and how much of it is unread. Counted from the timeline each
// time, never kept as a number that could drift.
import type { Database, SqlClient } from "../db/client.ts";
import type { MessageRow } from "./events.ts";
import { findMessages } from "./history.ts";

/** Unread stops counting here. */
export const UNREAD_LIMIT = 100;
// A member who was away from a busy room has thousands of events to look through; this bounds the look.
export const LOOK_LIMIT = 1_000;

export interface RoomSummary {
  unread: number;
  lastMessage: MessageRow | null;
}

/** Summaries of these rooms as this member sees them, by room id. */
export async function summarizeRooms(
  parts: { sql: SqlClient; db: Database },
  userId: number,
  roomIds: number[],
): Promise<Map<number, RoomSummary>> {
  if (roomIds.length === 0) return new Map();
  const rows = await parts.sql<{ room_id: number; last_id: number | null; unread: number }[]>`
    select m.room_id, last.id as last_id, unread.count::int as unread
    from members m
    left join lateral (
      select e.id from events e where e.room_id = m.room_id and e.kind = 'message' order by e.seq desc limit 1
    ) last on true
    left join lateral (
      select count(*) from (
        select 1 from (
          select e.kind, e.actor_id, e.deleted_at from events e
          where e.room_id = m.room_id and e.seq > m.read_seq order by e.seq desc limit ${LOOK_LIMIT}
        ) news
        where news.kind = 'message' and news.actor_id <> m.user_id and news.deleted_at is null
        limit ${UNREAD_LIMIT}
      ) counted
    ) unread on true
    where m.user_id = ${userId} and m.room_id = any (${roomIds}::bigint[])`;
  const lastIds = rows.flatMap((row) => row.last_id ?? []);
  const messages = new Map((lastIds.length > 0 ? await findMessages(parts.db, lastIds) : []).map((m) => [m.id, m]));
  return new Map(
    rows.map((row) => [row.room_id, { unread: row.unread, lastMessage: messages.get(row.last_id ?? 0) ?? null }]),
  );
}
