// How a member stands in rooms: which are theirs, how far each has come, what is unread, and how far its members have read.
import type { Room, RoomKind } from "../bus/bus.ts";
import type { SqlClient } from "../db/client.ts";
import type { Peers } from "./peers.ts";
import { LOOK_LIMIT, UNREAD_LIMIT } from "./summaries.ts";

export interface Position {
  user_id: number;
  read_seq: number;
  delivered_seq: number;
}

export interface RoomStanding {
  seq: number;
  unread: number;
  /** Of all members, or in a room of more than `positionsLimit` of this member alone. */
  members: Position[];
}

/** The rooms that a user belongs to, in no order. The pairs of conversations are learned on the way. */
export async function listRooms(parts: { sql: SqlClient; peers: Peers }, userId: number): Promise<Room[]> {
  const rows = await parts.sql<{ id: number; kind: RoomKind; user_low: number | null; user_high: number | null }[]>`
    select m.room_id as id, r.kind, c.user_low, c.user_high
    from members m join rooms r on r.id = m.room_id left join conversations c on c.room_id = m.room_id
    where m.user_id = ${userId}`;
  return rows.map(({ id, kind, user_low, user_high }) => {
    if (user_low !== null && user_high !== null) parts.peers.learn(id, user_low, user_high);
    return { id, kind };
  });
}

/** By room id, for those of these rooms that are the user's. One snapshot for all. */
export async function readStandings(
  sql: SqlClient,
  userId: number,
  roomIds: number[],
  positionsLimit: number,
): Promise<Map<number, RoomStanding>> {
  const rows = await sql<{ room_id: number; seq: number; unread: number; members: Position[] }[]>`
    select m.room_id, r.last_seq as seq, unread.count::int as unread, positions.members
    from members m
    join rooms r on r.id = m.room_id
    cross join lateral (
      select count(*) from (
        select 1 from (
          select e.kind, e.actor_id, e.deleted_at from events e
          where e.room_id = m.room_id and e.seq > m.read_seq order by e.seq desc limit ${LOOK_LIMIT}
        ) news
        where news.kind = 'message' and news.actor_id <> m.user_id and news.deleted_at is null
        limit ${UNREAD_LIMIT}
      ) counted
    ) unread
    cross join lateral (
      select json_agg(json_build_object(
        'user_id', o.user_id, 'read_seq', o.read_seq, 'delivered_seq', o.delivered_seq) order by o.user_id) as members
      from members o
      where o.room_id = m.room_id and (o.user_id = m.user_id or (
        select count(*) from (select 1 from members x where x.room_id = m.room_id limit ${positionsLimit} + 1) few
      ) <= ${positionsLimit})
    ) positions
    where m.user_id = ${userId} and m.room_id = any (${roomIds}::bigint[])`;
  return new Map(rows.map(({ room_id, seq, unread, members }) => [room_id, { seq, unread, members }]));
}
