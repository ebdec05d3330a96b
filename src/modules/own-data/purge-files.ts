// The files of a deleted account: its uploads, and what it has sent. A message stays without them, and one that had nothing else is
// deleted.
import { sql } from "drizzle-orm";
import type { RoomKind } from "../../protocol/rooms.ts";
import { removeMessage } from "../../timeline/remove-message.ts";
import type { RoomTransaction } from "../../timeline/room-transaction.ts";
import { inRoom, type Purge } from "./bites.ts";

/** Messages that a transaction changes. */
const CHANGES = 20;
const SLICE = 500;

/** False when the server closes before that is done. */
export async function purgeFiles(purge: Purge): Promise<boolean> {
  const { core, userId, goOn } = purge;
  for (;;) {
    const rooms = await core.sql<{ id: number; kind: RoomKind; messages: number[] }[]>`
      with used as (
        select distinct u.room_id, u.event_id from files f join file_uses u on u.file_id = f.id
        where f.owner_id = ${userId} limit ${CHANGES})
      select r.id, r.kind, array_agg(u.event_id order by u.event_id) as messages
      from used u join rooms r on r.id = u.room_id group by r.id`;
    if (rooms.length === 0) break;
    for (const room of rooms)
      await inRoom(core, userId, room, async (change) => {
        for (const id of room.messages) await dropFiles(change, userId, id, core.config.search);
      });
    if (!(await goOn())) return false;
  }
  for (;;) {
    const { count } = await core.sql`
      update files set state = 'deleted', name = '', client_id = null, sha256 = null, meta = '{}', touched_at = clock_timestamp()
      where id in (select id from files where owner_id = ${userId} and (state <> 'deleted' or name <> '') limit ${SLICE})`;
    if (count === 0) break;
    if (!(await goOn())) return false;
  }
  return removeBytes(purge);
}

/** What can't be removed from the store now is left to the sweeper. */
async function removeBytes({ core, userId, goOn }: Purge): Promise<boolean> {
  const countLeft = async () => {
    const [row] = await core.sql<{ count: number }[]>`
      select count(*)::int as count from files where owner_id = ${userId} and state = 'deleted' and size > 0`;
    return row!.count;
  };
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const left = await countLeft();
    if (left === 0 || left >= before) return true;
    before = left;
    await core.files.sweep().catch(() => {});
    if (!(await goOn())) return false;
  }
}

async function dropFiles(change: RoomTransaction, userId: number, messageId: number, search: boolean) {
  const { tx, room } = change;
  const dropped = await tx.execute<{ id: number }>(sql`
    delete from file_uses u using files f
    where f.id = u.file_id and f.owner_id = ${userId} and u.room_id = ${room.id} and u.event_id = ${messageId}
    returning u.file_id::float8 as id`);
  // Another server has been faster.
  if (dropped.length === 0) return;
  const ids = sql.param(dropped.map(({ id }) => id));
  const [message] = await tx.execute<{ isEmpty: boolean; isDeleted: boolean }>(sql`
    update events e set data = nullif((e.data - 'attachments') || coalesce((
        select jsonb_build_object('attachments', jsonb_agg(x.attachment order by x.n))
        from jsonb_array_elements(e.data -> 'attachments') with ordinality x (attachment, n)
        where (x.attachment ->> 'id')::bigint <> all (${ids}::bigint[]) having count(*) > 0), '{}'), '{}')
    where e.id = ${messageId}
    returning coalesce(e.body, '') = '' and not coalesce(e.data ? 'attachments', false) as "isEmpty", e.deleted_at is not null as "isDeleted"`);
  if (!message || message.isDeleted) return;
  if (!message.isEmpty) return change.appendMessage("message.updated", userId, messageId);
  await removeMessage(change, userId, messageId, search);
}
