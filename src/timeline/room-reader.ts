// What the bus of several servers reads of rooms. Requests that come together are read together.
import type { PublishedEvent } from "../bus/bus.ts";
import type { RoomReader as Reader } from "../bus/sequencer.ts";
import type { SqlClient } from "../db/client.ts";
import { isTransientDatabaseError } from "../db/errors.ts";
import { Loader } from "../lib/loader.ts";
import type { RoomKind } from "../protocol/rooms.ts";
import type { PeerCache } from "./peer-cache.ts";
import { toPublished, undeliveredTo } from "./published-event.ts";
import type { ReplayReader, RoomPosition } from "./replay-reader.ts";

const SHARED = { isShared: isTransientDatabaseError };

export class RoomReader implements Reader {
  private readonly memberships = new Loader(
    (asked: { roomId: number; userId: number }[]) => this.loadMemberships(asked),
    SHARED,
  );

  constructor(
    private readonly parts: {
      sql: SqlClient;
      replayReader: Pick<ReplayReader, "listEvents" | "listRooms">;
      peerCache: Pick<PeerCache, "get" | "load">;
    },
  ) {}

  listRooms(userId: number): Promise<RoomPosition[]> {
    return this.parts.replayReader.listRooms(userId);
  }

  async readEvents(ranges: { roomId: number; after: number; limit: number }[]): Promise<PublishedEvent[][]> {
    const events = await this.parts.replayReader.listEvents(
      ranges.map(({ roomId, after, limit }) => ({ roomId, after, to: after + limit })),
    );
    // Those who follow a room have had its pair read, but not so many pairs are kept.
    await this.parts.peerCache.load(events.flatMap(({ room }) => (room.kind === "direct" ? room.id : [])));
    const byRoom = Map.groupBy(events, ({ room }) => room.id);
    return ranges.map(({ roomId }) =>
      (byRoom.get(roomId) ?? []).map((event) => toPublished(event, undeliveredTo(event, this.parts.peerCache))),
    );
  }

  async readPositions(roomIds: number[]): Promise<Map<number, number | null>> {
    const rows = await this.parts.sql<{ id: number; seq: number; is_empty: boolean }[]>`
      select r.id, r.last_seq as seq, not exists (select 1 from members m where m.room_id = r.id) as is_empty
      from rooms r where r.id = any (${roomIds}::bigint[])`;
    const positions = new Map(rows.map(({ id, seq, is_empty }) => [id, is_empty ? null : seq]));
    return new Map(roomIds.map((id) => [id, positions.get(id) ?? null]));
  }

  async findRooms(roomIds: number[]): Promise<(RoomPosition & { pair: number[] })[]> {
    const rows = await this.parts.sql<
      { id: number; kind: RoomKind; seq: number; low: number | null; high: number | null }[]
    >`
      select r.id, r.kind, r.last_seq as seq, c.user_low as low, c.user_high as high
      from rooms r left join conversations c on c.room_id = r.id where r.id = any (${roomIds}::bigint[])`;
    return rows.map(({ low, high, ...room }) => ({ ...room, pair: low === null ? [] : [low, high!] }));
  }

  readMembership(roomId: number, userId: number): Promise<number | null> {
    return this.memberships.load({ roomId, userId });
  }

  private async loadMemberships(asked: { roomId: number; userId: number }[]): Promise<(number | null)[]> {
    const rows = await this.parts.sql<{ n: number; seq: number }[]>`
      select i.n::int, r.last_seq as seq
      from unnest(${asked.map(({ roomId }) => roomId)}::bigint[], ${asked.map(({ userId }) => userId)}::bigint[])
        with ordinality i (room_id, user_id, n)
      join members m on m.room_id = i.room_id and m.user_id = i.user_id
      join rooms r on r.id = m.room_id`;
    const seqs = new Map(rows.map(({ n, seq }) => [n, seq]));
    return asked.map((_, index) => seqs.get(index + 1) ?? null);
  }
}
