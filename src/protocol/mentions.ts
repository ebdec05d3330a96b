// The inbox: messages that are for somebody, because they mention them or reply to them.
import { type Static, Type } from "@sinclair/typebox";
import { type MentionKind as Kind, MENTION_KINDS } from "./entities.ts";
import { UNREAD_LIMIT } from "./limits.ts";
import { Message } from "./messages.ts";
import { Reactor } from "./reactions.ts";
import { RoomKey } from "./types.ts";

/** Of a room, where it is not 0. */
export const mentionCount = {
  mention_count: Type.Optional(
    Type.Integer({
      description: `How many of the unread messages mention you or reply to you; stops at ${UNREAD_LIMIT}, missing where it is 0.`,
      examples: [1],
    }),
  ),
};

export const MentionKind = Type.Unsafe<Kind>(
  Type.Union(
    MENTION_KINDS.map((kind) => Type.Literal(kind)),
    { description: "Why it is for you.", examples: ["mention"] },
  ),
);
export const Mention = Type.Object(
  {
    kind: MentionKind,
    room: RoomKey,
    message: Message,
    reaction: Type.Optional(
      Type.Unsafe<Reactor>({
        ...Reactor,
        description: "Of the kind `reaction`: the newest one of somebody whom you do not block.",
      }),
    ),
  },
  { title: "Mention" },
);
export type Mention = Static<typeof Mention>;
