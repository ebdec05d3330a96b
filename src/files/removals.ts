// Whether the bytes of deleted files may be removed: a backup that is being made keeps them until it has copied all that its copy of the
// database still names.
import type postgres from "postgres";
import type { SqlClient } from "../db/client.ts";

// Any constant will do, as long as every process on this database uses the same one. It fits the lower half of an advisory lock's key.
const LOCK = 1_402_667_531;

/** Keeps deleted files until this session ends or lets go of the lock. */
export const holdRemovals = (sql: postgres.ReservedSql) => sql`select pg_advisory_lock(${LOCK})`;

/** In a condition: whether nobody keeps them. */
export const mayRemove = (sql: SqlClient) => sql`not exists (
  select from pg_locks where locktype = 'advisory' and classid = 0 and objid = ${LOCK}
    and database = (select oid from pg_database where datname = current_database()))`;
