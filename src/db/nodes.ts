// The servers on a database. Those that hear each other by a bus run side by side and watch each other's heartbeats. Two that do not
// would split the chat in silence: a server that runs alone is waited for, and one that was taken for dead ends itself. Called by
// main.ts.
import { hostname } from "node:os";
import type { TransactionSql } from "postgres";
import { type Logger, safeError } from "../lib/log.ts";
import { StartupError } from "../lib/startup-error.ts";
import type { DatabaseTarget, SqlClient } from "./connect.ts";
import { isDatabaseUnavailable } from "./errors.ts";
import { openStartConnection, prepareOver } from "./prepare.ts";
import { toStartupError } from "./start-errors.ts";

// Any constant will do, as long as every server uses the same one.
const NODES_LOCK = 7_214_021_558_308;
const RETRY_MS = 250;
// The drain is to begin while the load balancer still expects it to.
const ANNOUNCE_LIMIT_MS = 1_000;

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

export interface NodeOptions {
  /** Whether this server lets others run beside it, and is heard by them. */
  isShared: boolean;
  /** For people. */
  name?: string;
  /** Where it keeps uploaded files, which all servers must see; null where it can't keep any. */
  files?: string | null;
  /** The payloads of notifications that tell the others that this server has come or is going, and their channel. */
  notices?: { channel: string; hello: string; bye: string };
  /** The id of a server that is known to have ended, and need not fall silent first. */
  predecessor?: string | null;
}

/**
 * Prepares the database and registers this server on it, over one connection. While another server is registered that does not run
 * beside this one, reports it once through `print` and waits; one without heartbeats or without a session loses its registration and
 * its sessions.
 * Returns a function that ends the connection: by it the server is known to be alive until it has opened others whose
 * `application_name` contains `nodeId`. With `leave` the registration goes as well, if the server ends before it has a heartbeat. Throws
 * a StartupError, also when the wait was in vain.
 */
export async function claimDatabase(
  target: DatabaseTarget,
  nodeId: string,
  print: (sentence: string) => void,
  options: NodeOptions = { isShared: false },
  times: NodeTimes = NODE_TIMES,
): Promise<(end?: "leave") => Promise<void>> {
  const sql = openStartConnection(target, nodeId);
  try {
    await prepareOver(sql, target, print);
    await claimNode(sql, nodeId, print, options, times);
  } catch (error) {
    await sql.end({ timeout: 1 });
    throw toStartupError(error);
  }
  return async (end) => {
    if (end === "leave") await deregister(sql, nodeId, options);
    await sql.end({ timeout: 1 });
  };
}

/** Removes the registration and tells the others, so that they count anew. */
async function deregister(sql: SqlClient, nodeId: string, { notices }: NodeOptions) {
  await sql`delete from nodes where id = ${nodeId}`;
  if (notices) await sql`select pg_notify(${notices.channel}, ${notices.bye})`;
}

async function claimNode(
  sql: SqlClient,
  nodeId: string,
  print: (sentence: string) => void,
  options: NodeOptions,
  { timeoutMs, waitMs }: NodeTimes,
): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (let isReported = false; ; ) {
    // A database that restarts or fails over is waited for as well.
    const other = await tryToClaim(sql, nodeId, options, timeoutMs).catch((error) => {
      if (!isDatabaseUnavailable(error) || performance.now() > deadline) throw error;
      return undefined;
    });
    if (other === null) return;
    if (other !== undefined) {
      if (performance.now() > deadline) {
        throw new StartupError(`Another server (${other.name}) is running on this database, ${other.reason}.`);
      }
      if (!isReported) {
        isReported = true;
        print(
          `Another server (${other.name}) is running on this database; waiting up to ${Math.ceil(waitMs / 1000)} seconds for it to end.`,
        );
      }
    }
    await Bun.sleep(RETRY_MS);
  }
}

/** Why a server can't run beside the one that wants to start. */
const REASONS = {
  alone: "and one at a time may: stop it, or give this one a database of its own",
  former: "of a version that must run alone: stop it first",
  files:
    "and keeps uploaded files where this one does not see them: set FILES_URL to the same bucket for both, or DATA_DIR to a directory that they share",
};

/** Returns null when this server is registered, else one beside which it can't be. */
async function tryToClaim(
  sql: SqlClient,
  nodeId: string,
  { isShared, name = hostname(), files = null, notices, predecessor = null }: NodeOptions,
  timeoutMs: number,
): Promise<{ name: string; reason: string } | null> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${NODES_LOCK})`;
    await removeDead(tx, timeoutMs, predecessor);
    const [other] = await tx<{ name: string }[]>`select name from nodes where not (is_shared and ${isShared}) limit 1`;
    if (other) return { name: other.name, reason: isShared ? REASONS.former : REASONS.alone };
    const [elsewhere] = await tx<{ name: string }[]>`select name from nodes where files <> ${files} limit 1`;
    if (elsewhere) return { name: elsewhere.name, reason: REASONS.files };
    await tx`
      insert into nodes (id, name, is_shared, files)
      values (${nodeId}, ${`${name}, process ${process.pid}`}, ${isShared}, ${files})`;
    if (notices) await tx`select pg_notify(${notices.channel}, ${notices.hello})`;
    return null;
  });
}

/**
 * Removes `predecessor` and servers that are silent, or have no session left because they were killed, and ends what sessions they have: a frozen one
 * would hold locks, and keep PostgreSQL from forgetting notifications. One that others run beside is left the time to connect again
 * after its sessions were ended. Returns how many were removed.
 */
async function removeDead(
  sql: SqlClient | TransactionSql<{ bigint: number }>,
  timeoutMs: number,
  predecessor: string | null = null,
): Promise<number> {
  const [row] = await sql<{ removed: number }[]>`
    with dead as (
      delete from nodes n
      where n.beat < clock_timestamp() - ${timeoutMs} * interval '1 millisecond' or n.id = ${predecessor} or not exists (
        select from pg_stat_activity a where a.application_name like '%' || n.id || '%')
        and not (n.is_shared and n.beat > clock_timestamp() - ${timeoutMs / 2} * interval '1 millisecond')
      returning n.id
    )
    select count(distinct dead.id)::int as removed, count(pg_terminate_backend(a.pid))
    from dead left join pg_stat_activity a on a.application_name like '%' || dead.id || '%' and a.usename = current_user`;
  return row!.removed;
}

export interface HeartbeatParts {
  sql: SqlClient;
  nodeId: string;
  log: Logger;
  node?: NodeOptions;
  /** Called once, when another server has taken over from this one, which may not run beside it. */
  onLost(): void;
  /**
   * Called when there are fewer servers than before, and with `areDead` when this one has removed others that died: what they had begun
   * is left to those that live.
   */
  onOthersGone?(areDead: boolean): void;
}

/** Keeps this server's registration alive, and watches those of the others. */
export class Heartbeat {
  /** How many other servers live, as of the last heartbeat. */
  others = 0;
  /** How many of them do not leave themselves, so that clients can go on there. */
  successors = 0;
  private isLeaving = false;
  private isSending = false;
  /** Asked for while one was being sent. */
  private isDueAgain = false;
  private isStopped = false;
  /** When the last heartbeat was sent that arrived, by the monotonic clock. */
  private sentAt = Number.NEGATIVE_INFINITY;
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly parts: HeartbeatParts,
    private readonly times: NodeTimes = NODE_TIMES,
  ) {
    this.timer = setInterval(() => void this.send(), times.heartbeatMs);
    this.timer.unref();
  }

  /** Sends one now. Called also when a session has ended, since a server that takes over terminates all of them. */
  async send() {
    if (this.isSending) this.isDueAgain = true;
    if (this.isSending || this.isStopped) return;
    this.isSending = true;
    this.isDueAgain = false;
    const { sql, nodeId, log, node, onLost } = this.parts;
    const now = performance.now();
    // After a while without the database, or without the processor, everyone's heartbeats are old: the others need time for theirs.
    const mayJudge = now - this.sentAt < 2 * this.times.heartbeatMs;
    try {
      const { count } = await sql`
        update nodes set beat = clock_timestamp(), is_leaving = ${this.isLeaving} where id = ${nodeId}`;
      this.sentAt = performance.now();
      if (count > 0) {
        if (node?.isShared) await this.watch(mayJudge);
      } else if (node?.isShared) await this.register(node);
      else {
        this.stop();
        onLost();
      }
    } catch (error) {
      // While the database is unavailable, no other server can take over either.
      if (!isDatabaseUnavailable(error)) log.error({ error: safeError(error) }, "the heartbeat failed");
    } finally {
      this.isSending = false;
    }
    if (this.isDueAgain) await this.send();
  }

  /**
   * Tells the others that this server hands its clients over, and counts those that do not: of servers that are stopped at once none waits
   * for another. Resolves with what is known when the database does not respond.
   */
  async announceLeave() {
    this.isLeaving = true;
    const announce = async () => {
      const { sql, nodeId, node } = this.parts;
      await sql`update nodes set is_leaving = true where id = ${nodeId}`;
      if (node?.notices) await sql`select pg_notify(${node.notices.channel}, ${node.notices.bye})`;
      await this.send();
    };
    await Promise.race([announce().catch(() => {}), Bun.sleep(ANNOUNCE_LIMIT_MS)]);
  }

  stop() {
    this.isStopped = true;
    clearInterval(this.timer);
  }

  /**
   * Removes the registration, so that the next server need not wait, and the others take up at once who has not come back to one of them:
   * they give each of these users the grace (realtime/shared-presence.ts).
   */
  async leave() {
    this.stop();
    const { sql, nodeId, node = { isShared: false } } = this.parts;
    await deregister(sql, nodeId, node);
  }

  /** Counts the others, and if it may removes those that are silent: whichever server does it first. */
  private async watch(mayRemove: boolean) {
    const { sql, nodeId, onOthersGone } = this.parts;
    const before = this.others;
    const rows = await sql<{ is_silent: boolean; is_leaving: boolean }[]>`
      select beat < clock_timestamp() - ${this.times.timeoutMs} * interval '1 millisecond' as is_silent, is_leaving
      from nodes where id <> ${nodeId}`;
    const living = rows.filter((row) => !row.is_silent);
    this.others = living.length;
    this.successors = living.filter((row) => !row.is_leaving).length;
    if (mayRemove && rows.some((row) => row.is_silent) && (await removeDead(sql, this.times.timeoutMs)) > 0)
      onOthersGone?.(true);
    else if (this.others < before) onOthersGone?.(false);
  }

  /**
   * This server was silent for too long, and another one has removed it and ended its sessions. What it missed is read again once they
   * are open: positions by the sequencer, sessions and memberships when it listens again.
   */
  private async register(node: NodeOptions) {
    const { sql, nodeId, log } = this.parts;
    log.warn({}, "this server was silent for too long and was taken for dead; it goes on");
    if ((await tryToClaim(sql, nodeId, node, this.times.timeoutMs)) !== null) {
      this.stop();
      this.parts.onLost();
    } else await this.watch(false);
  }
}
