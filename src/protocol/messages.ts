// Messages: their shapes, the events that bring them, and the commands that send them.
import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { defineCommand, defineEvent, type WireOf } from "./define.ts";
import { Entities } from "./entities.ts";
import { Attachment, FileKind, type FileKind as FileKindName } from "./files.ts";
import { ATTACHMENTS_LIMIT, BODY_LIMIT, LAST_PAGE, PAGE_LIMIT, QUOTE_LIMIT } from "./limits.ts";
import { Reaction } from "./reactions.ts";
import {
  Id,
  IdText,
  IntegerText,
  inConversation,
  inGroup,
  Nullable,
  Page,
  Timestamp,
  UUID_EXAMPLE,
  Uuid,
} from "./types.ts";

export const MessageBody = Type.String({
  format: "text",
  maxLength: BODY_LIMIT * 2 + 1024, // Code units, white space around it included; the exact bound is checked after trimming.
  description: `The text: 1 to ${BODY_LIMIT} characters after trimming.`,
  examples: ["hello"],
});

const messageId = Id("Message id.", 21);

/** The message that a reply is to, as it stands when the reply is read. */
export const Quote = Type.Object(
  {
    id: Id("The message that this one replies to.", 20),
    seq: Type.Integer({ description: "Its position in the room.", examples: [4] }),
    sender_id: Id("Who wrote it.", 3),
    sender_name: Type.String({ description: "Their username.", examples: ["veli"] }),
    body: Type.String({
      description: `The first ${QUOTE_LIMIT} characters of its text; empty once deleted.`,
      examples: ["Shall we meet?"],
    }),
    kind: Type.Optional(
      Type.Unsafe<FileKindName>({
        ...FileKind,
        description: "What its first file is shown as; missing where it has none.",
      }),
    ),
    deleted_at: Type.Optional(Timestamp("When it was deleted; missing while it was not.")),
    entities: Type.Optional(
      Type.Array(Entities.items, {
        ...Entities,
        description:
          "The formatting and mentions of this part of its text, without links; left out when there are none.",
      }),
    ),
  },
  { title: "Quote" },
);
export type Quote = Static<typeof Quote>;

/** What a message may have besides its text. A field that has nothing to say is left out. */
const extraFields = {
  entities: Type.Optional(Entities),
  reply_to: Type.Optional(Quote),
  attachments: Type.Optional(Type.Array(Attachment, { description: "The files that it brings." })),
  reactions: Type.Optional(
    Type.Array(Reaction, {
      description: "In order of the first of each. Left out in new and changed messages: events tell of them.",
    }),
  ),
};
const Extras = Type.Object(extraFields);
export type MessageExtras = Static<typeof Extras>;

const messageFields = {
  sender_id: Id("The sender.", 2),
  body: Type.String({ description: "The text; empty once deleted.", examples: ["hello"] }),
  client_id: Nullable(Uuid("The sender's own id for it.")),
  seq: Type.Integer({ description: "Its position in the room.", examples: [5] }),
  created_at: Timestamp("When it was stored."),
  edited_at: Nullable(Timestamp("When it was last edited.")),
  deleted_at: Nullable(Timestamp("When it was deleted.")),
  delivered_at: Nullable(Timestamp("When the recipient was first reached; null in groups.")),
  read_at: Nullable(Timestamp("When the recipient read it; null in groups.")),
  ...extraFields,
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

const send = {
  body: MessageBody,
  client_id: Type.Optional(Uuid("Your own id for the message: sent again with the same one, it is stored once.")),
  entities: Type.Optional(Entities),
  attachments: Type.Optional(
    Type.Array(Id("A file of yours.", 17), {
      minItems: 1,
      maxItems: ATTACHMENTS_LIMIT,
      uniqueItems: true,
      description: `Files that you have uploaded, each in one message alone: up to ${ATTACHMENTS_LIMIT}. The text may then be empty.`,
      examples: [[17]],
    }),
  ),
  reply_to: Type.Optional(Id("The message of the same room that this one replies to.", 20)),
};
export const NewMessage = Type.Object(send);
export type NewMessage = Static<typeof NewMessage>;

const format = Type.Optional(
  Type.Literal("markdown", {
    description:
      "Instead of `entities`: the text is Markdown, which is converted once. Bold, italic, strike, code, quotes, spoilers, links and `@name` of members; anything else stays text.",
    examples: ["markdown"],
  }),
);
/** Over HTTP alone: clients with a socket make entities themselves. */
export const PostedMessage = Type.Object({ ...send, format });
export type PostedMessage = Static<typeof PostedMessage>;

/** `content` is the deployed frontend's name for `body`. */
export const MessageEdit = Type.Object(
  {
    body: Type.Optional(MessageBody),
    content: Type.Optional(Type.String({ ...MessageBody, description: "Another name for `body`." })),
    entities: Type.Optional(
      Type.Array(Entities.items, {
        ...Entities,
        description: "The formatting and mentions of the new text; left out, it has none.",
      }),
    ),
    attachments: Type.Optional(
      Type.Array(Id("A file of the message.", 17), {
        maxItems: ATTACHMENTS_LIMIT,
        uniqueItems: true,
        description:
          "Those of its files that the message keeps, all by default; the text may be empty where any are left. The others are gone for good, and none can be added.",
        examples: [[17]],
      }),
    ),
    format,
  },
  { examples: [{ body: "hello, world" }] },
);

export type MessageEdit = Static<typeof MessageEdit>;

export const HistoryQuery = Type.Object({
  page: Type.Optional(IntegerText(0, LAST_PAGE, `Counted from the newest, 0 to ${LAST_PAGE}.`, 0)),
  limit: Type.Optional(
    IntegerText(1, PAGE_LIMIT, `Messages a page, 1 to ${PAGE_LIMIT}; ${PAGE_LIMIT} by default.`, PAGE_LIMIT),
  ),
  before: Type.Optional(IdText("Only messages older than this one.", 21)),
  after: Type.Optional(IdText("Only messages newer than this one, the oldest of them first.", 21)),
  around: Type.Optional(IdText("The page with this message in its middle.", 21)),
  cursor: Type.Optional(
    IdText(
      "`next_cursor` of the page before: goes on in its direction, that of `after` where that is given; after a page `around` a message, to older ones.",
      21,
    ),
  ),
});

const HistoryPage = <S extends TSchema>(message: S) =>
  Type.Object({
    ...Page(message).properties,
    previous_cursor: Type.Optional(
      Nullable(
        Type.String({
          description:
            "With `around` alone: what to give as `after` for the messages that are newer than this page; null when there are none.",
        }),
      ),
    ),
  });

/** Pages of history. */
export const DirectHistory = HistoryPage(DirectMessage);
export const GroupHistory = HistoryPage(GroupMessage);
export type DirectHistory = Static<typeof DirectHistory>;
export type GroupHistory = Static<typeof GroupHistory>;

const UPDATED_AT = "2026-01-13T17:05:11.040219+00:00";
/** How the example of a message differs after an edit, and after a deletion. */
export const EDITED = { example: { body: "hello, world", edited_at: UPDATED_AT } };
export const DELETED = { example: { body: "", deleted_at: UPDATED_AT } };

const created = { data: { client_id: UUID_EXAMPLE } };
const updated = { seq: 6, data: { client_id: UUID_EXAMPLE, body: "hello!", edited_at: UPDATED_AT } };
const deleted = { seq: 7, data: { client_id: UUID_EXAMPLE, body: "", deleted_at: UPDATED_AT } };

export const messageCreated = defineEvent({
  kind: "message",
  carries: "message",
  frames: {
    direct: {
      type: "message.new",
      data: DirectMessage,
      summary: "A message, to both sides, once it is stored.",
      example: created,
    },
    group: {
      type: "group.message.new",
      data: GroupMessage,
      summary: "A message in a group, to every member, once it is stored.",
      example: created,
    },
  },
});

export const messageUpdated = defineEvent({
  kind: "message.updated",
  carries: "message",
  frames: {
    direct: { type: "message.updated", data: DirectMessage, summary: "A message has a new text.", example: updated },
    group: {
      type: "group.message.updated",
      data: GroupMessage,
      summary: "A message in a group has a new text.",
      example: updated,
    },
  },
});

export const messageDeleted = defineEvent({
  kind: "message.deleted",
  carries: "message",
  frames: {
    direct: {
      type: "message.deleted",
      data: DirectMessage,
      summary: "A message was deleted: its text is gone, its position stays.",
      example: deleted,
    },
    group: {
      type: "group.message.deleted",
      data: GroupMessage,
      summary: "A message in a group was deleted: its text is gone, its position stays.",
      example: deleted,
    },
  },
});

export const messageEvents = [messageCreated, messageUpdated, messageDeleted] as const;

const sent = "Sends a message. Everyone in the room gets it once it is stored.";

export const sendDirectMessage = defineCommand({
  type: "message.send",
  scope: "write",
  on: {
    account: { ...inConversation.required, ...send },
    direct: { ...inConversation.optional, ...send },
  },
  summary: sent,
});

export const sendGroupMessage = defineCommand({
  type: "group.message.send",
  scope: "write",
  on: {
    account: { ...inGroup.required, ...send },
    group: { ...inGroup.optional, ...send },
  },
  summary: sent,
});

export type SendCommand = WireOf<typeof sendDirectMessage | typeof sendGroupMessage>;

export const messageCommands = [sendDirectMessage, sendGroupMessage] as const;
