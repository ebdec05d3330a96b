// Whether PostgreSQL lets as many connections in as servers may open. Called by the supervisor of several workers.
import { StartupError } from "../lib/startup-error.ts";
import type { DatabaseTarget } from "./connect.ts";
import { openStartConnection } from "./prepare.ts";

/** What a server opens besides its pool: to write, to listen, and at times one to check another or to start with. */
export const CONNECTIONS_PER_SERVER = 4;

/** Throws a StartupError when PostgreSQL allows fewer than `needed`; `what` says to the operator what needs them. */
export async function requireConnections(target: DatabaseTarget, needed: number, what: string): Promise<void> {
  const sql = openStartConnection(target);
  try {
    // (What is reserved for roles came with PostgreSQL 16.)
    const [row] = await sql<{ allowed: number }[]>`
      select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0) as allowed`;
    const { allowed } = row!;
    if (allowed < needed)
      throw new StartupError(
        `${what} may need ${needed} connections, and PostgreSQL allows ${allowed}: lower one of them, or raise its max_connections.`,
      );
  } finally {
    await sql.end({ timeout: 1 });
  }
}
