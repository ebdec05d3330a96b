// What is known of a room of the user: the position in its stream of changes, what a list shows of it, its members and who is
// typing. Kept whether or not anyone looks at the room. Durable events are applied once and in order; after a gap the room is
// read again.
import type { Account, Person, ReactionChange, ResumedRoom, RoomEvent, RoomKey, WireMessage } from "../wire.ts";
import { EventWindow } from "./event-window.ts";
import type { HistorySlice } from "./history-slice.ts";
import { MemberList } from "./members.ts";
import type { StoredMessage } from "./message.ts";
import { MessageWindow } from "./message-window.ts";
import { PendingReactions } from "./pending-reactions.ts";
import { Positions } from "./positions.ts";
import type { ReducedRoom } from "./reducer.ts";
import { reducerOf } from "./reducers.ts";
import type { RoomRow, UnsentSummary } from "./room-info.ts";
import { RoomSummary } from "./room-summary.ts";

export interface RoomStateListener {
  me(): Account | null;
  onChange(): void;
  /** The info is missing or outdated: read the list. */
  onInfoOutdated(): void;
  /** The unread count is outdated: read the list, by a request that begins after now. */
  onCountOutdated(): void;
  /** The held messages are outdated; with `upTo` only if they were read before that change. */
  onMessagesOutdated(upTo: number | null): void;
  /** A message of the user's own is stored. */
  onStored(clientId: string): void;
  /** Someone else has sent a message. */
  onMessage(message: StoredMessage): void;
}

export class RoomState implements ReducedRoom {
  readonly #listener: RoomStateListener;
  /** The last change that was applied; null until the server has reported a position. */
  seq: number | null = null;
  /** The room is no longer the user's. */
  isGone = false;
  readonly positions = new Positions(() => this.meId);
  readonly members = new MemberList();
  /** The live part of the history: it reaches the newest message. */
  readonly window = this.createWindow();
  readonly events = new EventWindow();
  /** The part around a message that is shown instead; null for none. */
  slice: HistorySlice | null = null;
  /** It, and one whose first page is being read. */
  readonly slices = new Set<HistorySlice>();
  readonly typingUsers = new Map<number, Person>();
  readonly pendingReactions = new PendingReactions();
  readonly #summary: RoomSummary;

  constructor(key: RoomKey, listener: RoomStateListener) {
    this.#listener = listener;
    this.#summary = new RoomSummary(key, this.positions, () => listener.onChange());
    if (key.startsWith("conversation")) this.positions.others = 1;
  }

  get meId() {
    return this.#listener.me()?.id ?? 0;
  }

  get info() {
    return this.#summary.info;
  }

  /** What is shown of the history. */
  get shown(): Pick<HistorySlice, "window" | "events"> {
    return this.slice ?? this;
  }

  createWindow() {
    return new MessageWindow(this.positions, (userId) => this.nameOf(userId));
  }

  dropSlices(kept: HistorySlice | null = null) {
    for (const slice of this.slices) if (slice !== kept) this.slices.delete(slice);
    if (this.slice !== kept) this.slice = null;
  }

  setPerson(person: Person) {
    this.#summary.setPerson(person);
    if (this.members.has(person.id)) this.#listener.onChange();
  }

  get needsInfo() {
    return this.#summary.isOutdated && !this.isGone;
  }

  /** The position to resume from; null when nothing is known. */
  resumePosition(): number | null {
    if (this.seq === null && this.info) this.#begin(this.#summary.rowSeq);
    return this.seq;
  }

  /** A durable event. What was applied already is ignored. */
  applyEvent(event: RoomEvent) {
    if (this.seq === null) this.#begin(event.seq - 1);
    const next = this.seq! + 1;
    if (event.seq < next) return;
    if (event.seq > next) return this.resync(event.seq);
    this.seq = event.seq;
    const isCountKnown = this.#summary.applyEvent(event);
    const reducer = reducerOf(event);
    // Before the first page it is unknown where the window begins.
    if (reducer?.item && (this.window.isLoaded || this.window.isExpecting)) this.events.add([event]);
    reducer?.apply?.(this, event);
    if (!isCountKnown) this.#listener.onCountOutdated();
    this.#listener.onChange();
  }

  putMessage(message: WireMessage, isNew: boolean) {
    this.window.put(message, isNew);
    for (const slice of this.slices) slice.window.put(message, false);
    const isOwn = message.sender_id === this.meId;
    if (isOwn && message.client_id) this.#listener.onStored(message.client_id);
    if (!isNew) return;
    this.typingUsers.delete(message.sender_id);
    if (!isOwn && !message.deleted_at) this.#listener.onMessage(this.window.toStored(message));
  }

  putReaction(change: ReactionChange, isAdded: boolean) {
    if (change.user_id === this.meId) this.pendingReactions.onEvent(change.message_id, change.emoji);
    for (const { window } of this.#parts) window.putReaction(change, isAdded);
  }

  /** Positions have moved. */
  updateStates() {
    for (const { window } of this.#parts) window.updateStates();
    this.#summary.refresh();
  }

  /** A member has read up to a message. */
  readUpTo(userId: number, messageId: number) {
    const last = this.info?.last_message;
    const seq = last?.id === messageId ? last.seq : (this.find(messageId)?.seq ?? 0);
    if (!this.positions.advance(userId, { readId: messageId, readSeq: seq })) return;
    this.typingUsers.delete(userId);
    this.updateStates();
    if (userId === this.meId) this.#summary.markRead(messageId, this.window);
  }

  /** The server has stored the user's own read receipt; `count` messages became read by it. */
  countRead(messageId: number, count: number) {
    if (!this.#summary.countRead(messageId, count)) this.#listener.onCountOutdated();
  }

  /** The row of the list must be read again. */
  invalidateInfo() {
    if (!this.isGone) this.#summary.invalidate(this.seq ?? 0);
  }

  /** The room as of `resumed`, after everything missed was replayed. */
  applyResumed({ seq, unread_count, mention_count, members }: ResumedRoom) {
    this.positions.applyResumed(members);
    if (this.isGone) this.join(seq);
    else if (this.seq === null) this.#begin(seq);
    else if (this.seq !== seq) this.resync(seq);
    this.updateStates();
    this.#summary.setUnread(seq, unread_count, mention_count);
    this.#listener.onChange();
  }

  /** The queue of what the user sends here has changed. */
  setUnsent(unsent: UnsentSummary) {
    this.#summary.setUnsent(unsent);
    this.#listener.onChange();
  }

  /** The room has become the user's, or is so again. Every change after `seq` follows. */
  join(seq: number) {
    if (!this.isGone && this.seq !== null && this.seq >= seq) return;
    const wasKnown = this.isGone || this.seq !== null;
    this.isGone = false;
    if (wasKnown) this.resync(seq);
    else this.#begin(seq);
  }

  /** The user has joined again by an HTTP call; an event follows. */
  rejoin() {
    this.isGone = false;
  }

  leave() {
    this.isGone = true;
    this.seq = null;
    this.typingUsers.clear();
    this.#summary.invalidate(0);
    this.#listener.onChange();
  }

  /** Too much was missed: everything held may be outdated. Every change after `seq` follows. */
  resync(seq: number) {
    this.seq = seq;
    this.#summary.invalidate(seq);
    this.members.clear();
    this.#listener.onInfoOutdated();
    this.#listener.onMessagesOutdated(null);
    this.#listener.onChange();
  }

  /** The server's history is another one: positions and ids that are held may mean something else. */
  reset(seq: number) {
    this.positions.clear();
    this.#summary.reset();
    this.events.clear();
    this.resync(seq);
  }

  /** A row of the list. */
  setRow(row: RoomRow) {
    if (this.isGone || !this.#summary.setRow(row)) return;
    // Senders of a conversation are named by it.
    for (const { window } of this.#parts) window.updateNames();
    this.updateStates();
    this.#listener.onChange();
  }

  find(messageId: number): StoredMessage | undefined {
    for (const { window } of this.#parts) {
      const found = window.messages.findLast(({ id }) => id === messageId);
      if (found) return found;
    }
    return undefined;
  }

  nameOf(userId: number): string {
    const me = this.#listener.me();
    if (userId === me?.id) return me.username;
    return this.info?.kind === "conversation" ? this.info.peer.username : "";
  }

  get #parts(): { window: MessageWindow }[] {
    return [this, ...this.slices];
  }

  /** The stream begins at `seq`; what was read before may be older. */
  #begin(seq: number) {
    this.seq = seq;
    if (!this.info || this.#summary.rowSeq < seq) this.#summary.invalidate(seq);
    if (this.#summary.isOutdated) this.#listener.onInfoOutdated();
    this.#listener.onMessagesOutdated(seq);
  }
}
