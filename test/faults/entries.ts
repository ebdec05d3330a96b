// An event in the checker's words: the same ones whether it came as a frame, as an answer over HTTP or from the database.
import type { Frame, Json } from "../support/client.ts";
import type { Entry } from "./records.ts";

const UUID_LENGTH = 36;

/** A text that is like no other: it begins with its message's client_id, through all edits. */
export const textOf = (clientId: string, words: string) => `${clientId} ${words}`;

/** The client_id that a text begins with; null for the empty text of a deleted message. */
export const markOf = (text: string | null): string | null => text?.slice(0, UUID_LENGTH) || null;

/** A message; `mark` is what its text says, if there still is one. */
export const messageWords = (id: number, senderId: number, mark: string | null) =>
  `message ${id} of ${senderId}: ${mark}`;

/** Another event; `subject` is the message, the member or the name that it is about. */
export const eventWords = (kind: string, subject: string | number) => `${kind} ${subject}`;

export const reactionWords = (reaction: { message_id: number; user_id: number; emoji: string; count: number }) =>
  `${reaction.emoji} on ${reaction.message_id} by ${reaction.user_id}, now ${reaction.count}`;

export const memberWords = (userId: number, isMuted: boolean) => `${userId}${isMuted ? " (muted)" : ""}`;

/** A message as clients get it: in an event, an `ack` or a page of history. */
export const messageEntry = (message: Json): Entry => ({
  seq: message.seq,
  what: messageWords(message.id, message.sender_id, markOf(message.body) ?? message.client_id),
  clientId: message.client_id,
});

/** An event with a place in its room. */
export function frameEntry({ type, seq, data }: Frame): Entry {
  const kind = type === "group.updated" ? type : type.replace(/^group\./, "");
  if (kind === "message.new") return { ...messageEntry(data), seq: seq! };
  if (kind.startsWith("message.")) return { seq: seq!, what: eventWords(kind, data.id), clientId: null };
  if (kind.startsWith("reaction.")) return { seq: seq!, what: eventWords(kind, reactionWords(data)), clientId: null };
  const subject = kind === "group.updated" ? data.name : memberWords(data.user_id, data.is_muted);
  return { seq: seq!, what: eventWords(kind, subject), clientId: null };
}
