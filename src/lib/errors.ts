// The error that services throw; the HTTP layer and the sockets each render it. Nothing here knows about either.
import { ERRORS, type ErrorCode, type FieldError } from "../protocol/errors.ts";

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
