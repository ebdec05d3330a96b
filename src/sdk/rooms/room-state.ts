// Where a room stands: the position in its stream of changes, what a list shows of it, its members and who is typing. Kept
// for every room of the user, looked at or not; events come in order and once, and a gap among them means reading anew.

import { UNREAD_LIMIT } from "../../protocol/limits.ts";
import type { Account, Person, ResumedFrame, RoomKey, ServerFrame, WireMessage } from "../wire.ts";
import { MemberList } from "./members.ts";
import { keyOf, laterOf, Positions, type StoredMessage } from "./message.ts";
import { MessageWindow } from "./message-window.ts";
import { EventWindow } from "./room-events.ts";
import {
  afterEvent,
  isGroupEvent,
  isMemberEvent,
  isMessageEvent,
  isNewMessage,
  NOTHING_UNSENT,
  type RoomEvent,
  type RoomInfo,
  type RoomRow,
  toInfo,
  type UnsentSummary,
} from "./room-info.ts";

type Standing = ResumedFrame["data"]["rooms"][string];
export type Receipt = Extract<
  ServerFrame,
  { type: "conversation.read" | "group.read" | "message.delivered" | "typing.start" | "typing.stop" }
>;

/** What the state asks of its surroundings. */
export interface RoomEvents {
  me(): Account | null;
  onChange(): void;
  /** The info is missing or out of date: read the list anew. */
  wantInfo(): void;
  /** As above, by a reading that begins after now. */
  wantCount(): void;
  /** What is held of the messages is out of date; with `upTo` only if it ends before that change. */
  wantMessages(upTo: number | null): void;
  /** A message of the user's own is stored. */
  onStored(clientId: string): void;
  /** Somebody else has written. */
  onMessage(message: StoredMessage): void;
}

// What a timer can hold.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class RoomState {
  /** The last change that came in order; null before the server has told where the room stands. */
  seq: number | null = null;
  info: RoomInfo | null = null;
  /** Set once the room is not the user's any more. */
  isGone = false;
  readonly positions = new Positions();
  readonly members = new MemberList();
  readonly window = new MessageWindow(
    (message) => this.toStored(message),
    ({ sender_id }) => sender_id === this.meId,
  );
  readonly happenings = new EventWindow();
  readonly typists = new Map<number, Person>();
  /** The last message read by the user whose receipt the unread count has taken in. */
  private countedReadId = 0;
  private unsent = NOTHING_UNSENT;
  /** The change that the info's row was as new as. */
  private infoSeq = 0;
  /** The oldest message in the window that is not "read": what is older than that needs no looking at. */
  private readonly unread = { own: Number.POSITIVE_INFINITY, others: Number.POSITIVE_INFINITY };
  /**
   * The last message that the row's count holds. The server reads it a moment after the place: it may lie further on.
   */
  private countedSeq = 0;
  /** Events since a row of the list was asked for; null when the info is up to date. */
  private buffer: RoomEvent[] | null = [];
  private unmuting: ReturnType<typeof setTimeout> | undefined;
  /** Where the buffer begins; a row that is older than that is of no use. */
  private bufferFrom = 0;

  constructor(
    readonly key: RoomKey,
    private readonly events: RoomEvents,
  ) {
    if (key.startsWith("conversation")) this.positions.others = 1;
  }

  get meId() {
    return this.events.me()?.id ?? 0;
  }

  get needsInfo() {
    return this.buffer !== null && !this.isGone;
  }

  /** The position to resume from; null when nothing is known. */
  place(): number | null {
    if (this.seq === null && this.info) this.begin(this.infoSeq);
    return this.seq;
  }

  /** A change, at its place. */
  receive(event: RoomEvent) {
    if (this.seq === null) this.begin(event.seq - 1);
    const next = this.seq! + 1;
    if (event.seq < next) return;
    if (event.seq > next) return this.resync(event.seq);
    this.seq = event.seq;
    this.buffer?.push(event);
    if (this.info && event.seq > this.infoSeq) this.setInfo(this.after(this.info, event));
    // Before the first page nobody knows where the stretch begins.
    if (isGroupEvent(event) && (this.window.isLoaded || this.window.isExpecting)) this.happenings.add([event]);
    if (isMessageEvent(event)) this.receiveMessage(event.data, isNewMessage(event));
    else if (isMemberEvent(event)) {
      this.members.onEvent(event);
      const { user_id: userId } = event.data;
      if (event.type === "group.member.left") {
        this.positions.remove(userId);
        this.typists.delete(userId);
      } else if (event.type === "group.member.joined") {
        // What was said before counts as read for who joins.
        this.positions.advance(userId, { readSeq: event.seq - 1, deliveredSeq: event.seq - 1 });
      }
      this.restate();
    }
    this.events.onChange();
  }

  /** What is told of a room without a place in it. */
  receipt({ type, data }: Receipt) {
    if (type === "typing.start") this.typists.set(data.user_id, { id: data.user_id, username: data.username });
    else if (type === "typing.stop") this.typists.delete(data.user_id);
    else if (type === "message.delivered") {
      this.positions.advance(data.user_id, { deliveredId: data.last_message_id });
      this.restate();
    } else if (data.last_message_id !== null) {
      this.readUpTo(data.reader_id, data.last_message_id);
      if (data.reader_id === this.meId) this.countRead(data.last_message_id, data.updated_count);
    }
    this.events.onChange();
  }

  /** A member has read up to a message. */
  readUpTo(userId: number, messageId: number) {
    const { last_message: last } = this.info ?? {};
    const seq = last?.id === messageId ? last.seq : (this.find(messageId)?.seq ?? 0);
    if (!this.positions.advance(userId, { readId: messageId, readSeq: seq })) return;
    this.typists.delete(userId);
    this.restate();
    if (userId !== this.meId || !this.info) return;
    const exact = this.countExactly();
    if (exact === null) return;
    this.countedReadId = Math.max(this.countedReadId, messageId);
    this.setInfo({ ...this.info, unread_count: exact });
  }

  /** The server has stored the user's own position; `count` messages became read by it. */
  private countRead(messageId: number, count: number) {
    if (!this.info || messageId <= this.countedReadId) return;
    this.countedReadId = messageId;
    const { unread_count } = this.info;
    // Where the server has stopped counting, only asking tells how many are left.
    if (unread_count >= UNREAD_LIMIT) this.events.wantCount();
    else this.setInfo({ ...this.info, unread_count: Math.max(0, unread_count - count) });
  }

  /** The row of the list is to be read anew. */
  outdateInfo() {
    if (!this.isGone) this.startBuffer();
  }

  /** How the room stands, after everything missed was replayed. */
  stand({ seq, unread_count, members }: Standing) {
    this.positions.stand(members);
    if (this.isGone) this.join(seq);
    else if (this.seq === null) this.begin(seq);
    else if (this.seq !== seq) this.resync(seq);
    this.restate();
    if (this.info && this.infoSeq <= seq) {
      const { last_message } = this.info;
      // What was read here may not have reached the server yet.
      const isAllRead = last_message !== null && this.isRead(last_message);
      this.setInfo({ ...this.info, unread_count: isAllRead ? 0 : unread_count });
    }
    this.events.onChange();
  }

  /** The queue of what the user sends here has changed. */
  setUnsent(unsent: UnsentSummary) {
    this.unsent = unsent;
    if (this.info) this.setInfo(this.info);
    this.events.onChange();
  }

  /** The room has become the user's, or is so again. Every change after `seq` follows. */
  join(seq: number) {
    if (!this.isGone && this.seq !== null && this.seq >= seq) return;
    const wasKnown = this.isGone || this.seq !== null;
    this.isGone = false;
    if (wasKnown) this.resync(seq);
    else this.begin(seq);
  }

  /** The user has joined again, by a call of their own; the stream will tell of it as well. */
  revive() {
    this.isGone = false;
  }

  leave() {
    this.isGone = true;
    this.seq = null;
    this.typists.clear();
    this.startBuffer();
    this.events.onChange();
  }

  /** Too much was missed: all that is held may be out of date. Every change after `seq` follows. */
  resync(seq: number) {
    this.seq = seq;
    this.startBuffer();
    this.members.clear();
    this.events.wantInfo();
    this.events.wantMessages(null);
    this.events.onChange();
  }

  /** A row of the list; what has happened since is added to it. */
  setRow(row: RoomRow) {
    if (!this.buffer || this.isGone || row.seq < this.bufferFrom) return;
    const later = this.buffer.filter(({ seq }) => seq > row.seq);
    this.buffer = null;
    this.infoSeq = row.seq;
    this.countedSeq = row.last_message?.seq ?? 0;
    let info = toInfo(row);
    const wasRead = info.last_message && this.isRead(info.last_message);
    if (wasRead) info = { ...info, unread_count: 0 };
    for (const event of later) info = this.after(info, event);
    this.setInfo(info);
    // Names of senders in a conversation come from here.
    this.window.revise((message) => {
      const name = message.sender_name || this.nameOf(message.sender_id);
      return name === message.sender_name ? message : { ...message, sender_name: name };
    });
    this.restate();
    this.events.onChange();
  }

  /** History has gone back: what is held may have never been, places and ids may stand for something else. */
  beginAnew(seq: number) {
    this.positions.clear();
    this.countedReadId = 0;
    this.happenings.clear();
    this.resync(seq);
  }

  readonly isRead = (message: { id: number; seq: number }): boolean => {
    const { readSeq, readId } = this.positions.get(this.meId);
    return readSeq >= message.seq || readId >= message.id;
  };

  find(messageId: number): StoredMessage | undefined {
    return this.window.messages.findLast(({ id }) => id === messageId);
  }

  nameOf(userId: number): string {
    const me = this.events.me();
    if (userId === me?.id) return me.username;
    return this.info?.kind === "conversation" ? this.info.peer.username : "";
  }

  private receiveMessage(message: WireMessage, isNew: boolean) {
    this.window.put(message, isNew);
    const isOwn = message.sender_id === this.meId;
    if (isOwn && message.client_id) this.events.onStored(message.client_id);
    if (!isNew) return;
    this.typists.delete(message.sender_id);
    if (!isOwn && !message.deleted_at) this.events.onMessage(this.toStored(message));
  }

  /** The stream begins at `seq`; what was read before may be older than that. */
  private begin(seq: number) {
    this.seq = seq;
    if (!this.info || this.infoSeq < seq) this.startBuffer();
    if (this.buffer) this.events.wantInfo();
    this.events.wantMessages(seq);
  }

  private after(info: RoomInfo, event: RoomEvent) {
    return afterEvent(info, event, this.meId, (message) => !this.isRead(message), this.countedSeq);
  }

  private startBuffer() {
    this.buffer = [];
    this.bufferFrom = this.seq ?? 0;
  }

  private setInfo(given: RoomInfo) {
    const info = this.withMuteOf(given);
    if (info.kind === "group") this.positions.others = info.member_count - 1;
    const { last_message } = info;
    const state = last_message && this.positions.stateOf(last_message, this.meId);
    // The same object for the same thing, so that a list can tell what has changed.
    const isSame = state === info.last_message_state && this.unsent === info.unsent;
    this.info = isSame ? info : { ...info, last_message_state: state, unsent: this.unsent };
  }

  /** Nobody tells that a mute has run out: the moment itself does. */
  private withMuteOf(info: RoomInfo): RoomInfo {
    clearTimeout(this.unmuting);
    if (info.kind !== "group" || !info.is_muted || !info.muted_until) return info;
    const left = Date.parse(info.muted_until) - Date.now();
    if (Number.isNaN(left)) return info; // A timer without a time would fire at once, again and again.
    if (left <= 0) return { ...info, is_muted: false, muted_until: null };
    this.unmuting = setTimeout(
      () => {
        if (!this.info || this.isGone) return;
        this.setInfo(this.info);
        this.events.onChange();
      },
      Math.min(left, LONGEST_TIMER_MS),
    );
    // Nothing to keep a program running for.
    (this.unmuting as { unref?: () => void }).unref?.();
    return info;
  }

  /** How many are unread; null where the messages that tell are not here. */
  private countExactly(): number | null {
    const { last_message } = this.info!;
    if (!last_message || this.isRead(last_message)) return 0;
    const { messages, hasOlder, isLoaded } = this.window;
    if (!isLoaded || (hasOlder && !(messages[0] && this.isRead(messages[0])))) return null;
    return messages.filter((m) => m.sender_id !== this.meId && !m.deleted_at && !this.isRead(m)).length;
  }

  /** Positions have moved: brings the states of messages up to date. */
  private restate() {
    const { meId, unread } = this;
    for (const whose of ["own", "others"] as const) {
      const from = unread[whose];
      if (from === Number.POSITIVE_INFINITY) continue;
      unread[whose] = Number.POSITIVE_INFINITY;
      this.window.revise((message) => {
        if (message.seq < from) return null;
        if ((message.sender_id === meId) !== (whose === "own") || message.state === "read") return message;
        const state = laterOf(message.state, this.positions.stateOf(message, meId));
        if (state !== "read") unread[whose] = message.seq;
        return state === message.state ? message : { ...message, state };
      });
    }
    if (this.info) this.setInfo(this.info);
  }

  private toStored(message: WireMessage): StoredMessage {
    const { meId } = this;
    const { id, seq, client_id, sender_id, body, created_at, edited_at, deleted_at } = message;
    const state = this.positions.stateOf(message, meId);
    const whose = sender_id === meId ? "own" : "others";
    if (state !== "read") this.unread[whose] = Math.min(this.unread[whose], seq);
    return {
      key: keyOf(message, meId),
      id,
      seq,
      client_id,
      sender_id,
      sender_name: "sender_name" in message ? message.sender_name : this.nameOf(sender_id),
      body,
      created_at,
      edited_at,
      deleted_at,
      state,
      error: null,
    };
  }
}
