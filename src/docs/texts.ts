// The prose of the OpenAPI document: what the whole is about, its tags, and what calls bring about. That of refusals is in
// refusals.ts; that of single calls and fields stands with the routes and schemas.

export const INFO = {
  title: "Realtime chat",
  description: `Accounts, friends, direct conversations and groups over HTTP. Everything but registering and logging in wants a
session: log in, then send \`Authorization: Bearer <access_token>\`.

**Sockets.** Messages arrive as they happen, on \`/ws\` for everything that is yours, or on the socket of one room. Commands,
events, limits and close codes are described at [/docs/socket](/docs/socket), and for programs in
[/asyncapi.json](asyncapi.json).

**Conventions.** Ids are numbers; times are ISO 8601 in UTC with microseconds. A list is \`{data, next_cursor}\`: give \`next_cursor\`
back as \`cursor\`. A refusal is \`{detail, code}\`, where \`code\` is stable. A body that is broken or too large is refused even where
none is wanted.`,
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

const SOON = "2026-12-01T08:00:00.000000+00:00";
const LATER = "2026-01-13T17:05:11.040219+00:00";
const PUBLIC = { is_private: false, role: null, unread_count: 0 };

/** By `METHOD /path status`: where an answer differs from the usual example of its schema. */
export const OUTCOMES: [RegExp, object][] = [
  [/\/accept 200$/, { status: "accepted" }],
  [/\/decline 200$/, { status: "declined" }],
  [/^GET \/groups\/public 200$/, PUBLIC],
  [/\/join 200$/, { ...PUBLIC, role: "member" }],
  [/^POST \/groups 201$/, { description: "", member_count: 1, last_message: null, unread_count: 0, seq: 0 }],
  [/\/mute 200$/, { is_muted: true, muted_until: SOON }],
  [/^PUT .*\/\{message_id\} 200$/, { body: "hello, world", edited_at: LATER }],
  [/^DELETE .*\/\{message_id\} 200$/, { body: "", deleted_at: LATER }],
  [/^GET \/health 503$/, { status: "unavailable", database: "unavailable" }],
  [/^GET \/ready 503$/, { status: "unavailable" }],
];

/** What a call that went well answers, in a word or two. */
export function successText(call: string, status: number, summary: string, mayRepeat: boolean): string {
  if (status === 503) return "The database does not answer";
  if (status === 201) return "Made";
  if (mayRepeat) return "Seen before: the first one";
  return call.startsWith("GET ") ? summary : "Done";
}
