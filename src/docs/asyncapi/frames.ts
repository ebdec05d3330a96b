// The frames as the documents list them: the key of each and the channels on which it may be sent. Everything is read from
// the declarations in src/protocol; nothing is listed a second time.
import type { TObject } from "@sinclair/typebox";
import type { Example, SocketKind } from "../../protocol/define.ts";
import { COMMANDS, SERVER_FRAMES } from "../../protocol/index.ts";

export const CHANNELS = ["account", "conversation", "group"] as const;
export type Channel = (typeof CHANNELS)[number];

export interface Frame {
  /** Unique among all frames, such as `account.command.resume` and `event.message.new`. */
  key: string;
  type: string;
  role: "command" | "event" | "reply";
  channels: Channel[];
  schema: TObject;
  /** As declared; none where the schema's own examples are enough. */
  examples: readonly Example[];
  /** Of an event: whether it is stored and has a `seq`. */
  isDurable: boolean;
  /** Of a command: the types of what may follow, besides `ack` and `error`. */
  replies: string[];
}

const SOCKETS: Record<Channel, SocketKind> = { account: "account", conversation: "direct", group: "group" };

const channelsOf = (sockets: readonly SocketKind[]) => CHANNELS.filter((channel) => sockets.includes(SOCKETS[channel]));

/** Every frame that a client may send, by channel. One that is the same on each channel is listed once. */
export const commandFrames: Frame[] = CHANNELS.flatMap((channel) =>
  COMMANDS.flatMap(({ type, schemas, examples, replies }): Frame[] => {
    const schema = schemas[SOCKETS[channel]];
    if (!schema) return [];
    const isEverywhere = CHANNELS.every((other) => schemas[SOCKETS[other]] === schema);
    if (isEverywhere && channel !== CHANNELS[0]) return [];
    return [
      {
        key: `${isEverywhere ? "" : `${channel}.`}command.${type}`,
        type,
        role: "command",
        channels: isEverywhere ? [...CHANNELS] : [channel],
        schema,
        examples: examples[SOCKETS[channel]] ?? [],
        isDurable: false,
        replies: replies.map((reply) => reply.type),
      },
    ];
  }),
);

/** Every frame that the server sends. */
export const serverFrames: Frame[] = SERVER_FRAMES.map(({ frame, role, isDurable, sockets }) => {
  const { type, schema, examples } = frame;
  const isOnly = SERVER_FRAMES.every((other) => other.frame === frame || other.frame.type !== type);
  const prefix = isOnly ? "" : sockets.includes("account") ? "account." : "room.";
  const channels = channelsOf(sockets);
  return { key: `${prefix}${role}.${type}`, type, role, channels, schema, examples, isDurable, replies: [] };
});

export const frames: Frame[] = [...commandFrames, ...serverFrames];

/** The frames of one channel, in order. */
export const framesOn = (channel: Channel, role: Frame["role"]): Frame[] =>
  frames.filter((frame) => frame.role === role && frame.channels.includes(channel));
