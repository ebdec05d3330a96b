// Finds the files that nobody needs any more, and those that a process has left half done.
import type { SqlClient } from "../db/client.ts";
import { UNUSED_FILE_HOURS } from "../protocol/limits.ts";
import type { FileRecord } from "./records.ts";

const BITE = 500;
/** Of files that are used, looked through at a time. */
const STRETCH = 5_000;
/** Longer than processing a file takes; a check that did not respond is asked again after as long. */
export const STALE_SECONDS = 120;
/** Of a process that has died: longer than what one that lives takes between two steps that it records. Processing a file twice does no harm. */
export const ABANDONED_SECONDS = 5;

/** Marks as deleted what was never completed, never used, or refused. */
export async function markUnused(sql: SqlClient): Promise<void> {
  await sql`
    update files set state = 'deleted', touched_at = clock_timestamp()
    where id in (
      select id from files
      where (state in ('uploading', 'refused') or state = 'ready' and used_at is null)
        and touched_at < now() - ${UNUSED_FILE_HOURS} * interval '1 hour'
      limit ${BITE} for no key update skip locked)`;
}

/**
 * Files of which all is there and that nobody has worked on for so many seconds, claimed for this server: they are in the state `checking`,
 * or their process ended before it came to that.
 */
export const claimUnsettled = (sql: SqlClient, seconds: number): Promise<FileRecord[]> => sql<FileRecord[]>`
  update files set state = 'checking', touched_at = clock_timestamp()
  where id in (
    select id from files
    where (state = 'checking' or state = 'uploading' and received = size)
      and touched_at < now() - ${seconds} * interval '1 second'
    order by touched_at limit ${BITE} for no key update skip locked)
  returning *`;

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
