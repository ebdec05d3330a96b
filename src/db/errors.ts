// What PostgreSQL's and the network's error codes mean for whoever asked. The codes are PostgreSQL's (appendix A of its manual).

// PostgreSQL classes that mean "not now" rather than "wrong": 08 connection, 53 out of disk or memory or connections,
// 57P0x shut down or starting, 58 I/O, 25006 and 55000 a standby after a failover, 3D000 and 28 a database that is being replaced.
const AWAY =
  /^(08...|28...|3D000|53...|55000|57P0.|58...|25006|CONNECTION_.*|CONNECT_TIMEOUT|ECONN.*|ENOENT|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;

/** The PostgreSQL or network code of an error, also from inside a wrapper such as Drizzle's. Null when it has none. */
export function databaseErrorCode(error: unknown): string | null {
  for (let e = error; e instanceof Error; e = e.cause) {
    const { code } = e as { code?: unknown };
    if (typeof code === "string") return code;
  }
  return null;
}

/** Whether the database was away, so that the outcome of what was asked is unknown. */
export function isDatabaseAway(error: unknown): boolean {
  const code = databaseErrorCode(error);
  return code !== null && AWAY.test(code);
}

// What PostgreSQL gave up on, and therefore has not done: 55P03 a lock was not to be had in time, 57014 the statement took too
// long or was cancelled, 25P03 the transaction stood idle for too long (this process was frozen).
const TIMED_OUT = new Set(["55P03", "57014", "25P03"]);

/** Whether the database gave up waiting: nothing of what was asked is done, and a later try can succeed. */
export const isDatabaseTimeout = (error: unknown) => TIMED_OUT.has(databaseErrorCode(error) ?? "");

/** Whether a row or table that was needed is locked by somebody else. */
export const isLocked = (error: unknown) => databaseErrorCode(error) === "55P03";

/** Whether a request failed because of the state that the database is in: it is answered with `unavailable`. */
export const isDatabaseUnavailable = (error: unknown) => isDatabaseAway(error) || isDatabaseTimeout(error);

/** Whether two transactions met in a way that a second try resolves (deadlock, serialization failure). */
export const isDatabaseConflict = (error: unknown) => /^40/.test(databaseErrorCode(error) ?? "");

/** The name of the unique constraint that an insert broke, or null. */
export function brokenConstraint(error: unknown): string | null {
  for (let e = error; e instanceof Error; e = e.cause) {
    const pg = e as { code?: unknown; constraint_name?: unknown };
    if (pg.code === "23505") return String(pg.constraint_name);
  }
  return null;
}
