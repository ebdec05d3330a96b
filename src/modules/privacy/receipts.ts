// Notes on memberships that read receipts are hidden, where mark_read, `resumed` and lists of members find it.
import { sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { conversations, members, users } from "../../db/schema.ts";

// Rooms at a time: few enough that nobody waits long for the rows of one.
const SLICE = 200;

/** As the settings are now; in a conversation on both sides. */
export async function hideReads(core: Core, userId: number): Promise<void> {
  for (let after = 0; ; ) {
    const rooms = await core.sql<{ id: number }[]>`
      select room_id as id from members where user_id = ${userId} and room_id > ${after} order by room_id limit ${SLICE}`;
    const ids = rooms.map(({ id }) => id);
    await core.db.transaction((tx) => noteReads(tx, userId, ids));
    if (rooms.length < SLICE) return;
    after = ids.at(-1)!;
  }
}

async function noteReads(tx: Transaction, userId: number, roomIds: number[]) {
  const ids = sql`${sql.param(roomIds)}::bigint[]`;
  const peer = sql`(select case c.user_low when ${userId} then c.user_high else c.user_low end
    from ${conversations} c where c.room_id = m.room_id)`;
  // In the order in which receipts lock them. What follows reads the settings after that: of two who change theirs at once, the
  // second one finds the other's.
  await tx.execute(sql`
    select from ${members} m where m.room_id = any (${ids}) and m.user_id in (${userId}, ${peer})
    order by m.room_id, m.user_id for no key update`);
  await tx.execute(sql`
    update ${members} m set hides_reads = not m.hides_reads
    where m.room_id = any (${ids}) and m.user_id in (${userId}, ${peer}) and m.hides_reads <> exists (
      select from ${users} u where u.id in (${userId}, ${peer}) and u.settings @> '{"read_receipts": false}')`);
}
