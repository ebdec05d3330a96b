// Every error code of the product: its HTTP status, and whether trying again can help. The sentences are in refusals.ts.

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

/** The HTTP status of a code. */
export type StatusOf<Code extends ErrorCode> = (typeof ERRORS)[Code]["status"];

/** One field that failed validation: its dotted path and a sentence that never repeats what was sent. */
export interface FieldError {
  field: string;
  message: string;
}
