// `bun run db:restored`: to be run after a backup was restored, before the server is started. A restored backup can't be distinguished
// from the database that it was taken of, so the operator states it: clients then reload their rooms, and sessions that ended since
// the backup are not valid again.
import { readConfig } from "./config.ts";
import { openDatabase, prepareDatabase } from "./db/client.ts";
import { openStorage } from "./db/storage.ts";
import { StartupError } from "./lib/startup-error.ts";
import { drawEpoch } from "./timeline/epoch.ts";

async function main() {
  const storage = await openStorage(readConfig(process.env));
  try {
    await prepareDatabase(storage.target);
    const { sql } = openDatabase(storage.target);
    const [before] = await sql<{ epoch: string }[]>`select epoch from epoch`;
    await drawEpoch(sql, before?.epoch ?? null);
    const { count } = await sql`delete from tokens`;
    // A server that runs all the same looks at what it has when it connects again.
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
        and application_name like 'realtime-chat%'`;
    await sql.end({ timeout: 1 });
    console.log(`The restored database has a new epoch. Sessions ended: ${count}; everyone must log in again.`);
  } finally {
    await storage.embedded?.stop();
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error instanceof StartupError ? error.message : error);
    process.exit(1);
  },
);
