// Every error code of the product and its HTTP status. The sentences are in refusals.ts.

export const ERRORS = {
  bad_request: { status: 400 },
  unauthorized: { status: 401 },
  bad_credentials: { status: 401 },
  second_factor: { status: 401 },
  forbidden: { status: 403 },
  log_in_again: { status: 403 },
  sign_on_failed: { status: 403 },
  proof_required: { status: 403 },
  muted: { status: 403 },
  blocked: { status: 403 },
  banned: { status: 403 },
  account_banned: { status: 403 },
  not_found: { status: 404 },
  username_taken: { status: 409 },
  email_taken: { status: 409 },
  name_taken: { status: 409 },
  already_friends: { status: 409 },
  already_requested: { status: 409 },
  already_answered: { status: 409 },
  already_member: { status: 409 },
  already_enabled: { status: 409 },
  already_linked: { status: 409 },
  already_reported: { status: 409 },
  last_way_in: { status: 409 },
  message_deleted: { status: 409 },
  wrong_offset: { status: 409 },
  not_ready: { status: 409 },
  closed: { status: 409 },
  owner_must_stay: { status: 409 },
  too_large: { status: 413 },
  quota: { status: 413 },
  unsupported: { status: 415 },
  bad_range: { status: 416 },
  invalid: { status: 422 },
  slow_down: { status: 429 },
  internal: { status: 500 },
  unavailable: { status: 503 },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** The codes of refusals that the same request may not meet again later. */
export const TRANSIENT_CODES: readonly ErrorCode[] = ["slow_down", "unavailable"];

/** The HTTP status of a code. */
export type StatusOf<Code extends ErrorCode> = (typeof ERRORS)[Code]["status"];

/** One field that failed validation: its dotted path and a sentence that never repeats what was sent. */
export interface FieldError {
  field: string;
  message: string;
}
