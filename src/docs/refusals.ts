// What each call may refuse, in the words that the services use: the prose and the examples behind the error statuses.

import type { ErrorCode } from "../protocol/errors.ts";
import { FORMAT_MESSAGES } from "../protocol/types.ts";
import type { JsonSchema } from "./schemas.ts";

/** A call as the tables see it: its `METHOD /path`, and what it takes. */
export interface Call {
  name: string;
  parameters: { name: string; in: string; required: boolean; schema: JsonSchema }[];
  body?: JsonSchema;
}

const MEANINGS: Record<number, string> = {
  400: "Makes no sense",
  401: "No valid session",
  403: "Not allowed",
  404: "Not there, or not yours to know about",
  409: "Already so",
  413: "Too large",
  422: "Fails validation",
  429: "Too fast",
  503: "The database is away",
};

const OWNER = "Only the owner can do this.";
const ADMIN = "Only an admin or the owner can do this.";
const AUTHOR = "Only its author can edit a message.";
const MODERATOR = "Only its author, an admin or the owner can delete a message.";
const BLOCKED = "You have blocked this person; unblock them first.";
const MUTED = "You are muted in this group.";
const OWNER_STAYS = "Hand the group over to someone, or delete it; its owner can't leave.";
const WRONG_LOGIN = "The username or the password is wrong.";

/** Every line that fits a call and status is one of its refusals, the first of them its example. */
const LINES: [number, RegExp, ErrorCode, string][] = [
  [400, /^GET .*\/messages($|\/)/, "bad_request", "Give one of page, before and after."],
  [400, /^GET /, "bad_request", "The cursor is not one that a page gave."],
  [400, /^PUT \/blocks/, "bad_request", "You can't block yourself."],
  [400, /^PUT .*\/bans\//, "bad_request", "You can't ban yourself."],
  [400, /^POST \/friends/, "bad_request", "You can't befriend yourself."],
  [400, /^POST \/conversations/, "bad_request", "You can't have a conversation with yourself."],
  [400, /./, "bad_request", "The body is not valid JSON."],
  [401, /^POST \/login/, "bad_credentials", WRONG_LOGIN],
  [401, /^(?!POST \/login)/, "unauthorized", "Log in first: the session is missing, has ended or has expired."],
  [401, /^PUT \/me\/password/, "bad_credentials", "The present password is wrong."],
  [403, /^POST \/(login|register)/, "forbidden", "Pages of this web origin may not log in here."],
  [403, /^POST \/(friends|conversations)/, "blocked", BLOCKED],
  [403, /^(POST|PUT) \/messages/, "blocked", "You have blocked this person; unblock them to write."],
  [403, /^POST \/messages/, "forbidden", "You can't write in this conversation."],
  [403, /^(POST|PUT) \/groups\/.*\/messages/, "muted", MUTED],
  [403, /^PUT .*\/\{message_id\}/, "forbidden", AUTHOR],
  [403, /^DELETE .*\/\{message_id\}/, "forbidden", MODERATOR],
  [403, /(visibility|role|^DELETE \/groups\/\{group_id\})$/, "forbidden", OWNER],
  [403, /^(PUT \/groups\/\{group_id\}|POST .*\/members)$/, "forbidden", ADMIN],
  [403, /^POST .*\/members$/, "blocked", BLOCKED],
  [403, /^POST .*\/members$/, "banned", "This person is banned from the group; lift the ban first."],
  [403, /\/join$/, "banned", "You are banned from this group."],
  [403, /\/bans($|\/)/, "forbidden", ADMIN],
  [403, /\{member_id\}($|\/(un)?mute)/, "forbidden", "You can't do this to someone of your rank or above."],
  [
    403,
    /^(GET|POST) .*\/messages$|^GET .*\/(members|events)$|me\/read|leave|me$/,
    "forbidden",
    "Join the group first.",
  ],
  [404, /\{message_id\}/, "not_found", "The message was not found."],
  [404, /\{member_id\}/, "not_found", "The member was not found."],
  [
    404,
    /^POST .*\/(members|\{friend\}|\{friend_id\})$|^PUT .*\/(blocks|bans)\//,
    "not_found",
    "The user was not found.",
  ],
  [404, /^DELETE \/friends/, "not_found", "The friendship was not found."],
  [404, /^DELETE \/blocks/, "not_found", "The block was not found."],
  [404, /\{request_id\}/, "not_found", "The request was not found."],
  [404, /\{conversation_id\}/, "not_found", "The conversation was not found."],
  [404, /./, "not_found", "The group was not found."],
  [409, /^POST \/register/, "username_taken", "This username is taken."],
  [409, /^POST \/register/, "email_taken", "This e-mail address has an account already."],
  [409, /^POST \/friends/, "already_requested", "Your request is waiting for an answer already."],
  [409, /^POST \/friends/, "already_friends", "You are friends already."],
  [409, /\{request_id\}/, "already_answered", "This request was accepted already."],
  [409, /\{message_id\}/, "message_deleted", "This message was deleted."],
  [409, /\/join$/, "already_member", "You are a member already."],
  [409, /^POST .*\/members$/, "already_member", "This person is a member already."],
  [409, /(leave|me|\{member_id\})$/, "owner_must_stay", OWNER_STAYS],
  [413, /./, "too_large", "The body is larger than 64 KiB."],
  [429, /./, "slow_down", "Too many requests; try again in 1 s."],
  [503, /./, "unavailable", "The database can't be reached right now; try again shortly."],
];

/** What a refusal with this status means for this call, with its codes, and an example of the body. */
export function refusalOf(call: Call, status: number): { description: string; example: object } {
  const lines = LINES.filter(([of, pattern]) => of === status && pattern.test(call.name));
  const codes = status === 422 ? ["invalid"] : [...new Set(lines.map(([, , code]) => code))];
  if (codes.length === 0) throw new Error(`No refusal is known for ${call.name} ${status}.`);
  const description = `${MEANINGS[status]}: ${codes.map((code) => `\`${code}\``).join(", ")}`;
  if (status === 422) return { description, example: invalidExample(call) };
  const again = status === 429 || status === 503 ? { retry_after: 1 } : {};
  return { description, example: { detail: lines[0]![3], code: codes[0], ...again } };
}

/** What the call says of something it needs and does not get, or gets wrong. */
function invalidExample({ parameters, body }: Call): object {
  const missing = body?.required?.[0] ?? parameters.find((one) => one.in === "query" && one.required)?.name;
  const number = parameters.find(({ schema }) => schema.type === "integer");
  const text = parameters[0];
  const error = missing
    ? { field: missing, message: "is required" }
    : number
      ? {
          field: number.name,
          // Others than ids are brought within their bounds.
          message: number.schema.maximum === Number.MAX_SAFE_INTEGER ? FORMAT_MESSAGES.id : "must be a whole number",
        }
      : { field: text?.name ?? "body", message: `must be at most ${text?.schema.maxLength} characters` };
  return { detail: `${error.field}: ${error.message}`, code: "invalid", errors: [error] };
}
