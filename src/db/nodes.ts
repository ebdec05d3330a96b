// Which servers run on the database. Two that do not hear each other would be half a chat each, without a word: until they do, a second
// one waits for the first, and one that was given up for dead ends itself. Called by main.ts alone.
import { hostname } from "node:os";
import { type Logger, safeError } from "../lib/log.ts";
import { StartupError } from "../lib/startup-error.ts";
import { connect, type DatabaseTarget, type SqlClient } from "./connect.ts";
import { isDatabaseUnavailable } from "./errors.ts";
import { databaseRefusal } from "./prepare.ts";

// Any constant will do, as long as every server uses the same one.
const NODES_LOCK = 7_214_021_558_308;
const RETRY_MS = 250;

/** In milliseconds. */
export interface NodeTimes {
  /** Between two signs of life. */
  beatMs: number;
  /** A server that has given none for this long is taken for dead. */
  graceMs: number;
  /** How long a second server waits for the first to end. */
  patienceMs: number;
}

export const NODE_TIMES: NodeTimes = { beatMs: 2_000, graceMs: 6_000, patienceMs: 30_000 };

/**
 * Takes the place of the one server on this database. While another one has it, says so once and waits; one that is silent, or has no
 * session open any more, loses it, with what sessions it has. The answered function lets go of the connection by which this server is
 * known to live until it has others, whose `application_name` must have the id in it. Throws a StartupError when the wait was in vain.
 */
export async function takePlace(
  target: DatabaseTarget,
  id: string,
  say: (sentence: string) => void,
  { graceMs, patienceMs }: NodeTimes = NODE_TIMES,
): Promise<() => Promise<void>> {
  const sql = connect(target, { max: 1, name: `realtime-chat ${id}` });
  try {
    const deadline = performance.now() + patienceMs;
    for (let hasSaid = false; ; ) {
      // (A database that is started again, or fails over, is waited for like the other server on it.)
      const other = await tryToTake(sql, id, graceMs).catch((error) => {
        if (!isDatabaseUnavailable(error) || performance.now() > deadline) throw error;
        return undefined;
      });
      if (other === undefined) {
        await Bun.sleep(RETRY_MS);
        continue;
      }
      if (!other) return () => sql.end({ timeout: 1 });
      if (performance.now() > deadline) {
        throw new StartupError(
          `Another server (${other}) is running on this database, and one at a time may: stop it, or give this one a database of its own.`,
        );
      }
      if (!hasSaid) {
        hasSaid = true;
        say(
          `Another server (${other}) is running on this database; waiting up to ${Math.ceil(patienceMs / 1000)} seconds for it to end.`,
        );
      }
      await Bun.sleep(RETRY_MS);
    }
  } catch (error) {
    await sql.end({ timeout: 1 });
    throw databaseRefusal(error);
  }
}

/** Null when the place is ours; else the name of the server that has it. */
async function tryToTake(sql: SqlClient, id: string, graceMs: number): Promise<string | null> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${NODES_LOCK})`;
    // One that was killed has no session left, and need not be waited for.
    await tx`
      with dead as (
        delete from nodes n
        where n.beat < clock_timestamp() - ${graceMs} * interval '1 millisecond' or not exists (
          select from pg_stat_activity a where a.application_name like '%' || n.id || '%')
        returning n.id
      )
      select pg_terminate_backend(a.pid) from dead join pg_stat_activity a on a.application_name like '%' || dead.id || '%' and a.usename = current_user`;
    const [other] = await tx<{ name: string }[]>`select name from nodes limit 1`;
    if (other) return other.name;
    await tx`insert into nodes (id, name) values (${id}, ${`${hostname()}, process ${process.pid}`})`;
    return null;
  });
}

export class Beat {
  private isBeating = false;
  private isStopped = false;
  private readonly timer: ReturnType<typeof setInterval>;

  /** `onLost` is called when another server has taken the place. */
  constructor(
    private readonly parts: { sql: SqlClient; id: string; log: Logger; onLost(): void },
    { beatMs }: NodeTimes = NODE_TIMES,
  ) {
    this.timer = setInterval(() => void this.beat(), beatMs);
    this.timer.unref();
  }

  /** A sign of life; at once after a session has ended, for whoever takes the place ends them all. */
  async beat() {
    if (this.isBeating || this.isStopped) return;
    this.isBeating = true;
    const { sql, id, log, onLost } = this.parts;
    try {
      const { count } = await sql`update nodes set beat = clock_timestamp() where id = ${id}`;
      if (count > 0) return;
      this.stop();
      onLost();
    } catch (error) {
      // A database that is away can't give the place to anybody else.
      if (!isDatabaseUnavailable(error)) log.error({ error: safeError(error) }, "a sign of life could not be given");
    } finally {
      this.isBeating = false;
    }
  }

  stop() {
    this.isStopped = true;
    clearInterval(this.timer);
  }

  /** Gives the place up. */
  async leave() {
    this.stop();
    await this.parts.sql`delete from nodes where id = ${this.parts.id}`;
  }
}
