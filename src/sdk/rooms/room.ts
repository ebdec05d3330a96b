// A room for a user interface: its messages with their states, members and typists as plain data, and everything one does
// in it. Messages are read when somebody first looks, and kept up to date from then on.
import type { Api } from "../api.ts";
import { retry } from "../backoff.ts";
import type { Connection } from "../connection/connection.ts";
import { asChatError, type ChatError } from "../errors.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { DerivedStore, type Store } from "../store.ts";
import type { Account, GroupEvent, Page, Person, RoomKey, WireMessage } from "../wire.ts";
import type { RoomMember } from "./members.ts";
import type { RoomMessage, StoredMessage } from "./message.ts";
import type { ReadReceipts } from "./read-receipts.ts";
import type { RoomEventItem } from "./room-events.ts";
import type { RoomInfo } from "./room-info.ts";
import { RoomState } from "./room-state.ts";
import { Typing } from "./typing.ts";

// A screen holds some twenty; the server gives up to 100.
const PAGE = 50;

export interface RoomSnapshot {
  key: RoomKey;
  /** Null until the list has told of the room. */
  info: RoomInfo | null;
  /** `gone`: the room is not the user's any more; what was read stays. */
  status: "idle" | "loading" | "ready" | "failed" | "gone";
  /** Why the messages could not be read. */
  error: ChatError | null;
  /** In the room's order, without gaps; those that are not stored yet come last. */
  messages: readonly RoomMessage[];
  /**
   * What has happened in a group besides messages, over the same stretch, in the room's order: to be shown between the
   * messages by `seq`. Of a page at most the newest 100.
   */
  events: readonly RoomEventItem[];
  hasOlder: boolean;
  isLoadingOlder: boolean;
  /** In order of their ids. Of a large group only those that were asked for. */
  members: readonly RoomMember[];
  hasMoreMembers: boolean;
  /** Others who are typing. */
  typing: readonly Person[];
}

export interface RoomStore extends Store<RoomSnapshot> {
  readonly key: RoomKey;
  readonly kind: "conversation" | "group";
  /** Of the conversation or the group. */
  readonly id: number;
  /** Puts a message in the queue and answers its `client_id`; its state tells what becomes of it. */
  send(body: string): string;
  /** Sends a failed message again, behind what waits already. */
  retry(clientId: string): void;
  /** Takes a message out of the queue; false when it may have been sent already. */
  discard(clientId: string): boolean;
  /** Throws ChatError. The change comes as an event. */
  edit(messageId: number, body: string): Promise<void>;
  delete(messageId: number): Promise<void>;
  /** Reads the page before the oldest message. Throws ChatError. */
  loadOlder(): Promise<void>;
  /** Reads the newest page anew, such as after an error. */
  reload(): void;
  /** Lets go of all but the newest messages, for a room that has run for long. */
  dropOlder(keep?: number): void;
  /** Reads the next page of a group's members; the first comes by itself. Throws ChatError. */
  loadMembers(): Promise<void>;
  /** Marks the room read, up to a message or to the newest. Call it as often as you like. */
  markRead(messageId?: number): void;
  /** Call it at each keystroke; what is sent is throttled. */
  startTyping(): void;
  stopTyping(): void;
}

/** What all rooms of a chat share. */
export interface RoomParts {
  api: Api;
  connection: Connection;
  outbox: Outbox;
  readReceipts: ReadReceipts;
  me(): Account | null;
  /** Resolves once `me` is known. */
  untilMe(): Promise<unknown>;
  onInfo(): void;
  wantInfo(room: Room): void;
  wantCount(room: Room): void;
  onMessage(room: Room, message: StoredMessage): void;
}

export class Room extends DerivedStore<RoomSnapshot> implements RoomStore {
  readonly kind: "conversation" | "group";
  readonly id: number;
  readonly state: RoomState;
  private readonly typing: Typing;
  /** What the list of rooms shows of this one. */
  private listed: RoomInfo | null = null;
  private isLoading = false;
  private error: ChatError | null = null;
  private older: Promise<void> | null = null;
  private membersUnderWay: Promise<void> | null = null;
  /** Counts the readings of the newest page, so that what belongs to an earlier one can be told. */
  private reading = 0;
  /** What the newest page must reach; it was asked for before the stream began. */
  private mustReach = 0;
  /** What it did reach; news that came behind it says nothing of what lies between. */
  private reached = 0;

  constructor(
    readonly key: RoomKey,
    private readonly parts: RoomParts,
  ) {
    super();
    const [kind, id] = key.split(":");
    this.kind = kind as "conversation" | "group";
    this.id = Number(id);
    this.typing = new Typing(this.kind, this.id, parts.connection);
    this.state = new RoomState(key, {
      me: parts.me,
      onChange: () => this.onChange(),
      wantInfo: () => parts.wantInfo(this),
      wantCount: () => parts.wantCount(this),
      wantMessages: (upTo) => this.onStale(upTo),
      onStored: (clientId) => parts.outbox.settle(clientId),
      onMessage: (message) => parts.onMessage(this, message),
    });
  }

  onUnsent() {
    this.state.setUnsent(this.parts.outbox.countOf(this.key));
  }

  /** The state has changed. */
  onChange() {
    this.changed();
    const { info, isGone } = this.state;
    const listed = isGone ? null : info;
    if (listed === this.listed) return;
    this.listed = listed;
    this.parts.onInfo();
  }

  onReconnect() {
    if (this.error && this.hasSubscribers && !this.state.isGone) void this.read();
  }

  onDisconnect() {
    if (this.state.typists.size === 0) return;
    this.state.typists.clear();
    this.changed();
  }

  /** A message of the user's own was stored; its event comes as well, before or after. */
  onSent(message: WireMessage) {
    this.state.window.offer(message);
    this.changed();
  }

  send(body: string): string {
    this.typing.onSend();
    return this.parts.outbox.add(this.key, body);
  }

  retry(clientId: string) {
    this.parts.outbox.retry(clientId);
  }

  discard(clientId: string) {
    return this.parts.outbox.discard(clientId);
  }

  async edit(messageId: number, body: string) {
    await this.parts.api.editMessage(this.key, messageId, body);
  }

  async delete(messageId: number) {
    await this.parts.api.deleteMessage(this.key, messageId);
  }

  loadOlder(): Promise<void> {
    const { window } = this.state;
    if (!window.isLoaded || !window.hasOlder || this.isLoading) return Promise.resolve();
    this.older ??= this.readOlder().finally(() => {
      this.older = null;
      this.changed();
    });
    this.changed();
    return this.older;
  }

  reload() {
    void this.read();
  }

  dropOlder(keep = PAGE) {
    const { window, happenings } = this.state;
    window.trim(keep);
    happenings.trim(window.firstSeq);
    this.changed();
  }

  loadMembers(): Promise<void> {
    if (this.kind !== "group" || this.state.members.cursor === null) return Promise.resolve();
    this.membersUnderWay ??= this.readMembers().finally(() => {
      this.membersUnderWay = null;
      this.onChange();
    });
    return this.membersUnderWay;
  }

  markRead(messageId?: number) {
    const { window, info, meId } = this.state;
    const held = window.messages.at(-1);
    const last = info?.last_message;
    const newest = held && held.seq >= (last?.seq ?? 0) ? held : (last ?? held);
    const message = messageId === undefined ? newest : this.state.find(messageId);
    const id = message?.id ?? messageId;
    if (id === undefined || (message && this.state.isRead(message)) || this.state.isGone) return;
    this.state.readUpTo(meId, id);
    this.parts.readReceipts.mark(this.key, id);
    this.onChange();
  }

  startTyping() {
    this.typing.start();
  }

  stopTyping() {
    this.typing.stop();
  }

  protected override onSubscribe() {
    if (!this.state.window.isLoaded && !this.isLoading) void this.read();
  }

  protected override onLastUnsubscribe() {
    // Whoever only changes listeners is back by then.
    setTimeout(() => {
      if (!this.hasSubscribers && !this.older) this.dropOlder();
    }, 0);
  }

  protected build(): RoomSnapshot {
    const { state, kind, key } = this;
    const { window, happenings, info, members, positions, typists, meId } = state;
    const waiting = this.parts.outbox.of(key);
    const unsent = waiting.map(({ client_id, body, created_at, error }): RoomMessage => {
      const rest = { id: null, seq: null, edited_at: null, deleted_at: null, error };
      const sender = { sender_id: meId, sender_name: state.nameOf(meId) };
      return { key: client_id, client_id, body, created_at, ...sender, ...rest, state: error ? "failed" : "sending" };
    });
    return {
      key,
      info,
      status: state.isGone
        ? "gone"
        : this.isLoading
          ? "loading"
          : this.error
            ? "failed"
            : window.isLoaded
              ? "ready"
              : "idle",
      error: this.error,
      messages: unsent.length > 0 ? [...window.messages, ...unsent] : window.messages,
      events: happenings.items,
      hasOlder: window.isLoaded && window.hasOlder,
      isLoadingOlder: this.older !== null,
      members: kind === "group" ? members.list(positions) : this.pair(),
      hasMoreMembers: kind === "group" && members.cursor !== null,
      typing: [...typists.values()],
    };
  }

  /** The two of a conversation, in the form of members. */
  private pair(): RoomMember[] {
    const { info, positions } = this.state;
    const me = this.parts.me();
    if (info?.kind !== "conversation" || !me) return [];
    return [me, info.peer].map(({ id, username }) => {
      const { readSeq, readId } = positions.get(id);
      const at = { read_seq: readSeq, last_read_message_id: readId || null };
      return { user_id: id, username, role: "member", is_muted: false, muted_until: null, ...at };
    });
  }

  private onStale(upTo: number | null) {
    if (!this.state.window.isLoaded && !this.isLoading) return;
    if (upTo === null) void this.read();
    else {
      this.mustReach = upTo;
      this.checkReach();
    }
  }

  /** Reads anew if what is held was read before the stream began, and something has happened in between. */
  private checkReach() {
    const isThere = this.reached >= this.mustReach;
    if (!this.state.window.isLoaded || this.isLoading) return;
    const upTo = this.mustReach;
    this.mustReach = 0;
    if (!isThere && upTo > 0) void this.read();
  }

  /** Reads the newest page, until it is there or refused. */
  private async read() {
    const { state, parts, key } = this;
    const reading = ++this.reading;
    this.isLoading = true;
    this.error = null;
    state.window.expectPage();
    this.changed();
    let page: Page<WireMessage> | null = null;
    let events: GroupEvent[] = [];
    try {
      await parts.untilMe();
      [page, events] = await Promise.all([
        retry(parts.connection, () => parts.api.messages(key, PAGE)),
        retry(parts.connection, () => this.readEvents()),
      ]);
    } catch (error) {
      if (reading === this.reading) this.error = asChatError(error);
    }
    if (reading !== this.reading) return;
    this.isLoading = false;
    if (page) {
      this.reached = page.data.at(-1)?.seq ?? 0;
      state.window.restart(page.data, page.next_cursor !== null);
      this.showEvents(events);
      this.settle(page.data);
      if (this.kind === "group" && state.members.cursor === undefined) this.loadMembers().catch(() => {});
    } else state.window.expectNothing();
    this.changed();
    this.checkReach();
  }

  private async readOlder() {
    const { window } = this.state;
    const { reading } = this;
    window.expectPage();
    try {
      // With none held it is the newest page.
      const oldest = window.messages[0];
      const [page, events] = await Promise.all([
        this.parts.api.messages(this.key, PAGE, oldest?.id),
        this.readEvents(oldest?.seq),
      ]);
      if (reading === this.reading) {
        window.extend(page.data, page.next_cursor !== null);
        this.showEvents(events);
      }
      this.settle(page.data);
    } finally {
      if (reading === this.reading) window.expectNothing();
    }
  }

  /** A server that doesn't tell of them is no reason to show no messages. */
  private async readEvents(before?: number): Promise<GroupEvent[]> {
    if (this.kind !== "group") return [];
    try {
      return (await this.parts.api.groupEvents(this.id, before)).data;
    } catch (error) {
      if (asChatError(error).isTransient) throw error;
      return [];
    }
  }

  private showEvents(events: GroupEvent[]) {
    const { window, happenings } = this.state;
    happenings.add(events);
    happenings.trim(window.firstSeq);
  }

  private async readMembers() {
    const { members, positions } = this.state;
    let isAdded = false;
    while (!isAdded) {
      const edition = members.expectPage();
      const page = await retry(this.parts.connection, () => this.parts.api.members(this.id, members.cursor ?? null));
      isAdded = members.addPage(edition, page.data, page.next_cursor, positions);
    }
  }

  /** Messages of one's own in a page are stored, whether their ack came or not. */
  private settle(page: WireMessage[]) {
    const { meId } = this.state;
    for (const { sender_id, client_id } of page) {
      if (sender_id === meId && client_id) this.parts.outbox.settle(client_id);
    }
  }
}
