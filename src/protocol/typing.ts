// Who is typing: events to the others in the room, and the commands behind them.
import { Type } from "@sinclair/typebox";
import { defineCommand, defineEphemeralEvent } from "./define.ts";
import { TYPING_TIMEOUT_MS } from "./limits.ts";
import { closed, Id, inConversation, inEither, inGroup } from "./types.ts";

const SECONDS = TYPING_TIMEOUT_MS / 1000;

const Typist = Type.Object(
  {
    ...inEither,
    user_id: Id("Who is typing.", 2),
    username: Type.String({ description: "Their name.", examples: ["ali"] }),
  },
  closed,
);

export const typingStarted = defineEphemeralEvent({
  room: {
    type: "typing.start",
    data: Typist,
    summary: "Somebody else in the room is typing.",
    examples: {
      "In a conversation": { data: { conversation_id: 1 } },
      "In a group": { data: { group_id: 9 } },
    },
  },
});

export const typingStopped = defineEphemeralEvent({
  room: {
    type: "typing.stop",
    data: Typist,
    summary: `They have stopped, or sent no \`typing.start\` for ${SECONDS} seconds.`,
    examples: { "In a conversation": { data: { conversation_id: 1 } } },
  },
});

export const typingEvents = [typingStarted, typingStopped] as const;

const on = { account: inEither, direct: inConversation.optional, group: inGroup.optional };
const examples = { account: { "In a conversation": { conversation_id: 1 }, "In a group": { group_id: 9 } } };

export const startTyping = defineCommand({
  type: "typing.start",
  scope: "write",
  on,
  summary: `Shows the others that you are typing; repeat it every few seconds, or it ends after ${SECONDS}.`,
  examples,
});

export const stopTyping = defineCommand({
  type: "typing.stop",
  scope: "write",
  on,
  summary: "Shows the others that you have stopped typing.",
  examples,
});

export const typingCommands = [startTyping, stopTyping] as const;
