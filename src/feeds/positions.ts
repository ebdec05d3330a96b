// How far each feed has come in each room: the table `feeds`. Positions are a room's, because ids are not in the order of commit once
// several servers write; seqs are, and without gaps. Only feed-worker.ts uses it.
import type { SqlClient } from "../db/client.ts";
import type { EventKind } from "../protocol/index.ts";
import type { FeedEvent, FeedTransaction } from "./feed.ts";

/** What a transaction has taken: rooms that no other one works meanwhile, and what comes next in them. */
export interface Taken {
  events: FeedEvent[];
  /** By room, for the rooms that are held: the position after these events. */
  positions: Map<number, number>;
  /** Whether it was cut off, so that rooms may be missing or not at their ends. */
  isFull: boolean;
}

interface TakenRow {
  room_id: number;
  after: number;
  id: number | null;
  seq: number;
  kind: EventKind;
  message_id: number | null;
  sender_id: number;
  body: string | null;
  data: unknown;
  created_at: string;
  is_deleted: boolean;
}

/**
 * Holds those of these rooms that no other transaction holds, and reads some `limit` events past the feed's positions there (at most
 * `limit` of a room, and one more for each room). A room whose members are gone was deleted, and is left to whoever clears it away.
 */
export async function takeEvents(tx: FeedTransaction, feed: string, roomIds: number[], limit: number): Promise<Taken> {
  // A room without events has a row as well.
  const most = limit + roomIds.length;
  const rows = await tx<TakenRow[]>`
    with held as materialized (
      select f.room_id, f.seq from feeds f
      where f.feed = ${feed} and f.room_id = any (${roomIds}::bigint[])
        and exists (select from members m where m.room_id = f.room_id)
      for update of f skip locked
    )
    select h.room_id, h.seq as after, e.id, e.seq, e.kind, m.id as message_id, m.actor_id as sender_id, m.body, m.data,
      m.created_at, m.deleted_at is not null as is_deleted
    from held h
    left join lateral (
      select e.id, e.seq, e.kind, e.target_id from events e
      where e.room_id = h.room_id and e.seq > h.seq order by e.seq limit ${limit}
    ) e on true
    left join lateral (
      select m.* from events m where m.id = coalesce(e.target_id, e.id) and m.kind = 'message' offset 0
    ) m on true
    limit ${most}`;
  const positions = new Map<number, number>();
  const events: FeedEvent[] = [];
  const counts = new Map<number, number>();
  for (const row of rows.toSorted((a, b) => a.room_id - b.room_id || a.seq - b.seq)) {
    const position = positions.get(row.room_id) ?? row.after;
    positions.set(row.room_id, position);
    // Seqs have no gaps: whatever the order in which rows came when the limit cut them off, nothing is passed over.
    if (row.id === null || row.seq !== position + 1) continue;
    positions.set(row.room_id, row.seq);
    counts.set(row.room_id, (counts.get(row.room_id) ?? 0) + 1);
    events.push(toEvent(row));
  }
  const isFull = rows.length === most || counts.values().some((count) => count === limit);
  return { events, positions, isFull };
}

const toEvent = (row: TakenRow): FeedEvent => ({
  id: row.id!,
  roomId: row.room_id,
  seq: row.seq,
  kind: row.kind,
  message:
    row.message_id === null
      ? null
      : {
          id: row.message_id,
          senderId: row.sender_id,
          body: row.body,
          data: row.data,
          createdAt: row.created_at,
          isDeleted: row.is_deleted,
        },
});

export const movePositions = (tx: FeedTransaction, feed: string, positions: Map<number, number>) => tx`
  update feeds f set seq = given.seq
  from unnest(${[...positions.keys()]}::bigint[], ${[...positions.values()]}::bigint[]) as given (room_id, seq)
  where f.feed = ${feed} and f.room_id = given.room_id and f.seq < given.seq`;

/** Gives positions to those of these rooms that have none. Returns the rooms that have one now; others were deleted. */
export async function createPositions(sql: SqlClient, feed: string, roomIds: number[]): Promise<number[]> {
  const rows = await sql<{ room_id: number }[]>`
    with created as (
      insert into feeds (feed, room_id, seq)
      select ${feed}, r.id, 0 from rooms r
      where r.id = any (${roomIds}::bigint[]) and exists (select from members m where m.room_id = r.id)
      on conflict do nothing
      returning room_id
    )
    select room_id from created union
    select f.room_id from feeds f
    where f.feed = ${feed} and f.room_id = any (${roomIds}::bigint[])
      and exists (select from members m where m.room_id = f.room_id)`;
  return rows.map(({ room_id }) => room_id);
}

/** Rooms that are gone although the feed has a position in them. */
export async function listGone(sql: SqlClient, feed: string): Promise<number[]> {
  const rows = await sql<{ room_id: number }[]>`
    select f.room_id from feeds f where f.feed = ${feed} and not exists (select from rooms r where r.id = f.room_id)`;
  return rows.map(({ room_id }) => room_id);
}

export const deletePosition = (sql: SqlClient, feed: string, roomId: number) => sql`
  delete from feeds where feed = ${feed} and room_id = ${roomId}`;

/** Of the `limit` rooms that follow `after`, ascending: those in which the feed is behind, and the last of all of them; null past the end. */
export async function listBehind(sql: SqlClient, feed: string, after: number, limit: number) {
  const [row] = await sql<{ last: number | null; behind: number[] | null }[]>`
    select max(r.id) as last, array_agg(r.id order by r.id) filter (where r.last_seq > r.position) as behind
    from (
      select r.id, r.last_seq, coalesce(f.seq, 0) as position
      from rooms r left join feeds f on f.feed = ${feed} and f.room_id = r.id
      where r.id > ${after} order by r.id limit ${limit}
    ) r`;
  return row!.last === null ? null : { last: row!.last, behind: (row!.behind ?? []).map(Number) };
}
