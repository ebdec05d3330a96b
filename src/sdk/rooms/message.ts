// A message as a room's store shows it.
import type { ChatError } from "../errors.ts";
import type { Upload } from "../files/upload.ts";
import type { Attachment, Entity, Quote, Reaction, WireMessage } from "../wire.ts";

/**
 * The user's own: `sending` until the server has stored it, then `sent`, then `delivered` and `read` once all others in the
 * room have received and read it; `failed` when it was refused. Someone else's: `delivered`, and `read` once the user has
 * read it.
 */
export type MessageState = "sending" | "sent" | "delivered" | "read" | "failed";

export interface RoomMessage {
  /** The same from `sending` to `read`, to key a list by. */
  key: string;
  /** Null until stored. */
  id: number | null;
  /** Its position in the room; null until stored. */
  seq: number | null;
  client_id: string | null;
  sender_id: number;
  sender_name: string;
  /** Empty once deleted. */
  body: string;
  /** By the server's clock; by this device's until stored. */
  created_at: string;
  edited_at: string | null;
  deleted_at: string | null;
  /** Formatting and mentions; left out when there are none. */
  entities?: readonly Entity[];
  /** The message that it replies to. */
  reply_to?: Quote;
  attachments?: readonly Attachment[];
  /** Files that it waits for while it is `sending`; they come after `attachments`. */
  uploads?: readonly Upload[];
  reactions?: readonly Reaction[];
  state: MessageState;
  /** Why it failed. */
  error: ChatError | null;
}

/** A message that the server has stored. */
export type StoredMessage = RoomMessage & { id: number; seq: number };

export function toStored(
  message: WireMessage,
  { meId, state, nameOf }: { meId: number; state: MessageState; nameOf(userId: number): string },
): StoredMessage {
  const { id, seq, client_id, sender_id, body, created_at, edited_at, deleted_at } = message;
  const { entities, reply_to, attachments, reactions } = message;
  return {
    // The client's id is what the message was known by while it was sent.
    key: sender_id === meId && client_id ? client_id : `m${id}`,
    id,
    seq,
    client_id,
    sender_id,
    sender_name: "sender_name" in message ? message.sender_name : nameOf(sender_id),
    body,
    created_at,
    edited_at,
    deleted_at,
    ...(entities && { entities }),
    ...(reply_to && { reply_to }),
    ...(attachments && { attachments }),
    ...(reactions && { reactions }),
    state,
    error: null,
  };
}

const ORDER: MessageState[] = ["failed", "sending", "sent", "delivered", "read"];

/** The later of two states: what arrives may be older than what is known, and a message never goes back. */
export const laterOf = (a: MessageState, b: MessageState) => (ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b);

/** Whether the id and the position are there, without which a message can't be kept. */
export const isMessage = (data: { id?: unknown; seq?: unknown } | undefined): boolean =>
  Number.isSafeInteger(data?.id) && Number.isSafeInteger(data?.seq);
