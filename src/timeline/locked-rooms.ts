// Finds out which rooms are locked by another transaction. Only the writer uses it.
import type { SqlClient } from "../db/client.ts";

/** Those of these rooms whose row another transaction has locked. Waits for no lock. */
export async function listLockedRooms(sql: SqlClient, roomIds: number[]): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    with free as materialized (
      select id from rooms where id = any (${roomIds}::bigint[]) for no key update skip locked
    )
    select r.id from rooms r
    where r.id = any (${roomIds}::bigint[]) and not exists (select 1 from free where free.id = r.id)`;
  return rows.map(({ id }) => id);
}
