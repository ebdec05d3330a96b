// What a client needs when it connects or resumes: its rooms, the state of each, and the events it missed. Requests of many clients
// are read together, because after a restart everybody resumes at the same moment.

import type { SqlClient } from "../db/client.ts";
import { isTransientDatabaseError } from "../db/errors.ts";
import { unavailable } from "../lib/errors.ts";
import { Loader } from "../lib/loader.ts";
import { isoFromPg } from "../lib/time.ts";
import { POSITIONS_LIMIT } from "../protocol/limits.ts";
import type { Room, RoomKind } from "../protocol/rooms.ts";
import { type RoomEvent, toRoomEvent } from "./events.ts";
import { messageSql, type RawMessage, toMessageRow } from "./message-row.ts";
import type { PeerCache } from "./peer-cache.ts";
import { countMentions, countUnread } from "./room-summaries.ts";

export interface Position {
  user_id: number;
  read_seq: number;
  delivered_seq: number;
}

/** A room and its newest position. */
export interface RoomPosition extends Room {
  seq: number;
}

/** The state of a room as one member sees it. */
export interface RoomState {
  seq: number;
  unread: number;
  mentions: number;
  /** Of all members, or in a room of more than POSITIONS_LIMIT of this member alone. */
  members: Position[];
}

/** A range of a room's timeline: after `after`, up to and including `to`. */
export interface SeqRange {
  roomId: number;
  after: number;
  to: number;
}

const SHARED = { isShared: isTransientDatabaseError };

export class ReplayReader {
  private readonly rooms = new Loader((userIds: number[]) => this.readRooms(userIds), SHARED);
  private readonly states = new Loader(
    (requests: { userId: number; roomIds: number[] }[]) => this.readRoomStates(requests),
    SHARED,
  );
  private readonly ranges = new Loader((requests: SeqRange[][]) => this.readRanges(requests), {
    ...SHARED,
    weigh: (ranges: SeqRange[]) => ranges.reduce((sum, { after, to }) => sum + to - after, 0),
  });

  constructor(private readonly parts: { sql: SqlClient; peerCache: PeerCache }) {}

  /** The rooms that a user belongs to with their newest positions, in no order. Fills the peer cache on the way. */
  listRooms(userId: number): Promise<RoomPosition[]> {
    return this.rooms.load(userId);
  }

  /** By room id, for those of these rooms that the user is a member of. All from one snapshot. */
  roomStatesOf(userId: number, roomIds: number[]): Promise<Map<number, RoomState>> {
    return this.states.load({ userId, roomIds });
  }

  /** The events of these ranges, range by range, in order; their messages in their present state. */
  async listEvents(ranges: SeqRange[]): Promise<RoomEvent[]> {
    return ranges.length === 0 ? [] : this.ranges.load(ranges);
  }

  /** Rejects all pending reads: the history of the database has changed. */
  cancel() {
    for (const loader of [this.rooms, this.states, this.ranges]) loader.cancel(unavailable());
  }

  private async readRooms(userIds: number[]): Promise<RoomPosition[][]> {
    const rows = await this.parts.sql<
      { n: number; id: number; kind: RoomKind; seq: number; user_low: number | null; user_high: number | null }[]
    >`
      select i.n::int, m.room_id as id, r.kind, r.last_seq as seq, c.user_low, c.user_high
      from unnest(${userIds}::bigint[]) with ordinality i (user_id, n)
      join members m on m.user_id = i.user_id
      join rooms r on r.id = m.room_id
      left join conversations c on c.room_id = m.room_id`;
    const lists = userIds.map((): RoomPosition[] => []);
    for (const { n, id, kind, seq, user_low, user_high } of rows) {
      if (user_low !== null && user_high !== null) this.parts.peerCache.set(id, user_low, user_high);
      lists[n - 1]!.push({ id, kind, seq });
    }
    return lists;
  }

  private async readRoomStates(requests: { userId: number; roomIds: number[] }[]): Promise<Map<number, RoomState>[]> {
    const pairs = requests.flatMap(({ userId, roomIds }, index) =>
      roomIds.map((roomId) => [index, userId, roomId] as const),
    );
    const rows = await this.parts.sql<
      { n: number; room_id: number; seq: number; unread: number; mentions: number; members: Position[] }[]
    >`
      select i.n, m.room_id, r.last_seq as seq, unread.count as unread, mentioned.count as mentions,
        positions.members
      from unnest(${pairs.map(([n]) => n)}::int[], ${pairs.map(([, userId]) => userId)}::bigint[],
        ${pairs.map(([, , roomId]) => roomId)}::bigint[]) i (n, user_id, room_id)
      join members m on m.room_id = i.room_id and m.user_id = i.user_id
      join rooms r on r.id = m.room_id
      cross join lateral (${countUnread(this.parts.sql)}) unread
      cross join lateral (${countMentions(this.parts.sql)}) mentioned
      cross join lateral (
        select json_agg(json_build_object(
          'user_id', o.user_id,
          'read_seq', case when o.user_id = m.user_id or not (m.hides_reads or o.hides_reads) then o.read_seq else 0 end,
          'delivered_seq', o.delivered_seq) order by o.user_id) as members
        from members o
        where o.room_id = m.room_id and (o.user_id = m.user_id or not m.is_blocked and (
          select count(*) from (select 1 from members x where x.room_id = m.room_id limit ${POSITIONS_LIMIT} + 1) few
        ) <= ${POSITIONS_LIMIT})
      ) positions`;
    const states = requests.map(() => new Map<number, RoomState>());
    for (const { n, room_id, ...state } of rows) states[n]!.set(room_id, state);
    return states;
  }

  private async readRanges(requests: SeqRange[][]): Promise<RoomEvent[][]> {
    const all = requests.flatMap((ranges, index) => ranges.map((range) => ({ index, ...range })));
    // An edit or a deletion is joined with the message it is about; a message is joined with itself.
    const { sql } = this.parts;
    const rows = await sql<ReplayRow[]>`
      select i.index, e.id, e.room_id, r.kind as room_kind, e.seq, e.kind, e.data, e.created_at as at,
        ${sql.unsafe(MESSAGE_COLUMNS)}
      from unnest(${all.map(({ index }) => index)}::int[], ${all.map(({ roomId }) => roomId)}::bigint[],
        ${all.map(({ after }) => after)}::bigint[], ${all.map(({ to }) => to)}::bigint[])
        with ordinality i (index, room_id, after, upto, n)
      join events e on e.room_id = i.room_id and e.seq > i.after and e.seq <= i.upto
      join rooms r on r.id = e.room_id
      left join events t on t.id = e.target_id
      join users u on u.id = coalesce(t.actor_id, e.actor_id)
      order by i.n, e.seq`;
    const lists = requests.map((): RoomEvent[] => []);
    for (const row of rows) lists[row.index]!.push(fromRow(row));
    return lists;
  }
}

const MESSAGE_COLUMNS = messageSql("t", "e", "u");

interface ReplayRow extends RawMessage {
  index: number;
  id: number;
  room_id: number;
  room_kind: RoomKind;
  seq: number;
  kind: RoomEvent["kind"];
  data: unknown;
  at: string;
}

const fromRow = (row: ReplayRow): RoomEvent =>
  toRoomEvent({
    id: row.id,
    seq: row.seq,
    kind: row.kind,
    data: row.data,
    createdAt: isoFromPg(row.at),
    actorName: row.message_username,
    room: { id: row.room_id, kind: row.room_kind },
    message: toMessageRow(row),
  });
