// What a user interface sees of a room, and does in it.
import type { ChatError } from "../errors.ts";
import type { EditOptions, SendOptions } from "../outbox/unsent.ts";
import type { Store } from "../store.ts";
import type { Page, Person, Reactor, RoomKey } from "../wire.ts";
import type { RoomMember } from "./members.ts";
import type { RoomMessage } from "./message.ts";
import type { RoomEventItem } from "./room-event-item.ts";
import type { RoomInfo } from "./room-info.ts";
import type { RoomKind } from "./room-key.ts";

export interface RoomSnapshot {
  key: RoomKey;
  /** Null until the list has been read. */
  info: RoomInfo | null;
  /** `gone`: the room is no longer the user's; what was read stays. */
  status: "idle" | "loading" | "ready" | "failed" | "gone";
  /** Why the messages could not be read. */
  error: ChatError | null;
  /**
   * In the room's order, without gaps; those that are not stored yet come last. From the oldest held to the newest or, while
   * `hasNewer`, a part further up.
   */
  messages: readonly RoomMessage[];
  /**
   * What has happened in a group besides messages, over the same range and in the same order: to be shown between the
   * messages by `seq`. At most the newest 100 of each page.
   */
  events: readonly RoomEventItem[];
  hasOlder: boolean;
  isLoadingOlder: boolean;
  /** Whether the part shown ends before the newest message: new ones count as unread, and are not appended. */
  hasNewer: boolean;
  isLoadingNewer: boolean;
  /** In order of their ids. Of a large group only the pages that were loaded. */
  members: readonly RoomMember[];
  hasMoreMembers: boolean;
  /** Others who are typing. */
  typing: readonly Person[];
}

export interface RoomStore extends Store<RoomSnapshot> {
  readonly key: RoomKey;
  readonly kind: RoomKind;
  /** Of the conversation or the group. */
  readonly id: number;
  /** Queues a message, shows the newest ones and returns its `client_id`, which is its key in `messages`. */
  send(body: string, options?: SendOptions): string;
  /** Sends a failed message again, after those that are queued already. */
  retry(clientId: string): void;
  /** Removes a message from the queue. Returns false when it may have been sent already. */
  discard(clientId: string): boolean;
  /** Throws ChatError. The change comes as an event. */
  edit(messageId: number, body: string, options?: EditOptions): Promise<void>;
  /** Puts an emoji on a message, or takes it back: shown at once, and undone when it is refused. Throws ChatError. */
  react(messageId: number, emoji: string, isOn?: boolean): Promise<void>;
  /** Who has put an emoji on a message, or this one, newest first. Throws ChatError. */
  listReactions(messageId: number, query?: { emoji?: string; cursor?: string | null }): Promise<Page<Reactor>>;
  delete(messageId: number): Promise<void>;
  /** Reads the page before the oldest message. Throws ChatError. */
  loadOlder(): Promise<void>;
  /** Reads the page after the newest message shown, while `hasNewer`. Throws ChatError. */
  loadNewer(): Promise<void>;
  /**
   * Shows the history around a message, as a part of its own until it meets the newest messages. Resolves once it is shown,
   * or superseded by another call. Throws ChatError, such as `not_found`; what was shown then stays.
   */
  showAround(messageId: number): Promise<void>;
  /** Shows the newest messages again. */
  showNewest(): void;
  /** Reads the newest page again, such as after an error. */
  reload(): void;
  /** Drops all but the newest messages, in a room that has been open for long. */
  dropOlder(keep?: number): void;
  /** Reads the next page of a group's members; the first one is read by itself. Throws ChatError. */
  loadMembers(): Promise<void>;
  /** Whether the user has read a message of this room; false while it is not known how far they have read. */
  isRead(message: { id: number; seq: number }): boolean;
  /** Marks the room read, up to a message or to the newest. Call it as often as you like. */
  markRead(messageId?: number): void;
  /** Call it at each keystroke; what is sent is throttled. */
  startTyping(): void;
  stopTyping(): void;
}
