// The append statement, seen from TypeScript: a batch of messages in, a verdict for each out. Only timeline.ts calls it.

import type { SqlClient } from "../db/client.ts";
import { ChatError } from "../lib/errors.ts";
import { isoFromPg } from "../lib/time.ts";
import { cannotWrite, muted, notFound, recipientBlocked } from "../protocol/refusals.ts";
import type { RoomKind } from "../protocol/rooms.ts";

export interface NewMessage {
  roomId: number;
  kind: RoomKind;
  senderId: number;
  senderName: string;
  body: string;
  /** What the message has besides its text, as JSON; undefined for a plain message, which nearly all are. */
  data?: object | undefined;
  /** Always set: a message sent without one gets one here, so that any retry finds what an earlier try stored. */
  clientId: string;
  /** The socket on which it was sent, if its order on that socket matters: when a message is refused, those behind it are too. */
  socket?: object | undefined;
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
  | { outcome: Refusal };

type Refusal = "not_found" | "muted" | "blocked" | "refused";

/** A batch's place among those on one connection: its own name, and that of the one sent before it and not answered yet. */
export interface Turn {
  name: string;
  after: string | null;
}

/**
 * Appends in the order given; answers in the same order, or null when nothing was done because the batch before it was not
 * committed, or the session was not confirmed for the epoch (null: any). One round trip, one commit. No client_id may occur twice.
 * `recipientOf` is asked once for each sender in a room; it answers null in groups.
 */
export async function appendMessages(
  sql: SqlClient,
  batch: NewMessage[],
  recipientOf: (message: NewMessage) => Recipient | null,
  turn: Turn = { name: "alone", after: null },
  epoch: string | null = null,
): Promise<Verdict[] | null> {
  const { rooms, origins, from, nth } = sortOut(batch, recipientOf);
  // (The condition knows no row: PostgreSQL asks it once, and runs the function only if it holds.)
  // Arrays are written and read here in PostgreSQL's own notation, which is quicker than leaving it to the driver.
  const [row] = await sql<AppendRow[]>`
    select unstored::text, outcomes::text, earlier::text, ids::text, seqs::text, created_at::text, times::text
    from append_messages_3(
      ${turn.after}, ${turn.name},
      ${arrayOf(rooms.map(([roomId]) => roomId))}::bigint[], ${arrayOf(rooms.map(([, count]) => count))}::int[],
      ${arrayOf(origins.map(({ message }) => message.roomId))}::bigint[],
      ${arrayOf(origins.map(({ message }) => message.kind))}::text[],
      ${arrayOf(origins.map(({ message }) => message.senderId))}::bigint[],
      ${arrayOf(origins.map(({ recipient }) => recipient?.isReached ?? false))}::boolean[],
      ${arrayOf(from)}::int[], ${arrayOf(nth)}::int[], ${arrayOf(batch.map(({ body }) => quoted(body)))}::text[],
      ${arrayOf(batch.map(({ clientId }) => clientId))}::uuid[], ${dataOf(batch)}::jsonb[])
    where ${epoch}::text is null or current_setting('chat.epoch', true) = ${epoch}`;
  if (!row) return null;
  const unstored = readUnstored(row);
  const createdAt = row.ids === null ? "" : isoFromPg(row.created_at); // One moment a batch,
  const times = row.times === null ? null : elementsOf(row.times); // unless a room is ahead of the clock.
  const ids = elementsOf(row.ids);
  const seqs = elementsOf(row.seqs);
  let next = 0;
  return from.map((origin, index): Verdict => {
    const verdict = unstored?.get(index + 1);
    if (verdict) return verdict;
    const { recipient } = origins[origin - 1]!;
    const place = next++;
    return {
      outcome: "new",
      id: Number(ids[place]),
      seq: Number(seqs[place]),
      createdAt: times ? isoFromPg(times[place]!.slice(1, -1)) : createdAt,
      recipient,
    };
  });
}

interface AppendRow {
  unstored: string | null;
  outcomes: string | null;
  earlier: string | null;
  ids: string | null;
  seqs: string | null;
  created_at: string;
  times: string | null;
}

/**
 * What depends on a room alone, or on it and the sender, once for all that is sent there. Numbers count from 1, as
 * PostgreSQL does; rooms are in order of id.
 */
function sortOut(batch: NewMessage[], recipientOf: (message: NewMessage) => Recipient | null) {
  const counts = new Map<number, number>();
  const numbers = { direct: new Map<number, Map<number, number>>(), group: new Map<number, Map<number, number>>() };
  const origins: { message: NewMessage; recipient: Recipient | null }[] = [];
  const from: number[] = [];
  const nth: number[] = [];
  for (const message of batch) {
    const { kind, roomId, senderId } = message;
    const count = (counts.get(roomId) ?? 0) + 1;
    counts.set(roomId, count);
    nth.push(count);
    const senders = numbers[kind].get(roomId) ?? new Map<number, number>();
    numbers[kind].set(roomId, senders);
    let number = senders.get(senderId);
    if (number === undefined) {
      number = origins.push({ message, recipient: recipientOf(message) });
      senders.set(senderId, number);
    }
    from.push(number);
  }
  return { rooms: [...counts].sort(([a], [b]) => a - b), origins, from, nth };
}

/** By number, what was not stored; null when everything was. */
function readUnstored({ unstored, outcomes, earlier }: AppendRow): Map<number, Verdict> | null {
  if (unstored === null) return null;
  const reasons = elementsOf(outcomes);
  const ids = elementsOf(earlier);
  return new Map(
    elementsOf(unstored).map((number, i): [number, Verdict] => {
      const outcome = reasons[i] as "repeated" | Refusal;
      return [Number(number), outcome === "repeated" ? { outcome, id: Number(ids[i]) } : { outcome }];
    }),
  );
}

/** Null for a batch of plain messages. */
const dataOf = (batch: NewMessage[]) =>
  batch.some(({ data }) => data !== undefined)
    ? arrayOf(batch.map(({ data }) => (data === undefined ? "NULL" : quoted(JSON.stringify(data)))))
    : null;

const arrayOf = (elements: (string | number | boolean)[]) => `{${elements.join(",")}}`;

/** Any text as an element of an array. */
const quoted = (text: string) => `"${/["\\]/.test(text) ? text.replace(/["\\]/g, "\\$&") : text}"`;

/** Of an array whose elements hold no commas: `{1,2,NULL}`, `{"2026-01-13 17:00:29+00"}`. */
const elementsOf = (array: string | null) => (array === null ? [] : array.slice(1, -1).split(","));

/** What the sender of a refused message is told. */
export function toRefusal(outcome: Refusal, kind: RoomKind): ChatError {
  switch (outcome) {
    case "not_found":
      return new ChatError(notFound(kind === "direct" ? "conversation" : "group"));
    case "muted":
      return new ChatError(muted);
    case "blocked":
      return new ChatError(recipientBlocked);
    case "refused":
      return new ChatError(cannotWrite);
  }
}
