// What tests of deleted accounts look for: everything in the database and among the files, and that a purge has come to its end.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SqlClient } from "../../src/db/client.ts";
import type { TestServer } from "./harness.ts";

/** Every value of every column of every table, as text. */
export async function readDatabase(sql: SqlClient): Promise<{ table: string; column: string; text: string }[]> {
  const tables = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')`;
  const values = [];
  for (const { name } of tables) {
    const rows = await sql
      .unsafe(
        `select j.key, j.value from (select to_jsonb(t) as row from "${name}" t) t cross join lateral jsonb_each_text(t.row) j where j.value is not null`,
      )
      .catch((): never[] => []);
    for (const { key, value } of rows) values.push({ table: name, column: String(key), text: String(value) });
  }
  return values;
}

/** The columns, as `table.column`, that hold the text, without regard to case. */
export async function columnsWith(sql: SqlClient, text: string): Promise<string[]> {
  const found = (await readDatabase(sql)).filter((one) => one.text.toLowerCase().includes(text.toLowerCase()));
  return [...new Set(found.map(({ table, column }) => `${table}.${column}`))].sort();
}

/** The files in a directory that hold these bytes. */
export async function filesWith(directory: string, bytes: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const found = [];
  for (const entry of names) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(bytes)) found.push(path);
  }
  return found;
}

/** As if so many minutes had passed since the deletion: the server has looked through the account for the last time when it resolves. */
export async function purged({ core }: Pick<TestServer, "core">, userId: number, minutes = 11): Promise<void> {
  await core.sql`update users set deleted_at = deleted_at - ${minutes} * interval '1 minute' where id = ${userId}`;
  for (;;) {
    core.purgeAccounts();
    const [row] = await core.sql`select 1 from users where id = ${userId} and purged_at is not null`;
    if (row) return;
    await Bun.sleep(20);
  }
}
