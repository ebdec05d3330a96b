// `bun run db:restored`: to be run after a backup was restored by hand, before the server is started (backup/history.ts says why).
import { beginHistory } from "./backup/history.ts";
import { readConfig } from "./config.ts";
import { openDatabase, prepareDatabase } from "./db/client.ts";
import { openStorage } from "./db/storage.ts";
import { StartupError } from "./lib/startup-error.ts";

async function main() {
  const storage = await openStorage(readConfig(process.env));
  try {
    await prepareDatabase(storage.target);
    const { sql } = openDatabase(storage.target);
    const ended = await beginHistory(sql);
    await sql.end({ timeout: 1 });
    console.log(`The restored database has a new epoch. Sessions ended: ${ended}; everyone must log in again.`);
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
