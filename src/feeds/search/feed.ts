// The feed that search reads: a row a message in `search`, with the words and filters that it is found by.
import type { Feed, FeedEvent, FeedTransaction } from "../feed.ts";
import { toVector } from "./tokens.ts";

export const SEARCH_FEED = "search";

// Rows of a statement.
const FORGOTTEN = 2_000;

export const searchFeed: Feed = {
  name: SEARCH_FEED,
  async work(tx, events) {
    const deleted = events.filter(({ kind }) => kind === "message.deleted");
    await Promise.all([...(deleted.length > 0 ? [remove(tx, deleted)] : []), store(tx, events)]);
  },
  async forget(sql, roomId) {
    for (let count = 1; count > 0; ) {
      ({ count } = await sql`
        delete from search where room_id = ${roomId} and event_id in (
          select event_id from search where room_id = ${roomId} limit ${FORGOTTEN})`);
    }
  },
};

const remove = (tx: FeedTransaction, deletions: FeedEvent[]) => tx`
  delete from search where room_id = any (${deletions.map(({ roomId }) => roomId)}::bigint[])
    and event_id = any (${deletions.map(({ message }) => message!.id)}::bigint[])`;

/**
 * A message that is deleted has an empty row from its deletion on, until the feed comes to that: whatever was read of it before is
 * stored neither beside nor over it. Rows are written in ascending order, as deletions do.
 */
async function store(tx: FeedTransaction, events: FeedEvent[]) {
  const rows = new Map<number, { roomId: number; words: string }>();
  for (const { kind, roomId, message } of events) {
    if ((kind === "message" || kind === "message.updated") && message && !message.isDeleted && !rows.has(message.id))
      rows.set(message.id, { roomId, words: toVector(roomId, message) });
  }
  if (rows.size === 0) return;
  const ids = [...rows.keys()].sort((a, b) => a - b);
  await tx`
    insert into search (event_id, room_id, words)
    select i.event_id, i.room_id, i.words::tsvector
    from unnest(${ids}::bigint[], ${ids.map((id) => rows.get(id)!.roomId)}::bigint[],
      ${ids.map((id) => rows.get(id)!.words)}::text[]) with ordinality as i (event_id, room_id, words, n)
    order by i.n
    on conflict (room_id, event_id) do update set words = excluded.words
    where search.words <> '' and search.words <> excluded.words`;
}
