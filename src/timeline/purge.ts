// Removes the timelines of deleted groups, a bite at a time, so that deleting a large group holds up nobody's messages.
import type { SqlClient } from "../db/client.ts";

const BITE = 2_000;

/** A deleted group is a room whose group is gone; its row goes last, so that a restart carries on. */
export async function purgeDeletedRooms(sql: SqlClient, isClosing: () => boolean): Promise<void> {
  const orphans = await sql<{ id: number }[]>`
    select r.id from rooms r where r.kind = 'group' and not exists (select 1 from groups g where g.room_id = r.id)`;
  for (const { id } of orphans) {
    for (let removed = BITE; removed === BITE; ) {
      if (isClosing()) return;
      const bite = await sql`
        delete from events where id in (select id from events where room_id = ${id} order by seq limit ${BITE})`;
      removed = bite.count;
    }
    await sql`delete from rooms where id = ${id}`;
  }
}
