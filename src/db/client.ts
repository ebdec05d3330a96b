// Opens the one pool that everything shares, and brings the schema up to date. Called by main.ts and the tests.
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import { StartupError } from "../config.ts";
import { databaseErrorCode } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import { backfillNames } from "./backfill-names.ts";
import { type Connecting, connect, type DatabaseTarget, type SqlClient } from "./connect.ts";
import { migrateSchema } from "./migrate.ts";
import journal from "./migrations/meta/_journal.json";
import { retryLocked } from "./retry.ts";
import * as schema from "./schema.ts";
import { Watch } from "./watch.ts";

export type { DatabaseTarget, SqlClient } from "./connect.ts";

export type Database = PostgresJsDatabase<typeof schema>;
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];
// For reads and what is no event of a room; the write path has a connection of its own. PostgreSQL allows 100 by default.
const POOL = 9;
// Reads need no locks: whatever transactions wait for, there are connections left for them.
const MAX_TRANSACTIONS = 6;

// How long (ms) a lock that somebody else holds is waited for, everywhere: enough for any transaction of a healthy server.
// Whoever needs it for longer holds up nobody but those who want the same row.
export const LOCK_TIMEOUT_MS = 250;
// A statement or an idle transaction of the pool that takes this long is stuck.
const STUCK_MS = 10_000;

// Any constant will do, as long as every process that migrates this schema uses the same one.
const MIGRATION_LOCK = 7_214_021_558_307;

/** The connections of one server. Nothing is connected before the first query. */
export interface Connections {
  sql: SqlClient;
  db: Database;
  writer: Writer;
  /** Lets go of all of them. */
  end(): Promise<void>;
}

/** The write path's own connection. */
export interface Writer {
  sql: SqlClient;
  db: Database;
  /** What PostgreSQL knows its sessions by, the present one and any that outlived it. */
  name: string;
}

export interface ConnectionsParts {
  /** The server's own id, by which its sessions are told from those of others. */
  nodeId: string;
  log: Logger;
  lockTimeoutMs?: number | undefined;
  /** Called whenever a session has ended: the next one may be on another database. */
  onClose(): void;
  /** How long an answer may take before the connection is suspected. */
  silenceMs: number;
}

/** A server's connections, and the watch over them. */
export function openConnections(
  target: DatabaseTarget,
  { nodeId, log, lockTimeoutMs, onClose, silenceMs }: ConnectionsParts,
): Connections {
  const [name, writerName] = [`realtime-chat ${nodeId}`, `realtime-chat writer ${nodeId}`];
  const watch = new Watch({ target, names: [name, writerName], log, silenceMs });
  const more = { lockTimeoutMs, onClose, watch: watch.connections };
  const { sql, db } = openDatabase(target, { name, ...more });
  const writer = openWriter(target, { name: writerName, ...more });
  return {
    sql,
    db,
    writer,
    async end() {
      await Promise.all([sql.end({ timeout: 2 }), writer.sql.end({ timeout: 2 })]);
      watch.close();
    },
  };
}

interface SessionOptions extends Pick<Connecting, "onClose" | "watch"> {
  name?: string;
  lockTimeoutMs?: number | undefined;
}

/** The pool and its typed face. A lock that is not to be had, and a statement that does not end, give their connection back. */
export function openDatabase(
  target: DatabaseTarget,
  { name = "realtime-chat", lockTimeoutMs = LOCK_TIMEOUT_MS, ...more }: SessionOptions = {},
): { sql: SqlClient; db: Database } {
  const settings = {
    lock_timeout: String(lockTimeoutMs),
    statement_timeout: String(STUCK_MS),
    idle_in_transaction_session_timeout: String(STUCK_MS),
  };
  const sql = connect(target, { max: POOL, name, settings, ...more });
  const db = drizzle(sql, { schema });
  retryLocked(db, MAX_TRANSACTIONS);
  return { sql, db };
}

/** The write path's connection. Its statements are waited for as long as it takes: whether a batch was stored must be known. */
export function openWriter(
  target: DatabaseTarget,
  {
    name = `realtime-chat writer ${crypto.randomUUID()}`,
    lockTimeoutMs = LOCK_TIMEOUT_MS,
    ...more
  }: SessionOptions = {},
): Writer {
  const settings = {
    lock_timeout: String(lockTimeoutMs),
    statement_timeout: "0",
    idle_in_transaction_session_timeout: String(STUCK_MS),
  };
  const sql = connect(target, { max: 1, name, settings, ...more });
  return { sql, db: drizzle(sql, { schema }), name };
}

/**
 * Checks that the database is one this version can use and applies the missing migrations, under an advisory lock, so
 * that processes which start at once wait for each other. Throws a StartupError in plain words.
 */
export async function prepareDatabase(target: DatabaseTarget): Promise<void> {
  const sql = openSafely(target);
  try {
    const [server] = await sql<{ version: number }[]>`select current_setting('server_version_num')::int as version`;
    if (server!.version < 150000) {
      throw new StartupError(`PostgreSQL 15 or later is needed; this one is ${Math.floor(server!.version / 10000)}.`);
    }
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await refuseNewerSchema(sql);
    await migrateSchema(sql);
    await backfillNames(sql);
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`The database can't be used: ${reason(error)}.`, { cause: error });
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** One connection; an address that can't be read is reported without being repeated, for it holds a password. */
function openSafely(target: DatabaseTarget): SqlClient {
  try {
    return connect(target, {
      max: 1,
      name: "realtime-chat start",
      settings: { statement_timeout: "0", lock_timeout: "0" },
    });
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(
      "DATABASE_URL is not valid: expected an address such as postgres://user:password@host:5432/name, with special characters percent-encoded.",
    );
  }
}

async function refuseNewerSchema(sql: SqlClient): Promise<void> {
  const [exists] =
    await sql`select 1 from pg_tables where schemaname = 'drizzle' and tablename = '__drizzle_migrations'`;
  if (!exists) return;
  const [applied] = await sql<
    { last: number | null }[]
  >`select max(created_at) as last from drizzle.__drizzle_migrations`;
  if ((applied?.last ?? 0) > Math.max(...journal.entries.map((entry) => entry.when))) {
    throw new StartupError(
      "The database was last used by a newer version of this server; start that version, or restore a backup.",
    );
  }
}

/** Why a connection failed, in words that hold no address and no password. */
function reason(error: unknown): string {
  const code = databaseErrorCode(error);
  if (code === "28P01" || code === "28000") return "it refused the user name or password in DATABASE_URL";
  if (code === "3D000") return "the database named in DATABASE_URL does not exist";
  if (code === "42501") return "its user may not create tables there";
  if (code === "ECONNREFUSED" || code === "CONNECTION_REFUSED") return "nothing listens at the address in DATABASE_URL";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the host named in DATABASE_URL is not known";
  if (code === "CONNECT_TIMEOUT" || code === "ETIMEDOUT") return "the host named in DATABASE_URL does not answer";
  return code ? `it answered with the error ${code}` : "it can't be reached";
}
