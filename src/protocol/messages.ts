// The shapes of messages and room events on the wire; HTTP answers, socket frames and documents all come from here.
import { type Static, Type } from "@sinclair/typebox";
import { BODY_LIMIT, LAST_PAGE, PAGE_LIMIT } from "./limits.ts";
import { Id, IdText, IntegerText, Moment, Nullable, Uuid } from "./types.ts";

export const MessageBody = Type.String({
  format: "text",
  maxLength: BODY_LIMIT * 2 + 1024, // Code units, white space around it included; the exact bound is checked after trimming.
  description: `The text: 1 to ${BODY_LIMIT} characters after trimming.`,
  examples: ["hello"],
});

const messageId = Id("Message id.", 21);
const messageFields = {
  sender_id: Id("Who sent it.", 2),
  body: Type.String({ description: "The text; empty once deleted.", examples: ["hello"] }),
  client_id: Nullable(Uuid("The sender's own id for it.")),
  seq: Type.Integer({ description: "Its place in the room.", examples: [5] }),
  created_at: Moment("When it was stored."),
  edited_at: Nullable(Moment("When it was last edited.")),
  deleted_at: Nullable(Moment("When it was deleted.")),
  delivered_at: Nullable(Moment("When the recipient was first reached; null in groups.")),
  read_at: Nullable(Moment("When the recipient read it; null in groups.")),
};

export const DirectMessage = Type.Object(
  {
    id: messageId,
    conversation_id: Id("The conversation.", 1),
    ...messageFields,
  },
  { title: "DirectMessage" },
);
export const GroupMessage = Type.Object(
  {
    id: messageId,
    group_id: Id("The group.", 9),
    sender_name: Type.String({ description: "The sender's username.", examples: ["ali"] }),
    ...messageFields,
  },
  { title: "GroupMessage" },
);
export const Message = Type.Union([DirectMessage, GroupMessage]);

export type DirectMessage = Static<typeof DirectMessage>;
export type GroupMessage = Static<typeof GroupMessage>;
export type Message = Static<typeof Message>;

export const NewMessage = Type.Object({
  body: MessageBody,
  client_id: Type.Optional(Uuid("Your own id for the message: sent again with the same one, it is stored once.")),
});

/** `content` is the deployed frontend's name for `body`. */
export const MessageEdit = Type.Object(
  {
    body: Type.Optional(MessageBody),
    content: Type.Optional(Type.String({ ...MessageBody, description: "Another name for `body`." })),
  },
  { examples: [{ body: "hello, world" }] },
);

export const HistoryQuery = Type.Object({
  page: Type.Optional(IntegerText(0, LAST_PAGE, `Counted from the newest, 0 to ${LAST_PAGE}.`, 0)),
  limit: Type.Optional(
    IntegerText(1, PAGE_LIMIT, `Messages a page, 1 to ${PAGE_LIMIT}; ${PAGE_LIMIT} unless told.`, PAGE_LIMIT),
  ),
  before: Type.Optional(IdText("Only messages older than this one.", 21)),
  after: Type.Optional(IdText("Only messages newer than this one, the oldest of them first.", 21)),
  cursor: Type.Optional(
    IdText("`next_cursor` of the page before: goes on in its direction, that of `after` where that is given.", 21),
  ),
});

/** How the example of a message differs after an edit, and after a deletion. */
export const EDITED = { example: { body: "hello, world", edited_at: "2026-01-13T17:05:11.040219+00:00" } };
export const DELETED = { example: { body: "", deleted_at: "2026-01-13T17:05:11.040219+00:00" } };

export const Role = Type.Union([Type.Literal("owner"), Type.Literal("admin"), Type.Literal("member")], {
  description: "What the member may do.",
  examples: ["member"],
});

/** What a membership event is about, and who did it. */
export const MemberChange = Type.Object({
  group_id: Id("The group.", 9),
  user_id: Id("The member.", 3),
  username: Type.String({ examples: ["veli"] }),
  role: Role,
  is_muted: Type.Boolean({ examples: [false] }),
  muted_until: Nullable(Moment("When the mute ends; null for one without an end.")),
  banned: Type.Optional(Type.Literal(true, { description: "Set where a ban removed them.", examples: [true] })),
  actor_id: Id("Who did it; the member themselves when they joined or left.", 2),
  actor_name: Type.String({ description: "The username of who did it.", examples: ["ali"] }),
  at: Moment("When."),
});
export type MemberChange = Static<typeof MemberChange>;

const GroupField = Type.Union([
  Type.Literal("name"),
  Type.Literal("description"),
  Type.Literal("is_private"),
  Type.Literal("owner_id"),
]);
export type GroupField = Static<typeof GroupField>;

export const GroupChange = Type.Object({
  group_id: Id("The group.", 9),
  name: Type.String({ examples: ["Weekend"] }),
  description: Type.String({ examples: ["Where to on Saturday?"] }),
  is_private: Type.Boolean({ examples: [true] }),
  owner_id: Id("The owner.", 2),
  changes: Type.Optional(
    Type.Array(GroupField, {
      description: "Which fields have another value now. Missing in events of servers that did not record it.",
      examples: [["name"]],
    }),
  ),
  actor_id: Id("Who changed it.", 2),
  actor_name: Type.String({ description: "The username of who changed it.", examples: ["ali"] }),
  at: Moment("When."),
});
export type GroupChange = Static<typeof GroupChange>;
