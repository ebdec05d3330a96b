// The prose of the OpenAPI document that belongs to no single operation: what the whole is about, and its tags. That of operations,
// refusals and fields stands with the routes, the refusals and the schemas.

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
  { name: "Files", description: "Uploading files, and reading them." },
  { name: "Mentions", description: "What is for somebody: messages that mention them or reply to them." },
  { name: "Reports", description: "Telling those who keep order, and what they decide." },
  { name: "Search", description: "Finding what was said." },
  { name: "Bots and keys", description: "Programs that act as users." },
  { name: "Administration", description: "For those who run the server, from systems of their own." },
  { name: "Status", description: "For operators." },
];
