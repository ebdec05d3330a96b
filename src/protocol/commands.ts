// Every frame that a client may send, by the kind of socket that it may be sent on. Types, validation and documents come
// from here.
import { FormatRegistry, type Static, type TObject, type TProperties, Type } from "@sinclair/typebox";
import { REF_LIMIT, RESUME_ROOMS, TYPING_TIMEOUT_MS } from "./limits.ts";
import { MessageBody } from "./messages.ts";
import { ROOM_KEY_PATTERN, type RoomKind } from "./rooms.ts";
import { isCleanText } from "./text.ts";
import { FORMAT_MESSAGES, Id, Uuid } from "./types.ts";

/** `account` is `/ws`, one socket for everything; the others are sockets of a single room. */
export type SocketKind = "account" | RoomKind;

// A character may take two UTF-16 units.
export const isRef = (ref: unknown): ref is string =>
  typeof ref === "string" &&
  (ref.length <= REF_LIMIT || (ref.length <= REF_LIMIT * 2 && [...ref].length <= REF_LIMIT)) &&
  isCleanText(ref);

FormatRegistry.Set("ref", isRef);
FORMAT_MESSAGES.ref = `must be a text of at most ${REF_LIMIT} characters`;

const ref = Type.Optional(
  Type.String({
    format: "ref",
    description: "Comes back in the `ack` or `error` that answers.",
    examples: ["1"],
  }),
);

const Command = <const T extends string, P extends TProperties>(type: T, fields: P, description: string) =>
  Type.Object({ type: Type.Literal(type), ...fields, ref }, { description });

const conversationId = Id("The conversation.", 1);
const groupId = Id("The group.", 9);
const seq = (description: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description, examples: [20] });

/** On `/ws` a command names its room; on the room's own socket it need not. */
const inConversation = { conversation_id: conversationId };
const inGroup = { group_id: groupId };
const here = {
  direct: { conversation_id: Type.Optional(conversationId) },
  group: { group_id: Type.Optional(groupId) },
};
const inEither = { conversation_id: Type.Optional(conversationId), group_id: Type.Optional(groupId) };

const message = {
  body: MessageBody,
  client_id: Type.Optional(Uuid("Your own id for the message: sent again with the same one, it is stored once.")),
};
const lastRead = Id("The last message read.", 21);
const reading = {
  direct: { last_message_id: lastRead },
  group: {
    last_message_id: Type.Optional({ ...lastRead, description: "The last message read; left out, the newest." }),
  },
};

const Send = <T extends string, P extends TProperties>(type: T, place: P) =>
  Command(type, { ...place, ...message }, "Sends a message. Everyone in the room gets it once it is stored.");
const Read = <T extends string, P extends TProperties>(type: T, fields: P) =>
  Command(type, fields, "Moves your read position. The room hears of it when it moved.");
const Typing = <T extends string, P extends TProperties>(type: T, place: P) =>
  Command(
    type,
    place,
    type === "typing.start"
      ? `Tells the others that you are typing; repeat it every few seconds, or it ends after ${TYPING_TIMEOUT_MS / 1000}.`
      : "Tells the others that you have stopped typing.",
  );

export const Ping = Command("ping", {}, "Answered with `pong`.");
export const Auth = Command(
  "auth",
  { token: Type.String({ maxLength: 4096, description: "An access token.", examples: ["eyJhbGciOiJIUzI1NiJ9…"] }) },
  "As the first frame it says who you are; later it renews the session in place.",
);
const EPOCH_LIMIT = 64;
const epoch = Type.Optional(
  Type.String({
    maxLength: EPOCH_LIMIT,
    description:
      "The `epoch` of the last `resumed`. If another one holds now, each room that you name is answered by `resync`.",
    examples: ["pX3vN0yLr5cWq2Zt"],
  }),
);
export const Resume = Command(
  "resume",
  {
    rooms: Type.Record(Type.String({ pattern: ROOM_KEY_PATTERN }), seq("Your position."), {
      additionalProperties: false,
      maxProperties: RESUME_ROOMS,
      description: "By room, the last `seq` that you have.",
      examples: [{ "conversation:1": 20, "group:9": 4 }],
    }),
    epoch,
  },
  "Replays what you missed in the rooms you name.",
);
export const RoomResume = Command(
  "resume",
  { after_seq: seq("The last `seq` that you have."), epoch },
  "Replays what you missed in this room.",
);

/** Every command, by the kind of socket and the frame's `type`. */
export const COMMANDS = {
  account: {
    ping: Ping,
    auth: Auth,
    "message.send": Send("message.send", inConversation),
    "group.message.send": Send("group.message.send", inGroup),
    "conversation.read": Read("conversation.read", { ...inConversation, ...reading.direct }),
    "group.read": Read("group.read", { ...inGroup, ...reading.group }),
    "typing.start": Typing("typing.start", inEither),
    "typing.stop": Typing("typing.stop", inEither),
    resume: Resume,
  },
  direct: {
    ping: Ping,
    auth: Auth,
    "message.send": Send("message.send", here.direct),
    "conversation.read": Read("conversation.read", { ...here.direct, ...reading.direct }),
    "typing.start": Typing("typing.start", here.direct),
    "typing.stop": Typing("typing.stop", here.direct),
    resume: RoomResume,
  },
  group: {
    ping: Ping,
    auth: Auth,
    "group.message.send": Send("group.message.send", here.group),
    "group.read": Read("group.read", { ...here.group, ...reading.group }),
    "typing.start": Typing("typing.start", here.group),
    "typing.stop": Typing("typing.stop", here.group),
    resume: RoomResume,
  },
} satisfies Record<SocketKind, Record<string, TObject>>;

/** What commands about a room may carry besides what they are named for. */
export type RoomCommand = { conversation_id?: number; group_id?: number };
export type SendCommand = RoomCommand & { body: string; client_id?: string };
export type ReadCommand = RoomCommand & { last_message_id?: number };
export type AuthCommand = Static<typeof Auth>;
export type AccountResume = Static<typeof Resume>;
export type RoomResume = Static<typeof RoomResume>;
export type ResumeCommand = AccountResume | RoomResume;
