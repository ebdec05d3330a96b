// Ends the PostgreSQL of a process that was killed, in its place. Called by workers whose supervisor is gone.
import { join } from "node:path";
import postgres from "postgres";
import { isServing, readLock, signal } from "./locks.ts";
import { type EmbeddedPostgres, OWNER_LOCK } from "./postgres.ts";

const NAME = "realtime-chat abandoned";
// The other servers on it need some four seconds at most to end.
const WAIT_MS = 5_000;
const POLL_MS = 50;

/**
 * Waits for the sessions of others than `nodeId`, which are servers that are ending as well, then shuts it down. Leaves it alone when it has an
 * owner: another server that has taken it over, or waits to, or another worker that does the same.
 */
export async function stopAbandoned(
  dataDir: string,
  target: ReturnType<EmbeddedPostgres["target"]>,
  nodeId: string,
): Promise<void> {
  const clusterDir = join(dataDir, "postgres");
  const pid = Number(readLock(join(clusterDir, "postmaster.pid"), clusterDir)?.[0]);
  if (!pid) return;
  const { socket, ...login } = target;
  const sql = postgres({
    ...login,
    path: socket,
    database: "postgres",
    max: 1,
    connect_timeout: 2,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: NAME },
  });
  try {
    const [lock] = await sql`select pg_try_advisory_lock(${OWNER_LOCK}) as taken`;
    if (!lock!.taken) return;
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      const others = await sql<{ name: string }[]>`
        select application_name as name from pg_stat_activity
        where application_name like 'realtime-chat%' and application_name <> ${NAME}
          and application_name not like ${`%${nodeId}%`}`;
      if (others.some(({ name }) => name === "realtime-chat owner")) return;
      if (others.length === 0 || performance.now() > deadline) break;
      await Bun.sleep(POLL_MS);
    }
    // The lock is held until the session ends with the server, so that nobody takes over one that is going.
    signal(pid, "SIGINT");
    while (isServing(pid, clusterDir) && performance.now() < deadline + WAIT_MS) await Bun.sleep(POLL_MS);
  } catch {
    // It has ended, or is about to.
  } finally {
    await sql.end({ timeout: 0 }).catch(() => {});
  }
}
