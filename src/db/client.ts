// Opens a server's connections: the shared pool and the one of the write path. Called by app.ts and the tests.
import { drizzle } from "drizzle-orm/postgres-js";
import type { Logger } from "../lib/log.ts";
import {
  type ConnectOptions,
  connect,
  type DatabaseTarget,
  LOCK_TIMEOUT_MS,
  type SqlClient,
  STUCK_MS,
} from "./connect.ts";
import { ConnectionMonitor } from "./connection-monitor.ts";
import { PoolWaits } from "./pool-waits.ts";
import { retryLocked } from "./retry.ts";
import type { Database } from "./types.ts";

export type { DatabaseTarget, SqlClient } from "./connect.ts";
export { prepareDatabase } from "./prepare.ts";
export type { Database, Transaction } from "./types.ts";

// For everything but the write path, which has a connection of its own. PostgreSQL allows 100 by default.
const DEFAULT_POOL = 9;
// Reads take no locks: whatever transactions wait for, connections are left for reads.
const maxTransactions = (pool: number) => Math.floor((pool * 2) / 3);

/** The connections of one server. Nothing is connected before the first query. */
export interface Connections {
  sql: SqlClient;
  db: Database;
  writer: Writer;
  /** A client for the connection that listens to notifications; whoever asks for it closes it. */
  openListening(): SqlClient;
  /** Connections that are open, those of them that wait for an answer, and what waits for a connection of the pool. */
  counts(): { open: number; busy: number; waiting: number };
  /** Closes all of them but that one. */
  end(): Promise<void>;
}

/** The write path's own connection. */
export interface Writer {
  sql: SqlClient;
  db: Database;
  /** The `application_name` of its sessions, of the current one and of orphans. */
  name: string;
}

export interface ConnectionsParts {
  /** Identifies this server's sessions, in their `application_name`. */
  nodeId: string;
  log: Logger;
  lockTimeoutMs?: number | undefined;
  /** Connections of the pool. */
  pool?: number | undefined;
  /** Called whenever a session has ended: the next one may be on another database (a failover, a restore). */
  onClose(): void;
  /** Called with the seconds that something has waited for a connection of the pool. */
  onWait?: ((seconds: number) => void) | undefined;
  /** How long a response may take before the connection is checked, in milliseconds. */
  silenceMs: number;
  /** What is used in the place of each client, such as one that measures its statements. */
  wrap?: ((sql: SqlClient) => SqlClient) | undefined;
}

/** Opens a server's connections and monitors them. */
export function openConnections(
  target: DatabaseTarget,
  { nodeId, log, lockTimeoutMs, pool, onClose, onWait, silenceMs, wrap }: ConnectionsParts,
): Connections {
  const [name, writerName, listenerName] = ["", "writer ", "listener "].map(
    (part) => `realtime-chat ${part}${nodeId}`,
  ) as [string, string, string];
  const monitor = new ConnectionMonitor({ target, names: [name, writerName, listenerName], log, silenceMs });
  const more = { lockTimeoutMs, onClose, wrap, monitored: monitor.connections };
  const waits = new PoolWaits(onWait);
  const { sql, db } = openDatabase(target, { name, pool, waits, ...more });
  const writer = openWriter(target, { name: writerName, ...more });
  return {
    sql,
    db,
    writer,
    openListening: () => connect(target, { max: 1, name: listenerName, monitored: monitor.connections }),
    counts() {
      const all = [...monitor.connections];
      return { open: all.length, busy: all.filter(({ isIdle }) => !isIdle).length, waiting: waits.waiting };
    },
    async end() {
      await Promise.all([sql.end({ timeout: 2 }), writer.sql.end({ timeout: 2 })]);
      monitor.close();
    },
  };
}

interface SessionOptions extends Pick<ConnectOptions, "onClose" | "monitored" | "waits"> {
  /** Connections; of the pool alone. */
  pool?: number | undefined;
  name?: string;
  lockTimeoutMs?: number | undefined;
  wrap?: ConnectionsParts["wrap"];
}

const asItIs = (sql: SqlClient) => sql;

/** Opens the pool. Waits for locks and statements that do not end are bounded, so that their connections return to it. */
export function openDatabase(
  target: DatabaseTarget,
  {
    name = "realtime-chat",
    lockTimeoutMs = LOCK_TIMEOUT_MS,
    pool = DEFAULT_POOL,
    wrap = asItIs,
    waits = new PoolWaits(),
    ...more
  }: SessionOptions = {},
): { sql: SqlClient; db: Database } {
  const settings = {
    lock_timeout: String(lockTimeoutMs),
    statement_timeout: String(STUCK_MS),
    idle_in_transaction_session_timeout: String(STUCK_MS),
  };
  const sql = wrap(connect(target, { max: pool, name, settings, waits, ...more }));
  const db = drizzle(sql);
  retryLocked(db, maxTransactions(pool), waits);
  return { sql, db };
}

/** Opens the write path's connection. Its statements have no timeout: whether a batch was stored must be known. */
export function openWriter(
  target: DatabaseTarget,
  {
    name = `realtime-chat writer ${crypto.randomUUID()}`,
    lockTimeoutMs = LOCK_TIMEOUT_MS,
    wrap = asItIs,
    ...more
  }: SessionOptions = {},
): Writer {
  const settings = {
    lock_timeout: String(lockTimeoutMs),
    statement_timeout: "0",
    idle_in_transaction_session_timeout: String(STUCK_MS),
  };
  const sql = wrap(connect(target, { max: 1, name, settings, ...more }));
  return { sql, db: drizzle(sql), name };
}
