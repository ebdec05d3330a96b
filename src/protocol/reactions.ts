// Reactions: an emoji that members put on a message.
import { type Static, Type } from "@sinclair/typebox";
import { defineEvent } from "./define.ts";
import { EMOJI_LIMIT, REACTION_USERS_LIMIT } from "./limits.ts";
import { closed, Id, inEither, Timestamp } from "./types.ts";
import { Person } from "./users.ts";

/** In a path, percent-encoded. */
export const EmojiParam = Type.String({ maxLength: EMOJI_LIMIT, description: "One emoji.", examples: ["👍"] });
const Emoji = Type.String({ description: "One emoji.", examples: ["👍"] });

export const Reaction = Type.Object(
  {
    emoji: Emoji,
    count: Type.Integer({ description: "How many people.", examples: [4] }),
    user_ids: Type.Array(Id("A member.", 3), {
      description: `The first ${REACTION_USERS_LIMIT} of them by id.`,
      examples: [[2, 3]],
    }),
    mine: Type.Optional(
      Type.Literal(true, {
        description: "Set where you are one of them; only where one person is answered, never in events.",
        examples: [true],
      }),
    ),
  },
  { title: "Reaction" },
);
export type Reaction = Static<typeof Reaction>;

export const MessageReactions = Type.Object(
  { message_id: Id("The message.", 22), reactions: Type.Array(Reaction) },
  { title: "MessageReactions" },
);
export type MessageReactions = Static<typeof MessageReactions>;

export const Reactor = Type.Object({ user: Person, emoji: Emoji, at: Timestamp("When.") }, { title: "Reactor" });
export type Reactor = Static<typeof Reactor>;

const fields = {
  message_id: Id("The message.", 22),
  user_id: Id("Who reacted.", 3),
  username: Type.String({ description: "Their username.", examples: ["veli"] }),
  emoji: Emoji,
  count: Type.Integer({ description: "How many people there are with this emoji after the change.", examples: [4] }),
  at: Timestamp("When."),
};
const ReactionChange = Type.Object({ ...inEither, ...fields }, closed);

export const reactionAdded = defineEvent({
  kind: "reaction.added",
  isActivity: false,
  frames: {
    room: {
      type: "reaction.added",
      data: ReactionChange,
      summary: "Somebody put an emoji on a message.",
      examples: {
        "In a conversation": { seq: 14, data: { conversation_id: 1, message_id: 21, count: 1 } },
        "In a group": { seq: 14, data: { group_id: 9 } },
      },
    },
  },
});

export const reactionRemoved = defineEvent({
  kind: "reaction.removed",
  isActivity: false,
  frames: {
    room: {
      type: "reaction.removed",
      data: ReactionChange,
      summary: "Somebody took their emoji back.",
      examples: { "In a group": { seq: 15, data: { group_id: 9, count: 3 } } },
    },
  },
});

export const reactionEvents = [reactionAdded, reactionRemoved] as const;
export type ReactionKind = (typeof reactionEvents)[number]["kind"];
