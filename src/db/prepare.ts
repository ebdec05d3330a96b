// What comes before the first query: is the database one that this version can use, and is its schema up to date? Whatever is in the
// way is said in one sentence.

import { errorCode } from "../lib/error-code.ts";
import { StartupError } from "../lib/startup-error.ts";
import { backfillNames } from "./backfill-names.ts";
import { connect, type DatabaseTarget, RELIED_ON, type SqlClient } from "./connect.ts";
import { readFunctionState, updateFunctions } from "./functions.ts";
import { migrateSchema } from "./migrate.ts";
import journal from "./migrations/meta/_journal.json";

const NEWEST = Math.max(...journal.entries.map(({ when }) => when));
// Any constant will do, as long as every process that migrates this schema uses the same one.
const MIGRATION_LOCK = 7_214_021_558_307;
const START = { max: 1, name: "realtime-chat start", settings: { statement_timeout: "0", lock_timeout: "0" } };

/**
 * Checks that the database is one this version can use and applies the missing migrations, under an advisory lock, so
 * that processes which start at once wait for each other; `say` tells the operator so. Throws a StartupError in plain words.
 */
export async function prepareDatabase(
  target: DatabaseTarget,
  say: (sentence: string) => void = () => {},
): Promise<void> {
  const sql = openSafely(target);
  try {
    await refuseUnfit(sql);
    if (typeof target === "string") await refuseSharedSessions(sql, target);
    if (!(await isUpToDate(sql))) {
      await lockMigrations(sql, say);
      if ((await lastMigration(sql)) !== NEWEST) await migrateSchema(sql);
      await updateFunctions(sql, await readFunctionState(sql));
    }
    await backfillNames(sql);
  } catch (error) {
    throw databaseRefusal(error);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** One connection; an address that can't be read is reported without being repeated, for it holds a password. */
function openSafely(target: DatabaseTarget): SqlClient {
  try {
    return connect(target, START);
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(
      "DATABASE_URL is not valid: expected an address such as postgres://user:password@host:5432/name, with special characters percent-encoded.",
    );
  }
}

/** What no setting of ours can mend, and what a pooler has kept from being set. */
async function refuseUnfit(sql: SqlClient) {
  const [server] = await sql<
    { version: number; encoding: string; standby: boolean; read_only: boolean; held: (string | null)[] }[]
  >`
    select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
      pg_is_in_recovery() as standby, current_setting('transaction_read_only')::boolean as read_only,
      (select array_agg(current_setting(n.name, true) order by n.i)
        from unnest(${Object.keys(RELIED_ON)}::text[]) with ordinality n (name, i)) as held`;
  const { version, encoding, standby, read_only, held } = server!;
  if (version < 150000) {
    throw new StartupError(`PostgreSQL 15 or later is needed; this one is ${Math.floor(version / 10000)}.`);
  }
  if (encoding !== "UTF8") {
    throw new StartupError(
      `The database's encoding is ${encoding}, which can't hold every character: make one with "create database chat encoding 'UTF8' template template0" and name it in DATABASE_URL.`,
    );
  }
  if (standby) {
    throw new StartupError("The database is a standby, which takes no writes: name the primary in DATABASE_URL.");
  }
  if (read_only) {
    throw new StartupError(
      "The database takes no writes: default_transaction_read_only is on, for the server, the database or the role; reset it there.",
    );
  }
  const kept = Object.entries(RELIED_ON).find(([, value], i) => held[i] !== value);
  if (kept) {
    throw new StartupError(
      `A pooler in front of the database keeps back the server's settings, so ${kept[0]} is not "${kept[1]}": let the start-up parameter "options" through, or set it with "alter role … set ${kept[0]} = '${kept[1]}'".`,
    );
  }
}

/**
 * A pooler that gives each transaction another session loses what the write path keeps in its session, and locks stay behind. It hands
 * on what one connection has set to the next one.
 */
async function refuseSharedSessions(sql: SqlClient, target: DatabaseTarget) {
  const mark = crypto.randomUUID();
  const other = connect(target, START);
  try {
    await sql`select set_config('chat.start', ${mark}, false)`;
    const isShared = await other.begin(async (tx) => {
      const [seen] = await tx<{ mark: string | null }[]>`select current_setting('chat.start', true) as mark`;
      if (seen!.mark === mark) return true;
      const [own] = await sql<{ mark: string | null }[]>`select current_setting('chat.start', true) as mark`;
      return own!.mark !== mark;
    });
    if (isShared) {
      throw new StartupError(
        "The pooler in front of the database is in transaction mode, in which sessions are shared: set it to session mode (pool_mode = session), or name PostgreSQL itself in DATABASE_URL.",
      );
    }
  } finally {
    await other.end({ timeout: 1 });
  }
}

async function isUpToDate(sql: SqlClient): Promise<boolean> {
  const [last, { missing, retired }] = await Promise.all([lastMigration(sql), readFunctionState(sql)]);
  return last === NEWEST && missing.length === 0 && retired.length === 0;
}

/** When the newest migration that was applied was made; null before the first. Throws for one that is newer than this version. */
async function lastMigration(sql: SqlClient): Promise<number | null> {
  const [exists] =
    await sql`select 1 from pg_tables where schemaname = 'drizzle' and tablename = '__drizzle_migrations'`;
  if (!exists) return null;
  const [applied] = await sql<
    { last: number | null }[]
  >`select max(created_at) as last from drizzle.__drizzle_migrations`;
  const last = applied?.last ?? null;
  if ((last ?? 0) > NEWEST) {
    throw new StartupError(
      "The database was last used by a newer version of this server; start that version, or restore a backup.",
    );
  }
  return last;
}

/** Until the connection ends. */
async function lockMigrations(sql: SqlClient, say: (sentence: string) => void) {
  const [lock] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${MIGRATION_LOCK}) as taken`;
  if (lock!.taken) return;
  const [holder] = await sql<{ pid: number }[]>`
    select pid from pg_locks
    where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
      and classid = (${MIGRATION_LOCK}::bigint >> 32)::int::oid and objid = (${MIGRATION_LOCK}::bigint & 4294967295)::oid`;
  say(
    holder
      ? `Waiting for another server that is migrating the database. If none is, its lock was left behind: end it with "select pg_terminate_backend(${holder.pid})".`
      : "Waiting for another server that is migrating the database.",
  );
  await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
}

/** What the operator is told of an error of the database's at the start; an error of another kind is passed on. */
export function databaseRefusal(error: unknown): unknown {
  if (error instanceof StartupError) return error;
  const isOurs = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return isOurs ? error : new StartupError(`The database can't be used: ${reason(error)}.`, { cause: error });
}

/** Why a connection failed, in words that hold no address and no password. */
function reason(error: unknown): string {
  const code = errorCode(error);
  const { message } = error as Error;
  if (code === "28P01" || code === "28000")
    return "it refused the user name or password in DATABASE_URL (special characters in them must be percent-encoded)";
  if (code === "3D000") return "the database named in DATABASE_URL does not exist";
  if (code === "42501")
    return "its role may not do what this version needs; the first start of a new version needs one that may create tables, and every other one all rights on its tables and sequences";
  if (code === "25006") return "it takes no writes";
  if (code === "08P01" && message.includes("parameter"))
    return 'a pooler in front of it refuses the start-up parameter "options"; let it through, with PgBouncer by ignore_startup_parameters = options';
  if (code === "ECONNREFUSED" || code === "CONNECTION_REFUSED") return "nothing listens at the address in DATABASE_URL";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the host named in DATABASE_URL is not known";
  if (code === "CONNECT_TIMEOUT" || code === "ETIMEDOUT") return "the host named in DATABASE_URL does not answer";
  if (code && /CERT|SSL|TLS|SELF_SIGNED|ISSUER/.test(code))
    return `its certificate is not accepted (${code}); see sslmode and sslrootcert in DATABASE_URL`;
  return code ? `it answered with the error ${code}` : "it can't be reached";
}
