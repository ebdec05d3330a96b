// A message as a room's store shows it, and how far it has come. States go by places in the room and by message ids, never
// by anybody's clock.
import type { ChatError } from "../errors.ts";
import type { ResumedFrame, WireMessage } from "../wire.ts";

/**
 * One's own: `sending` until the server has stored it, `sent` from then on, `delivered` and `read` once all others in the
 * room were reached and have read; `failed` when it was refused. Somebody else's: `delivered`, and `read` once one has read.
 */
export type MessageState = "sending" | "sent" | "delivered" | "read" | "failed";

export interface RoomMessage {
  /** The same from `sending` to `read`: what a list is keyed by. */
  key: string;
  /** Null until it is stored; so is `seq`, its place in the room. */
  id: number | null;
  seq: number | null;
  client_id: string | null;
  sender_id: number;
  sender_name: string;
  /** Empty once deleted. */
  body: string;
  /** The server's time; while unsent this device's. */
  created_at: string;
  edited_at: string | null;
  deleted_at: string | null;
  state: MessageState;
  /** Why it failed. */
  error: ChatError | null;
}

/** A message that the server has stored. */
export type StoredMessage = RoomMessage & { id: number; seq: number };

/** How far a member has come. Events tell ids and standings tell places; both only grow. */
export interface Position {
  readSeq: number;
  readId: number;
  deliveredSeq: number;
  deliveredId: number;
}

const NOWHERE: Position = { readSeq: 0, readId: 0, deliveredSeq: 0, deliveredId: 0 };

/** Where the members of a room stand. */
export class Positions {
  /** How many others are in the room; null while that is not known. */
  others: number | null = null;
  private readonly byUser = new Map<number, Position>();

  get(userId: number): Position {
    return this.byUser.get(userId) ?? NOWHERE;
  }

  /** Answers whether that was news. */
  advance(userId: number, to: Partial<Position>): boolean {
    const now = this.get(userId);
    const next = { ...now };
    for (const [name, value] of Object.entries(to) as [keyof Position, number][])
      next[name] = Math.max(now[name], value);
    this.byUser.set(userId, next);
    return (Object.keys(next) as (keyof Position)[]).some((name) => next[name] !== now[name]);
  }

  clear() {
    this.byUser.clear();
  }

  remove(userId: number) {
    this.byUser.delete(userId);
  }

  /** From `resumed`: everybody in the room, or in a large one only oneself. */
  stand(members: ResumedFrame["data"]["rooms"][string]["members"]) {
    const here = new Set(members.map(({ user_id }) => user_id));
    if (here.size > 1) for (const userId of this.byUser.keys()) if (!here.has(userId)) this.byUser.delete(userId);
    for (const { user_id, read_seq, delivered_seq } of members)
      this.advance(user_id, { readSeq: read_seq, deliveredSeq: delivered_seq });
  }

  /** How far a stored message has come, seen by `meId`. */
  stateOf(message: WireMessage | StoredMessage, meId: number): MessageState {
    const { id, seq } = message;
    const hasRead = ({ readSeq, readId }: Position) => readSeq >= seq || readId >= id;
    const hasGot = (at: Position) => hasRead(at) || at.deliveredSeq >= seq || at.deliveredId >= id;
    if (message.sender_id !== meId) return hasRead(this.get(meId)) ? "read" : "delivered";
    const all = [...this.byUser].flatMap(([userId, at]) => (userId === meId ? [] : [at]));
    // Of a large group only some are known, and nothing can be said of all.
    const areKnown = all.length > 0 && all.length === this.others;
    const { read_at, delivered_at } = message as Partial<WireMessage>;
    if (read_at || (areKnown && all.every(hasRead))) return "read";
    if (delivered_at || (areKnown && all.every(hasGot))) return "delivered";
    return "sent";
  }
}

const ORDER: MessageState[] = ["failed", "sending", "sent", "delivered", "read"];

/** The later of two states: a message never goes back, though what is told of it may be older than what is known. */
export const laterOf = (a: MessageState, b: MessageState) => (ORDER.indexOf(a) > ORDER.indexOf(b) ? a : b);

/** Whose message it is decides by what it is known on the way from `sending` to `sent`. */
export const keyOf = ({ id, client_id, sender_id }: WireMessage, meId: number) =>
  sender_id === meId && client_id ? client_id : `m${id}`;

/** Whether it has its id and its place, without which it can't be held. */
export const isMessage = (data: { id?: unknown; seq?: unknown } | undefined): boolean =>
  Number.isSafeInteger(data?.id) && Number.isSafeInteger(data?.seq);
