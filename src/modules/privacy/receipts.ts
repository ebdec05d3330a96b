// Notes on memberships that read receipts are hidden, where mark_read, `resumed` and lists of members find it.
import { type SQL, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { members, users } from "../../db/schema.ts";

// Rooms at a time: few enough that nobody waits long for the rows of one.
const SLICE = 200;

const hides = (userId: SQL) =>
  sql`exists (select from ${users} u where u.id = ${userId} and u.settings @> '{"read_receipts": false}')`;

interface Row {
  roomId: number;
  /** The other side of a conversation. */
  peerId: number | null;
}

/** As the settings are now; in a conversation on both sides. */
export async function hideReads(core: Core, userId: number): Promise<void> {
  for (let after = 0; ; ) {
    const rooms = await core.sql<Row[]>`
      select m.room_id as "roomId", case c.user_low when ${userId} then c.user_high else c.user_low end as "peerId"
      from members m left join conversations c on c.room_id = m.room_id
      where m.user_id = ${userId} and m.room_id > ${after} order by m.room_id limit ${SLICE}`;
    await core.db.transaction((tx) => noteReads(tx, userId, rooms));
    if (rooms.length < SLICE) return;
    after = rooms.at(-1)!.roomId;
  }
}

async function noteReads(tx: Transaction, userId: number, rooms: Row[]) {
  const rows = rooms.flatMap(({ roomId, peerId }) =>
    [userId, peerId].flatMap((memberId) => (memberId === null ? [] : { roomId, memberId, peerId })),
  );
  const bigints = (values: (number | null)[]) => sql`${sql.param(values)}::bigint[]`;
  const noted = sql`unnest(${bigints(rows.map(({ roomId }) => roomId))}, ${bigints(rows.map(({ memberId }) => memberId))},
    ${bigints(rows.map(({ peerId }) => peerId))}) n (room_id, user_id, peer_id)`;
  // In the order in which receipts lock them. What follows reads the settings after that: of two who change theirs at once, the
  // second one finds the other's.
  await tx.execute(sql`
    select from (select * from ${noted} order by room_id, user_id) n cross join lateral (
      select from ${members} m where m.room_id = n.room_id and m.user_id = n.user_id for no key update) m`);
  await tx.execute(sql`
    update ${members} m set hides_reads = h.hides
    from (
      select n.room_id, n.user_id, ${hides(sql`${userId}`)} or ${hides(sql`n.peer_id`)} as hides from ${noted} offset 0
    ) h
    where m.room_id = h.room_id and m.user_id = h.user_id and m.hides_reads <> h.hides`);
}
