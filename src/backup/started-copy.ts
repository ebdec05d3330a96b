// The PostgreSQL of a copied data directory, started to look at it or to change it, and stopped again with everything on disk.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import type { DatabaseTarget } from "../db/client.ts";
import { startEmbedded } from "../db/embedded/postgres.ts";
import { DATABASE } from "../db/storage.ts";
import type { Cleanups } from "./run-command.ts";

/** What starting it leaves in the directory. */
const TRACES = /^(run|postgres\.log|postgresql-.*)$/;

export async function withStartedCopy<T>(
  dir: string,
  cleanups: Cleanups,
  work: (sql: postgres.Sql, target: Exclude<DatabaseTarget, string>) => Promise<T>,
): Promise<T> {
  const embedded = await startEmbedded(dir);
  const stop = () => embedded.stop();
  cleanups.push(stop);
  const target = embedded.target(DATABASE);
  const { socket, ...login } = target;
  const sql = postgres({ ...login, path: socket, max: 1, onnotice: () => {} });
  try {
    return await work(sql, target);
  } finally {
    await sql.end({ timeout: 1 });
    await stop();
    cleanups.splice(cleanups.indexOf(stop), 1);
    for (const name of await readdir(dir))
      if (TRACES.test(name)) await rm(join(dir, name), { recursive: true, force: true });
  }
}
