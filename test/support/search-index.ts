// Whether the index of search says what the timeline says. It reads the tables and calls nothing that a server runs but the cutting of
// words.
import type { SqlClient } from "../../src/db/client.ts";
import { toVector } from "../../src/feeds/search/tokens.ts";

interface Row {
  id: number;
  room_id: number;
  actor_id: number;
  body: string | null;
  data: unknown;
  created_at: string;
  deleted: boolean;
  words: string | null;
}

export type Reader = Pick<SqlClient, "unsafe">;

/** What is wrong, in sentences; empty when every message that stands is indexed as it stands and nothing else is. */
export async function faultsOfIndex(sql: Reader): Promise<string[]> {
  const rows = (await sql.unsafe(`
    select e.id, e.room_id, e.actor_id, e.body, e.data, to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD') as created_at,
      e.deleted_at is not null as deleted, s.words::text as words
    from events e left join search s on s.room_id = e.room_id and s.event_id = e.id where e.kind = 'message' order by e.id`)) as unknown as Row[];
  const faults: string[] = [];
  const standing = rows.filter(({ deleted }) => !deleted);
  const expected = await sortedVectors(sql, standing.map(vectorOf));
  for (const [index, { id, words }] of standing.entries()) {
    if (words === null) faults.push(`message ${id} is not indexed`);
    else if (words !== expected[index])
      faults.push(`message ${id} is indexed as ${words} instead of ${expected[index]}`);
  }
  for (const { id, deleted, words } of rows)
    if (deleted && words) faults.push(`message ${id} was deleted and is indexed as ${words}`);
  const strangers = await sql.unsafe(`
    select event_id from search s where words <> '' and not exists (select from events e where e.id = s.event_id and e.room_id = s.room_id and e.kind = 'message')`);
  for (const { event_id } of strangers) faults.push(`${event_id} is indexed and is no message`);
  return faults;
}

/** Rooms in which the feed has not worked everything. */
export async function roomsBehind(sql: Reader): Promise<number> {
  const [row] = await sql.unsafe(`
    select count(*)::int as count from rooms r left join feeds f on f.feed = 'search' and f.room_id = r.id
    where r.last_seq > coalesce(f.seq, 0)`);
  return (row as unknown as { count: number }).count;
}

/** Resolves when the feed has worked everything that is committed. */
export async function indexed(sql: Reader): Promise<void> {
  while ((await roomsBehind(sql)) > 0) await Bun.sleep(20);
}

const vectorOf = (row: Row) =>
  toVector(Number(row.room_id), {
    id: Number(row.id),
    senderId: Number(row.actor_id),
    body: row.body,
    data: row.data,
    createdAt: row.created_at,
    isDeleted: false,
  });

/** As PostgreSQL writes them. */
async function sortedVectors(sql: Reader, vectors: string[]): Promise<string[]> {
  if (vectors.length === 0) return [];
  const rows = await sql.unsafe(
    `select words::tsvector::text as words from jsonb_array_elements_text($1::text::jsonb) with ordinality as w (words, n) order by n`,
    [JSON.stringify(vectors)],
  );
  return rows.map(({ words }) => words as string);
}
