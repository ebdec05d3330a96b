// Applies the missing migrations, and says which one failed and why.
import { DrizzleQueryError } from "drizzle-orm";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { programFile } from "../lib/program.ts";
import { StartupError } from "../lib/startup-error.ts";
import type { SqlClient } from "./connect.ts";
import journal from "./migrations/meta/_journal.json";

const MIGRATIONS = programFile("src/db/migrations");

/** What PostgreSQL says of something that a migration makes and that is there already: schema, table, function, column, …. */
const THERE_ALREADY = ["42P06", "42P07", "42723", "42701", "42710"];

/**
 * In one transaction: on a failure the database stays as it was. Throws a StartupError that names the migration and the reason
 * when PostgreSQL refuses one of its statements. Call it under the migration lock.
 */
export async function migrateSchema(sql: SqlClient): Promise<void> {
  try {
    await migrate(drizzle(sql), { migrationsFolder: MIGRATIONS });
  } catch (error) {
    const cause = error instanceof DrizzleQueryError ? error.cause : undefined;
    const name = error instanceof DrizzleQueryError ? migrationOf(error.query) : undefined;
    if (!name || !(cause instanceof postgres.PostgresError)) throw error;
    const advice = THERE_ALREADY.includes(cause.code)
      ? " Something of a newer version is in this database, as after a restore into one that was in use: restore into an empty database, as docs/operations.md says."
      : "";
    throw new StartupError(
      `The database can't be brought up to date: migration ${name} failed (${cause.message}, ${cause.code}). Nothing was changed.${advice}`,
      { cause: error },
    );
  }
}

/** The name of the migration that the statement is of. */
function migrationOf(statement: string): string | undefined {
  const migration = readMigrationFiles({ migrationsFolder: MIGRATIONS }).find(({ sql }) => sql.includes(statement));
  return journal.entries.find(({ when }) => when === migration?.folderMillis)?.tag;
}
