// What a list of rooms shows of each: its newest message and the number of unread ones. Counted from the timeline each time, never
// stored as a number that could drift.
import type { Database, SqlClient } from "../db/client.ts";
import { isoFromPg } from "../lib/time.ts";
import { UNREAD_LIMIT } from "../protocol/limits.ts";
import { findMessages } from "./history.ts";
import type { MessageRow } from "./message-row.ts";

// A member who has not read a busy room for long has thousands of events to scan; this bounds the scan.
const SCAN_LIMIT = 1_000;

export interface RoomSummary {
  /** The room's newest seq when it was read. */
  seq: number;
  /** The time of its newest activity, up to that seq. */
  lastActivityAt: string;
  unread: number;
  mentions: number;
  lastMessage: MessageRow | null;
}

/** SQL for a lateral join: one row with the number of messages that member `m` has not read, as `count`. */
export const countUnread = (sql: SqlClient) => sql`
  select count(*)::int as count from (
    select 1 from (
      select e.kind, e.actor_id, e.deleted_at from events e
      where e.room_id = m.room_id and e.seq > m.read_seq order by e.seq desc limit ${SCAN_LIMIT}
    ) news
    where news.kind = 'message' and news.actor_id <> m.user_id and news.deleted_at is null
    limit ${UNREAD_LIMIT}
  ) counted`;

/**
 * SQL for a lateral join: one row with the number of unread messages that are for member `m` (mentions of them and replies to them),
 * as `count`.
 */
export const countMentions = (sql: SqlClient) => sql`
  select count(*)::int as count from (
    select distinct t.event_id from mentions t
    where t.room_id = m.room_id and t.user_id in (m.user_id, 0) and t.seq > m.read_seq and t.actor_id <> m.user_id and t.kind <> 'reaction'
      and not exists (select 1 from blocks b where b.blocker_id = m.user_id and b.blocked_id = t.actor_id)
    limit ${UNREAD_LIMIT}
  ) counted`;

/** Summaries of these rooms as this member sees them, by room id. */
export async function summarizeRooms(
  parts: { sql: SqlClient; db: Database },
  userId: number,
  roomIds: number[],
): Promise<Map<number, RoomSummary>> {
  if (roomIds.length === 0) return new Map();
  const { sql } = parts;
  const rows = await sql<
    { room_id: number; seq: number; at: string; last_id: number | null; unread: number; mentions: number }[]
  >`
    select m.room_id, r.last_seq as seq, r.last_event_at as at, last.id as last_id, unread.count as unread, mentioned.count as mentions
    from members m
    join rooms r on r.id = m.room_id
    left join lateral (
      select e.id from events e where e.room_id = m.room_id and e.kind = 'message' order by e.seq desc limit 1
    ) last on true
    cross join lateral (${countUnread(sql)}) unread
    cross join lateral (${countMentions(sql)}) mentioned
    where m.user_id = ${userId} and m.room_id = any (${roomIds}::bigint[])`;
  const lastIds = rows.flatMap((row) => row.last_id ?? []);
  const messages = new Map(
    (lastIds.length > 0 ? await findMessages(parts.db, lastIds, userId) : []).map((m) => [m.id, m]),
  );
  return new Map(
    rows.map(({ room_id, seq, at, unread, mentions, last_id }) => [
      room_id,
      { seq, lastActivityAt: isoFromPg(at), unread, mentions, lastMessage: messages.get(last_id ?? 0) ?? null },
    ]),
  );
}
