// Makes a database ready for this version: checks that it can be used, applies the missing migrations and creates the missing SQL
// functions. Every obstacle is reported in one sentence.
import { errorCode } from "../lib/error-code.ts";
import { StartupError } from "../lib/startup-error.ts";
import { backfillNames } from "./backfill-names.ts";
import { lastMigration, NEWEST, recordOldestCompatible } from "./compatibility.ts";
import {
  connect,
  type DatabaseTarget,
  LOCK_TIMEOUT_MS,
  REQUIRED_SETTINGS,
  type SqlClient,
  STUCK_MS,
} from "./connect.ts";
import { readFunctionState, updateFunctions } from "./functions.ts";
import { toStartupError } from "./start-errors.ts";

// Any constant will do, as long as every process that migrates this schema uses the same one.
const MIGRATION_LOCK = 7_214_021_558_307;
// Migrations may take long, and wait for the locks of a server that is still running.
const SETTINGS = { statement_timeout: "0", lock_timeout: "0" };
/** Bounds of the sessions that serve, in milliseconds, without which one that is stuck would stop the others. */
const BOUNDS: Record<string, number> = {
  lock_timeout: LOCK_TIMEOUT_MS,
  idle_in_transaction_session_timeout: STUCK_MS,
};

/** Prepares the database over a connection of its own (see prepareOver). Throws a StartupError. */
export async function prepareDatabase(
  target: DatabaseTarget,
  print: (sentence: string) => void = () => {},
): Promise<void> {
  const sql = openStartConnection(target);
  try {
    await prepareOver(sql, target, print);
  } catch (error) {
    throw toStartupError(error);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/**
 * Checks that the database can be used and brings it up to date, under an advisory lock, so that processes that start at the same
 * time wait for each other; `print` tells the operator so. Throws a StartupError, or what PostgreSQL or the network throws.
 */
export async function prepareOver(sql: SqlClient, target: DatabaseTarget, print: (sentence: string) => void) {
  await requireSupported(sql);
  if (typeof target === "string") {
    await requireOwnSession(sql, target);
    // A pooler may have kept them back.
    for (const [name, value] of Object.entries(SETTINGS)) await sql`select set_config(${name}, ${value}, false)`;
  }
  const isCurrent = await isUpToDate(sql);
  if (!isCurrent) {
    await lockMigrations(sql, print);
    // Loaded when needed, which is seldom: at the first start of a version.
    if (((await lastMigration(sql)) ?? 0) < NEWEST) await (await import("./migrate.ts")).migrateSchema(sql);
    await updateFunctions(sql, await readFunctionState(sql));
    await recordOldestCompatible(sql);
  }
  await backfillNames(sql);
  if (!isCurrent) await sql`select pg_advisory_unlock(${MIGRATION_LOCK})`;
}

/**
 * One connection for what comes before a server's own connections; `nodeId` names the server in its `application_name`. A
 * DATABASE_URL that can't be parsed is reported without being repeated, since it holds a password.
 */
export function openStartConnection(target: DatabaseTarget, nodeId = ""): SqlClient {
  try {
    return connect(target, { max: 1, name: `realtime-chat start ${nodeId}`.trim(), settings: SETTINGS });
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(
      "DATABASE_URL is not valid: expected an address such as postgres://user:password@host:5432/name, with special characters percent-encoded.",
    );
  }
}

/** Refuses a server or database of the wrong kind, and a pooler that withholds the settings of a session. */
async function requireSupported(sql: SqlClient) {
  const [server] = await sql<
    { version: number; encoding: string; standby: boolean; read_only: boolean; held: (string | null)[] }[]
  >`
    select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
      pg_is_in_recovery() as standby, current_setting('transaction_read_only')::boolean as read_only,
      (select array_agg(current_setting(n.name, true) order by n.i)
        from unnest(${Object.keys(REQUIRED_SETTINGS)}::text[]) with ordinality n (name, i)) as held`;
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
  const kept = Object.entries(REQUIRED_SETTINGS).find(([, value], i) => held[i] !== value);
  if (kept) {
    throw new StartupError(
      `A pooler in front of the database keeps back the server's settings, so ${kept[0]} is not "${kept[1]}": let the start-up parameter "options" through, or set it with "alter role … set ${kept[0]} = '${kept[1]}'".`,
    );
  }
}

/**
 * Refuses a pooler in transaction mode, which runs each transaction in another session: what the write path keeps in its session would be
 * lost, and locks would stay behind. Such a pooler shows a setting of one connection to another one.
 */
async function requireOwnSession(sql: SqlClient, target: DatabaseTarget) {
  const mark = crypto.randomUUID();
  const bounds = Object.fromEntries(Object.entries(BOUNDS).map(([name, ms]) => [name, String(ms)]));
  const other = connect(target, { max: 1, name: "realtime-chat start", settings: bounds });
  try {
    await sql`select set_config('chat.start', ${mark}, false)`;
    const isShared = await other
      .begin(async (tx) => {
        const [seen] = await tx<{ mark: string | null }[]>`select current_setting('chat.start', true) as mark`;
        if (seen!.mark === mark) return true;
        const [own] = await sql<{ mark: string | null }[]>`select current_setting('chat.start', true) as mark`;
        return own!.mark !== mark;
      })
      .catch(async (error) => {
        // In statement mode a pooler answers a transaction by closing the connection, and goes on with the other one.
        if (errorCode(error) !== "CONNECTION_CLOSED") throw error;
        await sql`select 1`;
        throw new StartupError(
          "The database allows no transactions; a pooler in front of it is probably in statement mode: set it to session mode (pool_mode = session), or name PostgreSQL itself in DATABASE_URL.",
        );
      });
    if (isShared) {
      throw new StartupError(
        "The pooler in front of the database is in transaction mode, in which sessions are shared: set it to session mode (pool_mode = session), or name PostgreSQL itself in DATABASE_URL.",
      );
    }
    await requireBounds(other);
  } finally {
    await other.end({ timeout: 1 });
  }
}

/** PgBouncer passes on some settings of a session alone, and none of these. */
async function requireBounds(sql: SqlClient) {
  const rows = await sql<{ name: string; ms: number }[]>`
    select name, setting::int as ms from pg_settings where name = any (${Object.keys(BOUNDS)}::text[])`;
  const isMissing = rows.some(({ name, ms }) => ms === 0 || ms > BOUNDS[name]!);
  if (!isMissing) return;
  const statements = Object.entries(BOUNDS).map(([name, ms]) => `alter role … set ${name} = '${ms}ms'`);
  throw new StartupError(
    `A pooler in front of the database keeps back the server's settings, without which a single lock could stop it: set them in the database ("${statements.join('", "')}"), or name PostgreSQL itself in DATABASE_URL.`,
  );
}

async function isUpToDate(sql: SqlClient): Promise<boolean> {
  const [last, { missing, retired }] = await Promise.all([lastMigration(sql), readFunctionState(sql)]);
  return (last ?? 0) >= NEWEST && missing.length === 0 && retired.length === 0;
}

/** Takes the migration lock, for the session. */
async function lockMigrations(sql: SqlClient, print: (sentence: string) => void) {
  const [lock] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${MIGRATION_LOCK}) as taken`;
  if (lock!.taken) return;
  const [holder] = await sql<{ pid: number }[]>`
    select pid from pg_locks
    where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
      and classid = (${MIGRATION_LOCK}::bigint >> 32)::int::oid and objid = (${MIGRATION_LOCK}::bigint & 4294967295)::oid`;
  print(
    holder
      ? `Waiting for another server that is migrating the database. If none is, its lock was left behind: end it with "select pg_terminate_backend(${holder.pid})".`
      : "Waiting for another server that is migrating the database.",
  );
  await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
}
