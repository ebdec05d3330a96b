// Removes the timelines of deleted groups, a bite at a time, so that deleting a large group holds up nobody's messages.
import type { SqlClient } from "../db/client.ts";

const BITE = 2_000;
const RETRY_MS = 250;

/** A deleted group is a room whose group is gone; its row goes last, so that a restart carries on. */
export async function purgeDeletedRooms(sql: SqlClient, isClosing: () => boolean): Promise<void> {
  const orphans = await sql<{ id: number }[]>`
    select r.id from rooms r where r.kind = 'group' and not exists (select 1 from groups g where g.room_id = r.id)`;
  for (const { id } of orphans) {
    for (let isGone = false; !isGone; ) {
      if (isClosing()) return;
      // Those that another server is about to remove are left to it.
      const bite = await sql`
        delete from events where id in (
          select id from events where room_id = ${id} order by seq limit ${BITE} for update skip locked)`;
      if (bite.count > 0) continue;
      // What the other one had begun comes back if it dies: only an empty room may go, or nobody would find the rest.
      const [left] = await sql`select 1 from events where room_id = ${id} limit 1`;
      if (left) await Bun.sleep(RETRY_MS);
      else {
        await sql`delete from rooms where id = ${id} and not exists (select 1 from events where room_id = ${id})`;
        isGone = true;
      }
    }
  }
}
