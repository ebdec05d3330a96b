// Every refusal of the product, declared once: its code, its HTTP status and whether trying again can help.
// Services throw ChatError; the HTTP layer and the sockets each render it. Nothing here knows about either.

export const ERRORS = {
  bad_request: { status: 400, retry: false },
  unauthorized: { status: 401, retry: false },
  bad_credentials: { status: 401, retry: false },
  forbidden: { status: 403, retry: false },
  muted: { status: 403, retry: false },
  blocked: { status: 403, retry: false },
  banned: { status: 403, retry: false },
  not_found: { status: 404, retry: false },
  username_taken: { status: 409, retry: false },
  email_taken: { status: 409, retry: false },
  already_friends: { status: 409, retry: false },
  already_requested: { status: 409, retry: false },
  already_answered: { status: 409, retry: false },
  already_member: { status: 409, retry: false },
  message_deleted: { status: 409, retry: false },
  owner_must_stay: { status: 409, retry: false },
  too_large: { status: 413, retry: false },
  invalid: { status: 422, retry: false },
  slow_down: { status: 429, retry: true },
  internal: { status: 500, retry: false },
  unavailable: { status: 503, retry: true },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** One field that failed validation: its dotted path and a sentence that never repeats what was sent. */
export interface FieldError {
  field: string;
  message: string;
}

/** A refusal with a sentence for a person. `retryAfter` is in whole seconds. */
export class ChatError extends Error {
  readonly code: ErrorCode;
  readonly errors: FieldError[] | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, detail: string, more: { errors?: FieldError[]; retryAfter?: number } = {}) {
    super(detail);
    this.code = code;
    this.errors = more.errors;
    this.retryAfter = more.retryAfter;
  }

  get status() {
    return ERRORS[this.code].status;
  }

  /** The body of the contract: `{detail, code, errors?, retry_after?}`. */
  toBody() {
    return {
      detail: this.message,
      code: this.code,
      ...(this.errors ? { errors: this.errors } : {}),
      ...(this.retryAfter ? { retry_after: this.retryAfter } : {}),
    };
  }
}

export const invalid = (field: string, message: string) =>
  new ChatError("invalid", `${field}: ${message}`, { errors: [{ field, message }] });

export const notFound = (what: string) => new ChatError("not_found", `${what} was not found.`);

/** `seconds` until a try can succeed. */
export const slowDown = (what: string, seconds: number) =>
  new ChatError("slow_down", `${what}; try again in ${Math.ceil(seconds)} s.`, { retryAfter: Math.ceil(seconds) });

export const unavailable = () =>
  new ChatError("unavailable", "The database can't be reached right now; try again shortly.", { retryAfter: 1 });

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
