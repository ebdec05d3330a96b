// The append statement, seen from TypeScript: a batch of messages in, a verdict for each out. Only timeline.ts calls it.
import type { RoomKind } from "../bus/bus.ts";
import type { SqlClient } from "../db/client.ts";
import { ChatError, notFound } from "../lib/errors.ts";
import { isoFromPg } from "../lib/time.ts";

export interface NewMessage {
  roomId: number;
  kind: RoomKind;
  senderId: number;
  senderName: string;
  body: string;
  /** Always set: a message sent without one gets one here, so that any retry finds what an earlier try stored. */
  clientId: string;
}

/** The other side of a conversation, and whether it has a socket open. */
export interface Recipient {
  id: number;
  isReached: boolean;
}

/** What the database decided. `repeated` names the message that the same client_id stored first. */
export type Verdict =
  | { outcome: "new"; id: number; seq: number; createdAt: string; recipient: Recipient | null }
  | { outcome: "repeated"; id: number }
  | { outcome: "not_found" | "muted" | "blocked" | "refused" };

/**
 * Appends in the order given; answers in the same order. One round trip, one commit. No client_id may occur twice.
 * `recipientOf` is asked once for each sender in a room; it answers null in groups.
 */
export async function appendMessages(
  sql: SqlClient,
  batch: NewMessage[],
  recipientOf: (message: NewMessage) => Recipient | null,
): Promise<Verdict[]> {
  // What depends on the room and the sender alone is looked up once for all that they sent.
  const numbers = { direct: new Map<number, Map<number, number>>(), group: new Map<number, Map<number, number>>() };
  const origins: { message: NewMessage; recipient: Recipient | null }[] = [];
  const from = batch.map((message) => {
    const senders = numbers[message.kind].get(message.roomId) ?? new Map<number, number>();
    numbers[message.kind].set(message.roomId, senders);
    let number = senders.get(message.senderId);
    if (number === undefined) {
      number = origins.push({ message, recipient: recipientOf(message) }); // From 1, as PostgreSQL counts.
      senders.set(message.senderId, number);
    }
    return number;
  });
  // Arrays are written and read here in PostgreSQL's own notation, which is quicker than leaving it to the driver.
  const [row] = await sql<{ outcomes: string; ids: string; seqs: string; created_at: string }[]>`
    select outcomes::text, ids::text, seqs::text, created_at from append_messages(
      ${arrayOf(origins.map(({ message }) => message.roomId))}::bigint[],
      ${arrayOf(origins.map(({ message }) => message.kind))}::text[],
      ${arrayOf(origins.map(({ message }) => message.senderId))}::bigint[],
      ${arrayOf(origins.map(({ recipient }) => recipient?.id ?? "NULL"))}::bigint[],
      ${arrayOf(origins.map(({ recipient }) => recipient?.isReached ?? false))}::boolean[],
      ${arrayOf(from)}::int[], ${arrayOf(batch.map(({ body }) => quoted(body)))}::text[],
      ${arrayOf(batch.map(({ clientId }) => clientId))}::uuid[])`;
  const createdAt = isoFromPg(row!.created_at); // One moment a batch.
  const ids = elementsOf(row!.ids);
  const seqs = elementsOf(row!.seqs);
  return elementsOf(row!.outcomes).map((text, index): Verdict => {
    const outcome = text as Verdict["outcome"];
    const id = Number(ids[index]);
    if (outcome === "new") {
      return { outcome, id, seq: Number(seqs[index]), createdAt, recipient: origins[from[index]! - 1]!.recipient };
    }
    return outcome === "repeated" ? { outcome, id } : { outcome };
  });
}

const arrayOf = (elements: (string | number | boolean)[]) => `{${elements.join(",")}}`;

/** Any text as an element of an array. */
const quoted = (text: string) => `"${/["\\]/.test(text) ? text.replace(/["\\]/g, "\\$&") : text}"`;

/** Of an array whose elements need no quotes: `{1,2,NULL}`. */
const elementsOf = (array: string) => array.slice(1, -1).split(",");

/** What the sender of a refused message is told. */
export function toRefusal(outcome: Exclude<Verdict["outcome"], "new" | "repeated">, kind: RoomKind): ChatError {
  switch (outcome) {
    case "not_found":
      return notFound(kind === "direct" ? "The conversation" : "The group");
    case "muted":
      return new ChatError("muted", "You are muted in this group.");
    case "blocked":
      return new ChatError("blocked", "You have blocked this person; unblock them to write.");
    case "refused":
      return new ChatError("forbidden", "You can't write in this conversation.");
  }
}
