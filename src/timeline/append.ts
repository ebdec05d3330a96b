// The append statement, seen from TypeScript: a batch of messages in, a verdict for each out. Only message-lane.ts calls it.
import type { SqlClient } from "../db/client.ts";
import { ChatError } from "../lib/errors.ts";
import { isoFromPg } from "../lib/time.ts";
import type { MessageExtras } from "../protocol/messages.ts";
import {
  cannotWrite,
  fileNotReady,
  mayNotMentionAll,
  muted,
  notFound,
  recipientBlocked,
  roomNotFound,
} from "../protocol/refusals.ts";
import type { RoomKind } from "../protocol/rooms.ts";
import { type MessageData, type RawExtras, toExtras, toRich } from "./message-data.ts";
import { arrayOf, elementsOf, quoted } from "./pg-arrays.ts";

export interface NewMessage {
  roomId: number;
  kind: RoomKind;
  senderId: number;
  senderName: string;
  body: string;
  /** What the message has besides its text; undefined for a plain message, which nearly all are. */
  data?: MessageData | undefined;
  /** Always set: a message sent without one gets one from the server, so that a retry finds what an earlier attempt stored. */
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
  | {
      outcome: "new";
      id: number;
      seq: number;
      createdAt: string;
      recipient: Recipient | null;
      extras: MessageExtras | null;
    }
  | { outcome: "repeated"; id: number }
  | { outcome: Refusal };

type Refusal =
  | "not_found"
  | "muted"
  | "blocked"
  | "refused"
  | "no_reply_target"
  | "no_mention_all"
  | "no_file"
  | "file_not_ready";

/** A batch's own name, and that of the batch sent before it on the same connection whose result is not known yet. */
export interface BatchLink {
  name: string;
  after: string | null;
}

/** For a batch that is sent when none is in flight. */
export const UNLINKED: BatchLink = { name: "alone", after: null };

/**
 * Appends in the order given; returns verdicts in the same order, or null when nothing was done because the batch before it was not
 * committed, or the session is not confirmed for the epoch (null: any). One round trip, one commit. No client_id may occur twice.
 * `recipientOf` is called once for each sender in a room; it returns null in groups.
 */
export async function appendMessages(
  sql: SqlClient,
  batch: NewMessage[],
  recipientOf: (message: NewMessage) => Recipient | null,
  link = UNLINKED,
  epoch: string | null = null,
): Promise<Verdict[] | null> {
  const { rooms, senders, senderIndex, offset } = toColumns(batch, recipientOf);
  // (The condition depends on no row: PostgreSQL evaluates it once, and calls the function only if it holds.)
  const [row] = await sql<AppendRow[]>`
    select unstored::text, outcomes::text, earlier::text, ids::text, seqs::text, created_at::text, times::text, extras
    from append_messages_5(
      ${link.after}, ${link.name},
      ${arrayOf(rooms.map(([roomId]) => roomId))}::bigint[], ${arrayOf(rooms.map(([, count]) => count))}::int[],
      ${arrayOf(senders.map(({ message }) => message.roomId))}::bigint[],
      ${arrayOf(senders.map(({ message }) => message.kind))}::text[],
      ${arrayOf(senders.map(({ message }) => message.senderId))}::bigint[],
      ${arrayOf(senders.map(({ recipient }) => recipient?.isReached ?? false))}::boolean[],
      ${arrayOf(senderIndex)}::int[], ${arrayOf(offset)}::int[], ${arrayOf(batch.map(({ body }) => quoted(body)))}::text[],
      ${arrayOf(batch.map(({ clientId }) => clientId))}::uuid[], ${toRich(batch, ({ data }) => data)}::text::jsonb)
    where ${epoch}::text is null or current_setting('chat.epoch', true) = ${epoch}`;
  if (!row) return null;
  const unstored = readUnstored(row);
  const createdAt = row.ids === null ? "" : isoFromPg(row.created_at); // One moment a batch,
  const times = row.times === null ? null : elementsOf(row.times); // unless a room is ahead of the clock.
  const ids = elementsOf(row.ids);
  const seqs = elementsOf(row.seqs);
  let next = 0;
  return senderIndex.map((sender, index): Verdict => {
    const verdict = unstored?.get(index + 1);
    if (verdict) return verdict;
    const { recipient } = senders[sender - 1]!;
    const position = next++;
    return {
      outcome: "new",
      id: Number(ids[position]),
      seq: Number(seqs[position]),
      createdAt: times ? isoFromPg(times[position]!.slice(1, -1)) : createdAt,
      recipient,
      extras: toExtras(row.extras?.[position] ?? null),
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
  extras: (RawExtras | null)[] | null;
}

/**
 * What depends on a room alone, or on it and the sender, once for all that is sent there; for each message, which of the senders is
 * its own and its offset in its room. Both count from 1, as PostgreSQL does; rooms are in order of id.
 */
function toColumns(batch: NewMessage[], recipientOf: (message: NewMessage) => Recipient | null) {
  const counts = new Map<number, number>();
  const numbers = { direct: new Map<number, Map<number, number>>(), group: new Map<number, Map<number, number>>() };
  const senders: { message: NewMessage; recipient: Recipient | null }[] = [];
  const senderIndex: number[] = [];
  const offset: number[] = [];
  for (const message of batch) {
    const { kind, roomId, senderId } = message;
    const count = (counts.get(roomId) ?? 0) + 1;
    counts.set(roomId, count);
    offset.push(count);
    const inRoom = numbers[kind].get(roomId) ?? new Map<number, number>();
    numbers[kind].set(roomId, inRoom);
    let number = inRoom.get(senderId);
    if (number === undefined) {
      number = senders.push({ message, recipient: recipientOf(message) });
      inRoom.set(senderId, number);
    }
    senderIndex.push(number);
  }
  return { rooms: [...counts].sort(([a], [b]) => a - b), senders, senderIndex, offset };
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

/** The error for a refused message to a room of this kind. */
export function toRefusal(outcome: Refusal, kind: RoomKind): ChatError {
  switch (outcome) {
    case "not_found":
      return new ChatError(roomNotFound(kind));
    case "muted":
      return new ChatError(muted);
    case "blocked":
      return new ChatError(recipientBlocked);
    case "refused":
      return new ChatError(cannotWrite);
    case "no_reply_target":
      return new ChatError(notFound("message"));
    case "no_mention_all":
      return new ChatError(mayNotMentionAll);
    case "no_file":
      return new ChatError(notFound("file"));
    case "file_not_ready":
      return new ChatError(fileNotReady);
  }
}
