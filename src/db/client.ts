// Opens a server's connections: the pool that everything shares, and the write path's own. Called by app.ts and the tests.
import { drizzle } from "drizzle-orm/postgres-js";
import type { Logger } from "../lib/log.ts";
import { type Connecting, connect, type DatabaseTarget, type SqlClient } from "./connect.ts";
import { retryLocked } from "./retry.ts";
import * as schema from "./schema.ts";
import type { Database } from "./types.ts";
import { Watch } from "./watch.ts";

export type { DatabaseTarget, SqlClient } from "./connect.ts";
export { prepareDatabase } from "./prepare.ts";
export type { Database, Transaction } from "./types.ts";

// For reads and what is no event of a room; the write path has a connection of its own. PostgreSQL allows 100 by default.
const POOL = 9;
// Reads need no locks: whatever transactions wait for, there are connections left for them.
const MAX_TRANSACTIONS = 6;

// How long (ms) a lock that somebody else holds is waited for, everywhere: enough for any transaction of a healthy server.
// Whoever needs it for longer holds up nobody but those who want the same row.
export const LOCK_TIMEOUT_MS = 250;
// A statement or an idle transaction of the pool that takes this long is stuck.
const STUCK_MS = 10_000;

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
