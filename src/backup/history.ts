// Telling everybody that the database was restored. A restored backup can't be distinguished from the database that it was taken of, so
// the operator states it: clients then reload their rooms, and sessions that ended since the backup are not valid again.

import type { SqlClient } from "../db/client.ts";
import { drawEpoch } from "../timeline/epoch.ts";

/** Gives a restored database a new epoch, and ends all sessions and the links of mails; returns how many sessions there were. */
export async function beginHistory(sql: SqlClient): Promise<number> {
  const [before] = await sql<{ epoch: string }[]>`select epoch from epoch`;
  await drawEpoch(sql, before?.epoch ?? null);
  const { count } = await sql`delete from tokens`;
  // What was used up, or taken back, since the backup is not good again.
  await sql`delete from mail_tokens`;
  await sql`delete from sign_ons`;
  // A server that runs all the same looks at what it has when it connects again.
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
      and application_name like 'realtime-chat%'`;
  return count;
}
