// The files of a copy whose database stands at one moment and whose bytes were copied around it.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type postgres from "postgres";
import { hasFiles } from "./check.ts";

/**
 * Ends the uploads that were under way, whose bytes may have been put together meanwhile, and removes what no row names: their clients
 * begin again. `filesDir` is null where files are kept elsewhere.
 */
export async function dropUnfinished(sql: postgres.Sql, filesDir: string | null): Promise<void> {
  if (!(await hasFiles(sql))) return;
  await sql`
    update files set state = 'deleted', touched_at = clock_timestamp() where state in ('uploading', 'checking')`;
  if (filesDir === null) return;
  for (const folder of await readdir(filesDir).catch(() => [])) {
    const keys = await readdir(join(filesDir, folder)).catch(() => []);
    const known = await sql<{ key: string }[]>`select key from files where key = any (${keys}) and state <> 'deleted'`;
    const named = new Set(known.map(({ key }) => key));
    for (const key of keys)
      if (!named.has(key)) await rm(join(filesDir, folder, key), { recursive: true, force: true });
  }
}
