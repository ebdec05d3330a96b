// Finds the files that nobody needs any more, and those that a process has left half done.
import type { SqlClient } from "../db/client.ts";
import { UNUSED_FILE_HOURS } from "../protocol/limits.ts";
import type { FileRecord } from "./records.ts";

const BITE = 500;
/** Longer than working a file off takes; a check that did not respond is asked again after as long. */
const STALE = "2 minutes";

/**
 * Marks as deleted what was never completed or never used, what was refused, and what a message had that is gone. Returns files in
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
