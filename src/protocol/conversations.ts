// Shapes of conversations on the wire.
import { type Static, Type } from "@sinclair/typebox";
import { UNREAD_LIMIT } from "./limits.ts";
import { mentionCount } from "./mentions.ts";
import { DirectMessage } from "./messages.ts";
import { Id, Nullable, Timestamp } from "./types.ts";
import { Person } from "./users.ts";

export const ConversationId = Type.Object({ conversation_id: Id("The conversation.", 1) });

export const Conversation = Type.Object(
  {
    id: Id("Conversation id.", 1),
    peer: Person,
    last_message: Nullable(DirectMessage),
    unread_count: Type.Integer({
      description: `Messages of the other side that you have not read; stops at ${UNREAD_LIMIT}.`,
      examples: [2],
    }),
    ...mentionCount,
    seq: Type.Integer({ description: "The position of its newest change.", examples: [12] }),
    last_activity_at: Timestamp("When something last happened here."),
    created_at: Timestamp("When it was created."),
  },
  { title: "Conversation" },
);
export type Conversation = Static<typeof Conversation>;
