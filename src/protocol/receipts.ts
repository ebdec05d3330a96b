// Read positions and deliveries: their shapes, events and commands. They carry no `seq`; `resumed` has the positions.
import { Type } from "@sinclair/typebox";
import { defineCommand, defineEphemeralEvent, type WireOf } from "./define.ts";
import { closed, Id, inConversation, inGroup, Nullable } from "./types.ts";

const LAST_READ = "The last message read.";
const LAST_READ_OR_NEWEST = "The last message read; left out, the newest.";
const lastReadOrNewest = Type.Optional(Id(LAST_READ_OR_NEWEST, 21));

/** The body of a call that marks a group read. */
export const ReadPosition = Type.Object({ last_message_id: lastReadOrNewest });

const read = {
  reader_id: Id("The reader.", 2),
  last_message_id: Nullable(Id(LAST_READ, 21), 21),
  updated_count: Type.Integer({ description: "How many messages became read.", examples: [5] }),
};
export const ReadReceipt = Type.Object({ ...inGroup.required, ...read });

export const messagesRead = defineEphemeralEvent({
  direct: {
    type: "conversation.read",
    data: Type.Object({ ...inConversation.required, ...read }, closed),
    summary: "A read position moved: that of the other side, or yours on another device.",
  },
  group: {
    type: "group.read",
    data: Type.Object({ ...inGroup.required, ...read }, closed),
    summary: "A read position moved: that of a member, or yours on another device.",
  },
});

const GROUP_READ = messagesRead.frames.group.encode({
  group_id: 1,
  reader_id: 1,
  last_message_id: null,
  updated_count: 0,
});
const GROUP_READ_START = GROUP_READ.slice(0, GROUP_READ.indexOf(","));
/** Whether an encoded frame is a group's receipt, without parsing it. */
export const isGroupRead = (frame: string) => frame.startsWith(GROUP_READ_START);

export const messagesDelivered = defineEphemeralEvent({
  direct: {
    type: "message.delivered",
    data: Type.Object(
      {
        ...inConversation.required,
        user_id: Id("Who was reached.", 2),
        last_message_id: Id("The newest of them.", 21),
      },
      closed,
    ),
    summary: "Messages that waited for somebody have reached them.",
  },
});

export const receiptEvents = [messagesRead, messagesDelivered] as const;

const moves = "Moves your read position. The room gets an event if it moved.";
const lastRead = { last_message_id: Id(LAST_READ, 21) };

export const readConversation = defineCommand({
  type: "conversation.read",
  scope: "write",
  on: {
    account: { ...inConversation.required, ...lastRead },
    direct: { ...inConversation.optional, ...lastRead },
  },
  summary: moves,
});

export const readGroup = defineCommand({
  type: "group.read",
  scope: "write",
  on: {
    account: { ...inGroup.required, last_message_id: lastReadOrNewest },
    group: { ...inGroup.optional, last_message_id: lastReadOrNewest },
  },
  summary: moves,
});

export type ReadCommand = WireOf<typeof readConversation | typeof readGroup>;

export const receiptCommands = [readConversation, readGroup] as const;
