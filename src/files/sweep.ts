// Finds the files that nobody needs any more, and those that a process has left half done.
import type { SqlClient } from "../db/client.ts";
import { UNUSED_FILE_HOURS } from "../protocol/limits.ts";
import type { FileRecord } from "./records.ts";

const BITE = 500;
/** Of files that are used, looked through at a time. */
const STRETCH = 5_000;
/** Longer than working a file off takes; a check that did not respond is asked again after as long. */
const STALE = "2 minutes";

/**
 * Marks as deleted what was never completed or never used, what was refused. Returns files in
 * the state `checking` that nobody seems to work on, claimed for this server.
 */
export async function sweepFiles(sql: SqlClient): Promise<FileRecord[]> {
  await sql`
    update files set state = 'deleted', touched_at = clock_timestamp()
    where id in (
      select id from files
      where (state in ('uploading', 'refused') or state = 'ready' and used_at is null)
        and touched_at < now() - ${UNUSED_FILE_HOURS} * interval '1 hour'
      limit ${BITE} for no key update skip locked)`;
  return sql<FileRecord[]>`
    update files set touched_at = clock_timestamp()
    where id in (
      select id from files where state = 'checking' and touched_at < now() - ${STALE}::interval
      order by touched_at limit ${BITE} for no key update skip locked)
    returning *`;
}

/**
 * Two messages with the same file that are deleted at once each see the other one's use, and neither takes the file. Such files are
 * looked for in stretches, since they are rare: those after the id `after`. Returns the id after which to go on; 0 is the beginning.
 */
export async function markUnreferenced(sql: SqlClient, after: number): Promise<number> {
  const [row] = await sql<{ last: number | null }[]>`
    with stretch as (select id, used_at, state from files where id > ${after} order by id limit ${STRETCH}), marked as (
      update files set state = 'deleted', touched_at = clock_timestamp()
      where id in (
        select s.id from stretch s
        where s.state = 'ready' and s.used_at < now() - interval '1 hour'
          and not exists (select 1 from file_uses u where u.file_id = s.id))
    )
    select max(id) as last from stretch`;
  return row?.last ?? 0;
}
