// What the error codes of PostgreSQL and of the network mean for the request that met them (appendix A of PostgreSQL's manual).
import { errorCode } from "../lib/error-code.ts";

// Classes that mean "not now" rather than "wrong": 08 connection, 53 out of disk, memory or connections, 57P0x shutting down or
// starting, 58 I/O, 25006 and 55000 a standby after a failover, 3D000 and 28 a database that is being replaced.
const UNAVAILABLE =
  /^(08...|28...|3D000|53...|55000|57P0.|58...|25006|CONNECTION_.*|CONNECT_TIMEOUT|ECONN.*|ENOENT|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;

/** Whether the database could not be reached or used, so that the outcome of the statement is unknown. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = errorCode(error);
  return code !== null && UNAVAILABLE.test(code);
}

// What PostgreSQL gave up on, and therefore has not done: 55P03 a lock was not available in time, 57014 the statement took too long
// or was cancelled, 25P03 the transaction was idle for too long (this process was frozen).
const TIMED_OUT = new Set(["55P03", "57014", "25P03"]);

/** Whether the database gave up waiting: nothing of the statement is done, and a retry can succeed. */
export const isDatabaseTimeout = (error: unknown) => TIMED_OUT.has(errorCode(error) ?? "");

/** Whether a row or table that was needed is locked by another transaction. */
export const isLocked = (error: unknown) => errorCode(error) === "55P03";

/** Whether a request failed because of the state of the database rather than its own: it is refused with `unavailable`. */
export const isTransientDatabaseError = (error: unknown) => isDatabaseUnavailable(error) || isDatabaseTimeout(error);

/** Whether two transactions conflicted in a way that a retry resolves (deadlock, serialization failure). */
export const isDatabaseConflict = (error: unknown) => /^40/.test(errorCode(error) ?? "");

/** The name of the unique constraint that an insert violated, or null. */
export function violatedUniqueConstraint(error: unknown): string | null {
  for (let e = error; e instanceof Error; e = e.cause) {
    const pg = e as { code?: unknown; constraint_name?: unknown };
    if (pg.code === "23505") return String(pg.constraint_name);
  }
  return null;
}
