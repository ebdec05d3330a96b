// What is done for reports from time to time: those that were closed long enough ago go, and those that are open are counted.
import type { SqlClient } from "../../db/client.ts";
import { REPORT_DAYS } from "../../protocol/limits.ts";

// More wait for the next time.
const ROWS = 1_000;

/** Returns how many are open. What only a group's admins have closed counts as closed here: moderators had as long to look at it. */
export async function sweepReports(sql: SqlClient): Promise<number> {
  await sql`
    delete from reports where id in (
      select id from reports where coalesce(closed_at, group_closed_at) < now() - ${REPORT_DAYS} * interval '1 day'
      limit ${ROWS} for update skip locked)`;
  const [open] = await sql<{ count: number }[]>`select count(*)::int as count from reports where status = 'open'`;
  return open!.count;
}
