// The frames as the documents list them: which there are, the name of each in the documents, and where it may be sent. All of
// it is read from the protocol's schemas; nothing is listed a second time.
import type { TObject, TSchema } from "@sinclair/typebox";
import { COMMANDS, type SocketKind } from "../protocol/commands.ts";
import { Ack, ErrorFrame, framesOf, Pong, Resumed, Resync, RoomResumed } from "../protocol/events.ts";

export const CHANNELS = ["account", "conversation", "group"] as const;
export type Channel = (typeof CHANNELS)[number];

export interface Frame {
  /** Unique among all frames, such as `account.command.resume` and `event.message.new`. */
  key: string;
  type: string;
  role: "command" | "event" | "answer";
  channels: Channel[];
  schema: TObject;
}

const KINDS: Record<Channel, SocketKind> = { account: "account", conversation: "direct", group: "group" };

/** What answers a command, rather than being news. */
const ANSWERS: TSchema[] = [Pong, Ack, ErrorFrame, Resync, Resumed, RoomResumed];

const typeOf = (schema: TObject): string => schema.properties.type!.const;

/** Every frame that a client may send. One that is the same on each socket stands here once. */
export const commandFrames: Frame[] = CHANNELS.flatMap((channel) =>
  Object.values<TObject>(COMMANDS[KINDS[channel]]).flatMap((schema): Frame[] => {
    const channels = CHANNELS.filter((other) => Object.values<TObject>(COMMANDS[KINDS[other]]).includes(schema));
    const isEverywhere = channels.length === CHANNELS.length;
    if (isEverywhere && channel !== CHANNELS[0]) return [];
    const type = typeOf(schema);
    const key = `${isEverywhere ? "" : `${channel}.`}command.${type}`;
    return [{ key, type, role: "command", channels: isEverywhere ? channels : [channel], schema }];
  }),
);

const ofAccount: TObject[] = framesOf("account");
const ofRoom: TObject[] = framesOf("room");

/** Every frame that the server sends. */
export const serverFrames: Frame[] = [...new Set([...ofAccount, ...ofRoom])].map((schema) => {
  const type = typeOf(schema);
  const isShared = ofAccount.includes(schema) && ofRoom.includes(schema);
  const isOnly = [...ofAccount, ...ofRoom].every((other) => other === schema || typeOf(other) !== type);
  const prefix = isShared || isOnly ? "" : ofAccount.includes(schema) ? "account." : "room.";
  const isAnswer = ANSWERS.includes(schema);
  return {
    key: `${prefix}${isAnswer ? "answer" : "event"}.${type}`,
    type,
    role: isAnswer ? "answer" : "event",
    channels: CHANNELS.filter((channel) => mayCarry(channel, schema)),
    schema,
  };
});

/** A room's socket has its own room's events alone, and which kind of room they need tells whose they are. */
function mayCarry(channel: Channel, schema: TObject): boolean {
  if (channel === "account") return ofAccount.includes(schema);
  const needs: string[] = schema.properties.data?.required ?? [];
  const others = channel === "conversation" ? "group_id" : "conversation_id";
  return ofRoom.includes(schema) && !needs.includes(others);
}

export const frames: Frame[] = [...commandFrames, ...serverFrames];

/** The frames of one channel, in order. */
export const framesOn = (channel: Channel, role: Frame["role"]): Frame[] =>
  frames.filter((frame) => frame.role === role && frame.channels.includes(channel));
