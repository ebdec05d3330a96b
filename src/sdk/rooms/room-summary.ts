// What the list shows of one room, kept up to date: a row that was read by HTTP, and the events since then applied to it.
import { UNREAD_LIMIT } from "../../protocol/limits.ts";
import { LONGEST_TIMER_MS } from "../clock.ts";
import { nameOf } from "../features/people.ts";
import type { Person, RoomEvent, RoomKey } from "../wire.ts";
import type { MessageWindow } from "./message-window.ts";
import type { Positions } from "./positions.ts";
import type { InfoContext } from "./reducer.ts";
import { reducerOf } from "./reducers.ts";
import { NOTHING_UNSENT, type RoomInfo, type RoomRow, toInfo, type UnsentSummary } from "./room-info.ts";

export class RoomSummary {
  readonly #key: RoomKey;
  readonly #positions: Positions;
  readonly #onChange: () => void;
  info: RoomInfo | null = null;
  /** The seq that the row was read at. */
  rowSeq = 0;
  /** The seq of the last message that the row's count includes: the server reads the count after the seq. */
  #countedSeq = 0;
  /** The last message of the user's read receipts that the unread count reflects. */
  #countedReadId = 0;
  #unsent = NOTHING_UNSENT;
  /** Events since a row was requested; null while the info is up to date. */
  #buffer: RoomEvent[] | null = [];
  /** Where the buffer begins. A row older than that is of no use. */
  #bufferFrom = 0;
  #muteTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    key: RoomKey,
    positions: Positions,
    /** The info has changed by itself. */
    onChange: () => void,
  ) {
    this.#key = key;
    this.#positions = positions;
    this.#onChange = onChange;
  }

  get isOutdated() {
    return this.#buffer !== null;
  }

  /** A row is needed that was read at `seq` or later. */
  invalidate(seq: number) {
    this.#buffer = [];
    this.#bufferFrom = seq;
  }

  /** Returns false if only a new row shows how much is unread. */
  applyEvent(event: RoomEvent): boolean {
    this.#buffer?.push(event);
    const { info } = this;
    if (!info || event.seq <= this.rowSeq) return true;
    const isKnown = !reducerOf(event)?.outdatesCount?.(info, event, this.#context);
    this.#set(this.#reduce(info, event));
    return isKnown;
  }

  /** Applies the events since then to a row of the list. Returns false for a row that is too old, or isn't needed. */
  setRow(row: RoomRow): boolean {
    if (!this.#buffer || row.seq < this.#bufferFrom) return false;
    const later = this.#buffer.filter(({ seq }) => seq > row.seq);
    this.#buffer = null;
    this.rowSeq = row.seq;
    this.#countedSeq = row.last_message?.seq ?? 0;
    let info = toInfo(this.#key, row);
    if (info.last_message && this.#positions.isRead(info.last_message)) info = { ...info, unread_count: 0 };
    for (const event of later) info = this.#reduce(info, event);
    this.#set(info);
    return true;
  }

  /** Somebody shows something else of themselves. */
  setPerson(person: Person) {
    if (this.info?.kind !== "conversation" || this.info.peer.id !== person.id) return;
    this.#set({ ...this.info, peer: person, title: nameOf(person) });
    this.#onChange();
  }

  setUnsent(unsent: UnsentSummary) {
    this.#unsent = unsent;
    this.refresh();
  }

  /** The counts from `resumed`, read at `seq`. */
  setUnread(seq: number, count: number, mentions = 0) {
    if (!this.info || this.rowSeq > seq) return;
    const { last_message } = this.info;
    // The server may not have received the last read receipt.
    const isAllRead = last_message !== null && this.#positions.isRead(last_message);
    this.#set({ ...this.info, unread_count: isAllRead ? 0 : count, mention_count: mentions });
  }

  /** The user has read up to a message, here or on another device. */
  markRead(messageId: number, window: MessageWindow) {
    const unread_count = this.#countUnread(window);
    if (!this.info || unread_count === null) return;
    this.#countedReadId = Math.max(this.#countedReadId, messageId);
    this.#set({ ...this.info, unread_count });
  }

  /**
   * The server has stored the user's read receipt, by which `count` messages became read. Returns false if only a new row shows
   * how many are left.
   */
  countRead(messageId: number, count: number): boolean {
    if (!this.info || messageId <= this.#countedReadId) return true;
    this.#countedReadId = messageId;
    const { unread_count } = this.info;
    if (unread_count >= UNREAD_LIMIT) return false;
    this.#set({ ...this.info, unread_count: Math.max(0, unread_count - count) });
    return true;
  }

  /** The history is another one: message ids mean something else. */
  reset() {
    this.#countedReadId = 0;
  }

  /** Positions have changed. */
  refresh() {
    if (this.info) this.#set(this.info);
  }

  #reduce(info: RoomInfo, event: RoomEvent): RoomInfo {
    const changes = reducerOf(event)?.info(info, event, this.#context);
    return { ...info, seq: event.seq, ...changes } as RoomInfo;
  }

  get #context(): InfoContext {
    const positions = this.#positions;
    const { meId } = positions;
    return {
      meId,
      countedSeq: this.#countedSeq,
      isUnread: (message) => message.sender_id !== meId && !positions.isRead(message),
    };
  }

  #set(given: RoomInfo) {
    const info = withMentions(this.#withMuteEnd(given));
    if (info.kind === "group") this.#positions.others = info.member_count - 1;
    const state = info.last_message && this.#positions.stateOf(info.last_message);
    // The same object while nothing has changed, so that the list can compare.
    const isSame = state === info.last_message_state && this.#unsent === info.unsent;
    this.info = isSame ? info : { ...info, last_message_state: state, unsent: this.#unsent };
  }

  /** No event reports that a mute has run out, so a timer does. */
  #withMuteEnd(info: RoomInfo): RoomInfo {
    clearTimeout(this.#muteTimer);
    if (info.kind !== "group" || !info.is_muted || !info.muted_until) return info;
    const left = Date.parse(info.muted_until) - Date.now();
    if (Number.isNaN(left)) return info; // A timer without a time would fire at once, again and again.
    if (left <= 0) return { ...info, is_muted: false, muted_until: null };
    this.#muteTimer = setTimeout(
      () => {
        this.refresh();
        this.#onChange();
      },
      Math.min(left, LONGEST_TIMER_MS),
    );
    // A program need not stay alive for it.
    (this.#muteTimer as { unref?: () => void }).unref?.();
    return info;
  }

  /** Null where the messages to count are not held. */
  #countUnread({ messages, hasOlder, isLoaded }: MessageWindow): number | null {
    const positions = this.#positions;
    const last = this.info?.last_message;
    if (!last || positions.isRead(last)) return 0;
    if (!isLoaded || (hasOlder && !(messages[0] && positions.isRead(messages[0])))) return null;
    return messages.filter((m) => m.sender_id !== positions.meId && !m.deleted_at && !positions.isRead(m)).length;
  }
}

/** Which messages became read is not known: there are never more for the user than are unread. */
function withMentions(info: RoomInfo): RoomInfo {
  const count = Math.min(info.mention_count ?? 0, info.unread_count);
  if (count === (info.mention_count ?? 0) && info.mention_count !== 0) return info;
  const { mention_count: _, ...rest } = info;
  return (count > 0 ? { ...rest, mention_count: count } : rest) as RoomInfo;
}
