// The servers on a database. Two that do not hear each other would split the chat in silence, so one runs at a time: a second one
// waits for the first, and one that was taken for dead ends itself. Called by main.ts.
import { hostname } from "node:os";
import { type Logger, safeError } from "../lib/log.ts";
import { StartupError } from "../lib/startup-error.ts";
import type { DatabaseTarget, SqlClient } from "./connect.ts";
import { isDatabaseUnavailable } from "./errors.ts";
import { openStartConnection, prepareOver } from "./prepare.ts";
import { toStartupError } from "./start-errors.ts";

// Any constant will do, as long as every server uses the same one.
const NODES_LOCK = 7_214_021_558_308;
const RETRY_MS = 250;

/** In milliseconds. */
export interface NodeTimes {
  /** Between two heartbeats. */
  heartbeatMs: number;
  /** A server without a heartbeat for this long is taken for dead. */
  timeoutMs: number;
  /** How long a second server waits for the first to end. */
  waitMs: number;
}

export const NODE_TIMES: NodeTimes = { heartbeatMs: 2_000, timeoutMs: 6_000, waitMs: 30_000 };

/**
 * Prepares the database and registers this server as the one that runs on it, over one connection. While another server is registered,
 * reports it once through `print` and waits; one without heartbeats or without a session loses its registration and its sessions.
 * Returns a function that ends the connection: by it the server is known to be alive until it has opened others whose
 * `application_name` contains `nodeId`. Throws a StartupError, also when the wait was in vain.
 */
export async function claimDatabase(
  target: DatabaseTarget,
  nodeId: string,
  print: (sentence: string) => void,
  times: NodeTimes = NODE_TIMES,
): Promise<() => Promise<void>> {
  const sql = openStartConnection(target, nodeId);
  try {
    await prepareOver(sql, target, print);
    await claimNode(sql, nodeId, print, times);
  } catch (error) {
    await sql.end({ timeout: 1 });
    throw toStartupError(error);
  }
  return () => sql.end({ timeout: 1 });
}

async function claimNode(
  sql: SqlClient,
  nodeId: string,
  print: (sentence: string) => void,
  { timeoutMs, waitMs }: NodeTimes,
): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (let isReported = false; ; ) {
    // A database that restarts or fails over is waited for as well.
    const other = await tryToClaim(sql, nodeId, timeoutMs).catch((error) => {
      if (!isDatabaseUnavailable(error) || performance.now() > deadline) throw error;
      return undefined;
    });
    if (other === null) return;
    if (other !== undefined) {
      if (performance.now() > deadline) {
        throw new StartupError(
          `Another server (${other}) is running on this database, and one at a time may: stop it, or give this one a database of its own.`,
        );
      }
      if (!isReported) {
        isReported = true;
        print(
          `Another server (${other}) is running on this database; waiting up to ${Math.ceil(waitMs / 1000)} seconds for it to end.`,
        );
      }
    }
    await Bun.sleep(RETRY_MS);
  }
}

/** Returns null when this server is registered, else the name of the one that is. */
async function tryToClaim(sql: SqlClient, nodeId: string, timeoutMs: number): Promise<string | null> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${NODES_LOCK})`;
    // One that was killed has no session left and is not waited for.
    await tx`
      with dead as (
        delete from nodes n
        where n.beat < clock_timestamp() - ${timeoutMs} * interval '1 millisecond' or not exists (
          select from pg_stat_activity a where a.application_name like '%' || n.id || '%')
        returning n.id
      )
      select pg_terminate_backend(a.pid) from dead join pg_stat_activity a on a.application_name like '%' || dead.id || '%' and a.usename = current_user`;
    const [other] = await tx<{ name: string }[]>`select name from nodes limit 1`;
    if (other) return other.name;
    await tx`insert into nodes (id, name) values (${nodeId}, ${`${hostname()}, process ${process.pid}`})`;
    return null;
  });
}

/** Keeps this server's registration alive. */
export class Heartbeat {
  private isSending = false;
  private isStopped = false;
  private readonly timer: ReturnType<typeof setInterval>;

  /** `onLost` is called once, when another server has taken over. */
  constructor(
    private readonly parts: { sql: SqlClient; nodeId: string; log: Logger; onLost(): void },
    { heartbeatMs }: NodeTimes = NODE_TIMES,
  ) {
    this.timer = setInterval(() => void this.send(), heartbeatMs);
    this.timer.unref();
  }

  /** Sends one now. Called also when a session has ended, since a server that takes over terminates all of them. */
  async send() {
    if (this.isSending || this.isStopped) return;
    this.isSending = true;
    const { sql, nodeId, log, onLost } = this.parts;
    try {
      const { count } = await sql`update nodes set beat = clock_timestamp() where id = ${nodeId}`;
      if (count > 0) return;
      this.stop();
      onLost();
    } catch (error) {
      // While the database is unavailable, no other server can take over either.
      if (!isDatabaseUnavailable(error)) log.error({ error: safeError(error) }, "the heartbeat failed");
    } finally {
      this.isSending = false;
    }
  }

  stop() {
    this.isStopped = true;
    clearInterval(this.timer);
  }

  /** Removes the registration, so that the next server need not wait. */
  async leave() {
    this.stop();
    await this.parts.sql`delete from nodes where id = ${this.parts.nodeId}`;
  }
}
