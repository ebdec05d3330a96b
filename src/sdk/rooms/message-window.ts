// The messages of a room that are held in memory: without gaps from the oldest held to the newest, in order of seq. Pages
// come by HTTP, changes by the socket, and one may overtake the other: what an event brought since a page was requested is
// newer than the page, or is followed by an event that is.
import type { ReactionChange, WireMessage } from "../wire.ts";
import { withHeldReactions, withQuoteOf } from "./held.ts";
import { laterOf, type StoredMessage, toStored } from "./message.ts";
import type { Positions } from "./positions.ts";
import { withReaction } from "./reactions.ts";

// Of the user's own messages before the first page; a program may send without ever reading.
const EARLY_LIMIT = 50;

export class MessageWindow {
  readonly #positions: Positions;
  readonly #nameOf: (userId: number) => string;
  messages: readonly StoredMessage[] = [];
  /** Whether there are more before the oldest. */
  hasOlder = true;
  isLoaded = false;
  /** What events brought while a page is requested, by seq of the message; null when none is. */
  #updates: Map<number, WireMessage> | null = null;
  /** Reactions that events brought meanwhile. */
  #reactions: [change: ReactionChange, isAdded: boolean][] = [];
  /** The seq of the oldest message that is not "read": older states need no update. */
  readonly #oldestUnread = { own: Number.POSITIVE_INFINITY, others: Number.POSITIVE_INFINITY };

  constructor(positions: Positions, nameOf: (userId: number) => string) {
    this.#positions = positions;
    this.#nameOf = nameOf;
  }

  /** Whether a page is requested. */
  get isExpecting() {
    return this.#updates !== null;
  }

  has(messageId: number): boolean {
    return this.messages.some(({ id }) => id === messageId);
  }

  /** Where the window begins; 1 when nothing is before it. */
  get firstSeq() {
    return this.hasOlder ? (this.messages[0]?.seq ?? Number.POSITIVE_INFINITY) : 1;
  }

  /** A page is about to be requested. */
  expectPage() {
    this.#updates ??= new Map();
  }

  /** The requested page will not come. */
  cancelPage() {
    this.#updates = null;
    this.#reactions = [];
  }

  /** A message from an event. One that is older than the window is left to its page. */
  put(message: WireMessage, isNew: boolean) {
    this.#updates?.set(message.seq, message);
    if (!isNew) this.#requote(message);
    const at = this.#indexOf(message.seq);
    const held = this.messages[at]?.seq === message.seq;
    if (!held && !isNew) return;
    if (!this.isLoaded) {
      // The user's own stay visible until the first page is there.
      if (held || message.sender_id === this.#positions.meId)
        this.messages = this.messages.toSpliced(at, held ? 1 : 0, this.toStored(message)).slice(-EARLY_LIMIT);
      return;
    }
    // Before the oldest, while there are more before it, it belongs to a page to come.
    if (!held && at === 0 && this.hasOlder && this.messages.length > 0) return;
    const before = held ? this.messages[at] : undefined;
    const stored = withHeldReactions(this.toStored(message), before);
    if (before) stored.state = laterOf(stored.state, before.state);
    this.messages = this.messages.toSpliced(at, held ? 1 : 0, stored);
  }

  /** What quotes this message shows it as it is now, whether or not it is held itself. */
  #requote(message: WireMessage) {
    this.#update((held) => withQuoteOf(held, message));
  }

  /** A reaction from an event. */
  putReaction(change: ReactionChange, isAdded: boolean) {
    if (this.#updates) this.#reactions.push([change, isAdded]);
    this.#applyReaction(change, isAdded);
  }

  #applyReaction(change: ReactionChange, isAdded: boolean) {
    const at = this.messages.findLastIndex(({ id }) => id === change.message_id);
    if (at < 0) return;
    const { reactions, ...message } = this.messages[at]!;
    const next = withReaction(reactions, change, isAdded, this.#positions.meId);
    this.messages = this.messages.with(at, next ? { ...message, reactions: next } : message);
  }

  /** The page is there: what events said meanwhile is at least as new. */
  #endPage() {
    for (const message of this.#updates?.values() ?? []) this.#requote(message);
    this.#updates = null;
    for (const [change, isAdded] of this.#reactions.splice(0)) this.#applyReaction(change, isAdded);
  }

  /** A message from an acknowledgement: its event comes as well, and may have come already. */
  putAcknowledged(message: WireMessage) {
    const isHeld = this.messages[this.#indexOf(message.seq)]?.seq === message.seq;
    if (!isHeld && !this.#updates?.has(message.seq)) this.put(message, true);
  }

  /** Replaces everything with a page; what events brought meanwhile is added to the newest one alone. */
  replace(page: WireMessage[], hasOlder: boolean, isNewest = true) {
    const first = hasOlder ? (page[0]?.seq ?? 0) : 0;
    const rows = new Map(page.map((message) => [message.seq, message]));
    for (const [seq, message] of this.#updates ?? [])
      if (isNewest ? seq >= first : rows.has(seq)) rows.set(seq, withHeldReactions(message, rows.get(seq)));
    this.messages = [...rows.values()].sort((a, b) => a.seq - b.seq).map((message) => this.toStored(message));
    this.hasOlder = hasOlder;
    this.isLoaded = true;
    this.#endPage();
  }

  /** Adds the page before the oldest. */
  prepend(page: WireMessage[], hasOlder: boolean) {
    const oldest = this.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
    this.messages = [...this.#stored(page.filter(({ seq }) => seq < oldest)), ...this.messages];
    this.hasOlder = hasOlder;
    this.#endPage();
  }

  /** Adds the page after the newest that is held. */
  append(page: WireMessage[]) {
    this.messages = [...this.messages, ...this.#stored(page)];
    this.#endPage();
  }

  #stored(page: WireMessage[]) {
    return page.map((message) => {
      const update = this.#updates?.get(message.seq);
      return this.toStored(update ? withHeldReactions(update, message) : message);
    });
  }

  /** Takes over what another one holds before this one, if they overlap. Returns whether they do. */
  join({ messages, hasOlder }: MessageWindow): boolean {
    const oldest = this.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
    if (!((messages.at(-1)?.seq ?? 0) >= oldest)) return false;
    const older = messages.filter(({ seq }) => seq < oldest);
    if (older.length > 0) this.hasOlder = hasOlder;
    // Their states may have to be updated here from now on.
    this.messages = [...older.map((message) => this.#withState(message)), ...this.messages];
    return true;
  }

  #withState(message: StoredMessage): StoredMessage {
    const state = laterOf(message.state, this.#positions.stateOf(message));
    if (state !== "read") this.#noteUnread(message);
    return state === message.state ? message : { ...message, state };
  }

  /** Keeps only the newest. */
  trim(keep: number) {
    if (this.messages.length <= keep || this.#updates) return;
    this.messages = this.messages.slice(this.messages.length - keep);
    this.hasOlder = true;
  }

  /** Brings the states up to date after positions have moved. */
  updateStates() {
    for (const side of ["own", "others"] as const) {
      const from = this.#oldestUnread[side];
      if (from === Number.POSITIVE_INFINITY) continue;
      this.#oldestUnread[side] = Number.POSITIVE_INFINITY;
      this.#update((message) => {
        if (message.seq < from) return null;
        if (this.#sideOf(message) !== side || message.state === "read") return message;
        const state = laterOf(message.state, this.#positions.stateOf(message));
        if (state !== "read") this.#oldestUnread[side] = message.seq;
        return state === message.state ? message : { ...message, state };
      });
    }
  }

  /** Fills in the names of senders that were unknown. */
  updateNames() {
    this.#update((message) => {
      const sender_name = message.sender_name || this.#nameOf(message.sender_id);
      return sender_name === message.sender_name ? message : { ...message, sender_name };
    });
  }

  /** Replaces messages from the newest back, until `change` returns null. */
  #update(change: (message: StoredMessage) => StoredMessage | null) {
    let updated: StoredMessage[] | null = null;
    for (let at = this.messages.length - 1; at >= 0; at--) {
      const next = change(this.messages[at]!);
      if (next === null) break;
      if (next === this.messages[at]) continue;
      updated ??= this.messages.slice();
      updated[at] = next;
    }
    if (updated) this.messages = updated;
  }

  toStored(message: WireMessage): StoredMessage {
    const state = this.#positions.stateOf(message);
    if (state !== "read") this.#noteUnread(message);
    return toStored(message, { meId: this.#positions.meId, state, nameOf: this.#nameOf });
  }

  #noteUnread(message: WireMessage | StoredMessage) {
    const side = this.#sideOf(message);
    this.#oldestUnread[side] = Math.min(this.#oldestUnread[side], message.seq);
  }

  #sideOf({ sender_id }: { sender_id: number }) {
    return sender_id === this.#positions.meId ? "own" : "others";
  }

  /** Where a message with this seq is, or would be inserted. */
  #indexOf(seq: number): number {
    let low = 0;
    let high = this.messages.length;
    // Nearly always it is the newest.
    if (high > 0 && this.messages[high - 1]!.seq < seq) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.messages[middle]!.seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
