// The error that services throw; the HTTP layer and the sockets each render it. Nothing here knows about either.
import { ERRORS, type ErrorCode, type FieldError } from "../protocol/errors.ts";
import { databaseUnavailable, type Refusal } from "../protocol/refusals.ts";

/** Refuses a request or command for a declared reason; `errors` are the fields of one that failed validation. */
export class ChatError extends Error {
  readonly code: ErrorCode;
  readonly errors: FieldError[] | undefined;
  /** In whole seconds. */
  readonly retryAfter: number | undefined;

  /** What the body says besides. */
  private readonly ban: Refusal["ban"];

  constructor({ code, detail, retryAfter, ban }: Refusal, errors?: FieldError[]) {
    super(detail);
    this.code = code;
    this.errors = errors;
    this.retryAfter = retryAfter;
    this.ban = ban;
  }

  get status() {
    return ERRORS[this.code].status;
  }

  /** The body of the contract: `{detail, code, errors?, retry_after?, until?, reason?}`. */
  toBody() {
    return {
      detail: this.message,
      code: this.code,
      ...(this.errors ? { errors: this.errors } : {}),
      ...(this.retryAfter ? { retry_after: this.retryAfter } : {}),
      ...this.ban,
    };
  }
}

export const invalid = (field: string, message: string) =>
  new ChatError({ code: "invalid", detail: `${field}: ${message}` }, [{ field, message }]);

export const unavailable = () => new ChatError(databaseUnavailable);
