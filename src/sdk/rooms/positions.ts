// How far the members of a room have received and read. By positions in the room and by message ids, never by a clock.

import type { ResumedRoom, WireMessage } from "../wire.ts";
import type { MessageState, StoredMessage } from "./message.ts";

/** Events carry message ids, `resumed` and pages of members carry positions; both only grow. */
export interface Position {
  readSeq: number;
  readId: number;
  deliveredSeq: number;
  deliveredId: number;
}

const NONE: Position = { readSeq: 0, readId: 0, deliveredSeq: 0, deliveredId: 0 };

const hasRead = (at: Position, { seq, id }: { seq: number; id: number }) => at.readSeq >= seq || at.readId >= id;

export class Positions {
  readonly #getMeId: () => number;
  /** How many others are in the room; null while unknown. */
  others: number | null = null;
  readonly #byUser = new Map<number, Position>();

  constructor(getMeId: () => number) {
    this.#getMeId = getMeId;
  }

  /** 0 while it is not known whose session this is. */
  get meId() {
    return this.#getMeId();
  }

  get(userId: number): Position {
    return this.#byUser.get(userId) ?? NONE;
  }

  /** Returns whether anything changed. */
  advance(userId: number, to: Partial<Position>): boolean {
    const now = this.get(userId);
    const next = { ...now };
    for (const [name, value] of Object.entries(to) as [keyof Position, number][])
      next[name] = Math.max(now[name], value);
    this.#byUser.set(userId, next);
    return (Object.keys(next) as (keyof Position)[]).some((name) => next[name] !== now[name]);
  }

  clear() {
    this.#byUser.clear();
  }

  remove(userId: number) {
    this.#byUser.delete(userId);
  }

  /** From `resumed`: of all members, or in a large room of the user alone. */
  applyResumed(members: ResumedRoom["members"]) {
    const present = new Set(members.map(({ user_id }) => user_id));
    if (present.size > 1)
      for (const userId of this.#byUser.keys()) if (!present.has(userId)) this.#byUser.delete(userId);
    for (const { user_id, read_seq, delivered_seq } of members)
      this.advance(user_id, { readSeq: read_seq, deliveredSeq: delivered_seq });
  }

  /** Whether the user has read a message. */
  isRead(message: { id: number; seq: number }): boolean {
    return hasRead(this.get(this.meId), message);
  }

  /** How far a stored message has come. */
  stateOf(message: WireMessage | StoredMessage): MessageState {
    const { id, seq, sender_id } = message;
    const { meId } = this;
    if (sender_id !== meId) return this.isRead(message) ? "read" : "delivered";
    const isReceived = (at: Position) => hasRead(at, message) || at.deliveredSeq >= seq || at.deliveredId >= id;
    const all = [...this.#byUser].flatMap(([userId, at]) => (userId === meId ? [] : [at]));
    // Of a large group only some positions are known, from which nothing follows for all members.
    const isComplete = all.length > 0 && all.length === this.others;
    const { read_at, delivered_at } = message as Partial<WireMessage>;
    if (read_at || (isComplete && all.every((at) => hasRead(at, message)))) return "read";
    return delivered_at || (isComplete && all.every(isReceived)) ? "delivered" : "sent";
  }
}
