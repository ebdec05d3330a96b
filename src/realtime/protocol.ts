// Every frame that a client may send on a room's socket, and those that only a socket sends. Types, validation and documents
// come from here; the room events themselves are in timeline/model.ts.
import { FormatRegistry, type Static, Type } from "@sinclair/typebox";
import { FORMAT_MESSAGES, Id, isCleanText, Uuid } from "../lib/schemas.ts";
import { MessageBody } from "../timeline/model.ts";

/** A frame may be this long, in bytes; a longer one ends the connection with 1009. */
export const FRAME_LIMIT = 64 * 1024;
/** Commands of one socket under way at once. */
export const IN_FLIGHT_LIMIT = 64;
/** How long a connection may take to say who it is. */
export const AUTH_TIMEOUT_MS = 10_000;

// Characters, not UTF-16 units, of which a character may take two.
const REF_LIMIT = 64;

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
const lastMessageId = Id("The last message read.", 21);

const Send = <T extends string>(type: T) =>
  Type.Object({
    type: Type.Literal(type),
    body: MessageBody,
    client_id: Type.Optional(Uuid("The sender's own id for the message: sent again, it is stored once.")),
    ref,
  });
const Read = <T extends string>(type: T) =>
  Type.Object({ type: Type.Literal(type), last_message_id: lastMessageId, ref });

export const Ping = Type.Object({ type: Type.Literal("ping"), ref });
export const Auth = Type.Object({ type: Type.Literal("auth"), token: Type.String({ maxLength: 4096 }), ref });
export const MessageSend = Send("message.send");
export const GroupMessageSend = Send("group.message.send");
export const ConversationRead = Read("conversation.read");
export const GroupRead = Read("group.read");

export type Ping = Static<typeof Ping>;
export type Auth = Static<typeof Auth>;
export type MessageSend = Static<typeof MessageSend>;
export type GroupMessageSend = Static<typeof GroupMessageSend>;
export type ConversationRead = Static<typeof ConversationRead>;
export type GroupRead = Static<typeof GroupRead>;

/** Why a connection was ended, as the close frame's reason. */
export type CloseReason =
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "too_many_sockets"
  | "slow_down"
  | "frame_too_large"
  | "unavailable";

/** 1008: don't come back with the same token and room; 1009: the frame was too large; 1013: try again later. */
export const CLOSE_CODES: Record<CloseReason, number> = {
  unauthorized: 1008,
  forbidden: 1008,
  not_found: 1008,
  slow_down: 1008,
  frame_too_large: 1009,
  too_many_sockets: 1013,
  unavailable: 1013,
};
