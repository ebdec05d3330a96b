// Reaching the embedded PostgreSQL of another process, which goes on owning it.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { readLock } from "./locks.ts";
import { embeddedTarget } from "./postgres.ts";

/** The running PostgreSQL of a data directory, as superuser; null when none is ready there. */
export async function runningTarget(dataDir: string, database: string) {
  const clusterDir = join(dataDir, "postgres");
  const lines = readLock(join(clusterDir, "postmaster.pid"), clusterDir);
  if (lines?.[7]?.trim() !== "ready") return null;
  return embeddedTarget(lines[4]!, await readFile(join(dataDir, "postgres-password"), "utf8"), database);
}

/** A connection to it; null when none is ready there. Throws when it can't be used. */
export async function connectRunning(dataDir: string, database: string): Promise<postgres.Sql | null> {
  const target = await runningTarget(dataDir, database);
  if (!target) return null;
  const { socket, ...login } = target;
  const sql = postgres({ ...login, path: socket, max: 2, fetch_types: false, onnotice: () => {} });
  await sql`select 1`;
  return sql;
}
