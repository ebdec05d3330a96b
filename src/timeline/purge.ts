// Removes the timelines of deleted groups in chunks, so that deleting a large group delays nobody's messages.
import type { SqlClient } from "../db/client.ts";

const CHUNK = 2_000;
const RETRY_MS = 250;

/** A deleted group is a room without a group; the room's row goes last, so that a restart resumes the purge. */
export async function purgeDeletedRooms(sql: SqlClient, isClosing: () => boolean): Promise<void> {
  const orphans = await sql<{ id: number }[]>`
    select r.id from rooms r where r.kind = 'group' and not exists (select 1 from groups g where g.room_id = r.id)`;
  for (const { id } of orphans) if (!(await purgeRoom(sql, id, isClosing))) return;
}

/** Removes a room that nobody is in any more, and its timeline before it. False when closing. */
export async function purgeRoom(sql: SqlClient, id: number, isClosing: () => boolean): Promise<boolean> {
  if (!(await endFeeds(sql, id, isClosing))) return false;
  while (!isClosing()) {
    // Rows that another server is deleting at this moment are left to it.
    const [chunk] = await sql<{ count: number }[]>`
      with gone as (
        delete from events where id in (
          select id from events where room_id = ${id} order by seq limit ${CHUNK} for update skip locked)
        returning id
      ), cleared as (delete from search s using gone g where s.room_id = ${id} and s.event_id = g.id)
      select count(*)::int as count from gone`;
    if (chunk!.count > 0) continue;
    // What the other server had begun comes back if it dies: only an empty room may go, or the rest would never be found.
    const [left] = await sql`select 1 from events where room_id = ${id} limit 1`;
    if (left) await Bun.sleep(RETRY_MS);
    else {
      await sql`delete from mentions where room_id = ${id}`;
      await releaseFiles(sql, id);
      await sql`delete from reactions where room_id = ${id}`;
      await sql`delete from rooms where id = ${id} and not exists (select 1 from events where room_id = ${id})`;
      return true;
    }
  }
  return false;
}

/** Has no feed work the room from here on, and waits for what one is storing at this moment. False when closing. */
async function endFeeds(sql: SqlClient, roomId: number, isClosing: () => boolean): Promise<boolean> {
  while (!isClosing()) {
    await sql`
      delete from feeds where room_id = ${roomId} and feed in (
        select f.feed from feeds f where f.room_id = ${roomId} for update skip locked)`;
    const [left] = await sql`select 1 from feeds where room_id = ${roomId} limit 1`;
    if (!left) return true;
    await Bun.sleep(RETRY_MS);
  }
  return false;
}

/** Takes the files of a room's messages. */
async function releaseFiles(sql: SqlClient, roomId: number) {
  for (;;) {
    const [released] = await sql<{ count: number }[]>`
      with chunk as (select room_id, event_id from file_uses where room_id = ${roomId} limit ${CHUNK})
      select count(*)::int as count, release_files_1(array_agg(room_id), array_agg(event_id)) from chunk`;
    if (released!.count === 0) return;
  }
}
