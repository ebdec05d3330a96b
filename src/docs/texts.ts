// The prose of the OpenAPI document: what the whole is about, its tags, and what each kind of refusal means.
import { ERRORS, type ErrorCode } from "../lib/errors.ts";

export const INFO = {
  title: "Realtime chat API",
  description: `Accounts, friends, direct conversations and groups over HTTP. Everything but registering and logging in wants a
session: log in, then send \`Authorization: Bearer <access_token>\`.

**Sockets.** Messages arrive on a room's socket as they happen: \`/ws/conversations/{id}\` and \`/ws/groups/{id}\`, with
\`?token=<access_token>\`, an \`Authorization\` header, or a first frame \`{"type": "auth", "token": "…"}\`. Frames are JSON, such as
\`{"type": "message.send", "body": "hello"}\`; docs/protocol.md in the repository has them all.

**Conventions.** Ids are numbers; times are ISO 8601 in UTC with microseconds. A list is \`{data, next_cursor}\`: give \`next_cursor\`
back as \`cursor\`. A refusal is \`{detail, code}\`, where \`code\` is stable.`,
  license: { name: "MIT", identifier: "MIT" },
};

export const TAGS = [
  { name: "Account", description: "Registering, sessions, and finding people." },
  { name: "Friends", description: "Requests and friendships." },
  { name: "Blocks", description: "Keeping someone away." },
  { name: "Conversations", description: "Direct conversations of two people." },
  { name: "Messages", description: "Messages in direct conversations." },
  { name: "Groups", description: "Groups and their members." },
  { name: "Group messages", description: "Messages in groups." },
  { name: "Status", description: "For operators." },
];

const REFUSAL_TEXTS: Record<number, { means: string; detail: string }> = {
  400: { means: "Makes no sense", detail: "The body is not valid JSON." },
  401: { means: "No valid session", detail: "Log in first: the session is missing, has ended or has expired." },
  403: { means: "Not allowed", detail: "Only an admin or the owner can do this." },
  404: { means: "Not there, or not yours to know about", detail: "The group was not found." },
  409: { means: "Already so", detail: "This username is taken." },
  413: { means: "Too large", detail: "The body is larger than 64 KiB." },
  422: { means: "Fails validation", detail: "name: is required" },
  429: { means: "Too fast", detail: "Too many requests; try again in 1 s." },
  503: { means: "The database is away", detail: "The database can't be reached right now; try again shortly." },
};

const codesOf = (status: number) =>
  (Object.keys(ERRORS) as ErrorCode[]).filter((code) => ERRORS[code].status === status);

/** By status: what it means, with its codes, and an example of the body. */
export const REFUSALS: Record<number, { description: string; example: object }> = Object.fromEntries(
  Object.entries(REFUSAL_TEXTS).map(([key, { means, detail }]) => {
    const status = Number(key);
    const codes = codesOf(status);
    const example = {
      detail,
      code: codes[0],
      ...(status === 422 ? { errors: [{ field: "name", message: "is required" }] } : {}),
      ...(status === 429 || status === 503 ? { retry_after: 1 } : {}),
    };
    return [status, { description: `${means}: ${codes.map((code) => `\`${code}\``).join(", ")}`, example }];
  }),
);

const CONFLICTS: [RegExp, ErrorCode, string][] = [
  [/^POST \/register$/, "username_taken", "This username is taken."],
  [/^POST \/friends\/requests/, "already_requested", "Your request is waiting for an answer already."],
  [/\/requests\//, "already_answered", "This request was accepted already."],
  [/\/messages\//, "message_deleted", "This message was deleted."],
  [/^POST .*\/(join|members)$/, "already_member", "You are a member already."],
  [/./, "owner_must_stay", "Hand the group over to someone, or delete it; its owner can't leave."],
];

/** What "already so" looks like for this call. */
export function conflictExample(path: string, method: string): object {
  const [, code, detail] = CONFLICTS.find(([pattern]) => pattern.test(`${method.toUpperCase()} ${path}`))!;
  return { detail, code };
}
