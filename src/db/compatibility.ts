// Which versions may run on a database at the same time, so that servers are replaced one after the other: a release only adds to the
// schema, and drops what nobody uses any more when no server that uses it may start. Called by prepare.ts.
import { StartupError } from "../lib/startup-error.ts";
import type { SqlClient } from "./connect.ts";
import journal from "./migrations/meta/_journal.json";

/**
 * The newest migration of the oldest version that may run beside this one. It is raised by the release that drops or changes what that
 * version uses: a column, a table, a function (RETIRED in functions.ts).
 */
const OLDEST_COMPATIBLE = "0014_compatibility";

/** When the newest migration of this version was generated, in milliseconds since 1970. */
export const NEWEST = Math.max(...journal.entries.map(({ when }) => when));

/**
 * When the newest migration that is applied was generated; null before the first. Throws a StartupError when a newer version has
 * migrated the database that does not allow this one beside it.
 */
export async function lastMigration(sql: SqlClient): Promise<number | null> {
  const [tables] = await sql<{ migrations: boolean; compatibility: boolean }[]>`
    select to_regclass('drizzle.__drizzle_migrations') is not null as migrations,
      to_regclass('compatibility') is not null as compatibility`;
  if (!tables!.migrations) return null;
  const [applied] = await sql<{ last: number | null }[]>`
    select max(created_at) as last from drizzle.__drizzle_migrations`;
  const last = applied?.last ?? null;
  if (last === null || last <= NEWEST) return last;
  const [oldest] = tables!.compatibility
    ? await sql<{ migration: number }[]>`select oldest_migration as migration from compatibility`
    : [];
  if (!oldest || oldest.migration > NEWEST) {
    throw new StartupError(
      "The database was last used by a newer version of this server, beside which this version can't run; start that version, or restore a backup.",
    );
  }
  return last;
}

/** Has versions refuse to start that can't run beside this one. Call it under the migration lock. */
export async function recordOldestCompatible(sql: SqlClient): Promise<void> {
  const { when } = journal.entries.find(({ tag }) => tag === OLDEST_COMPATIBLE)!;
  await sql`
    insert into compatibility (oldest_migration) values (${when})
    on conflict (id) do update set oldest_migration = greatest(compatibility.oldest_migration, excluded.oldest_migration)`;
}
