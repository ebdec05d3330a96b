// Empties a message in a transaction of its room, for whoever may decide that besides its author and the group's admins, whose
// deletions come in batches (append-changes.ts).
import { sql } from "drizzle-orm";
import type { RoomTransaction } from "./room-transaction.ts";

/**
 * Takes the message's text, files, mentions and reactions away, with the event of a deletion. False, and nothing is done, where the room
 * has no such message or it is deleted already. `search`: whether messages are indexed.
 */
export async function removeMessage(
  change: RoomTransaction,
  actorId: number,
  messageId: number,
  search: boolean,
): Promise<boolean> {
  const { tx, room } = change;
  const emptied = await tx.execute(sql`
    update events set body = null, data = null, deleted_at = clock_timestamp()
    where id = ${messageId} and room_id = ${room.id} and kind = 'message' and deleted_at is null returning 1`);
  if (emptied.length === 0) return false;
  await tx.execute(sql`delete from mentions where room_id = ${room.id} and event_id = ${messageId}`);
  await tx.execute(sql`delete from reactions where room_id = ${room.id} and event_id = ${messageId}`);
  await tx.execute(sql`select release_files_1(array[${room.id}::bigint], array[${messageId}::bigint])`);
  await tx.execute(sql`select clear_search_1(array[${messageId}::bigint], array[${room.id}::bigint], ${search})`);
  await change.appendMessage("message.deleted", actorId, messageId);
  return true;
}
