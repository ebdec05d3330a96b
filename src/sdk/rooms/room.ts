// The store of a room: its state, history and unsent messages as one snapshot, and what a user does in it.
import type { Api } from "../api.ts";
import { retry } from "../backoff.ts";
import type { Connection } from "../connection/connection.ts";
import type { PeopleStores } from "../features/people.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { EditOptions, SendOptions } from "../outbox/unsent.ts";
import { DerivedStore } from "../store.ts";
import type { Account, Member, Reactor, RoomKey, WireMessage } from "../wire.ts";
import { History } from "./history.ts";
import { type RoomMember, readPositionOf } from "./members.ts";
import type { RoomMessage, StoredMessage } from "./message.ts";
import { PAGE_SIZE } from "./page-reader.ts";
import type { ReadReceipts } from "./read-receipts.ts";
import type { RoomInfo } from "./room-info.ts";
import { messagesPath, parseRoomKey, type RoomKind } from "./room-key.ts";
import { RoomState } from "./room-state.ts";
import type { RoomSnapshot, RoomStore } from "./room-store.ts";
import { Typing } from "./typing.ts";

/** What all rooms of a chat share. */
export interface RoomParts {
  api: Api;
  connection: Connection;
  outbox: Outbox;
  readReceipts: ReadReceipts;
  people: PeopleStores;
  me(): Account | null;
  /** Resolves once `me` is known. */
  untilMe(): Promise<unknown>;
  /** What the list shows of a room has changed. */
  onInfo(): void;
  onInfoOutdated(room: Room): void;
  onCountOutdated(room: Room): void;
  onMessage(room: Room, message: StoredMessage): void;
}

export class Room extends DerivedStore<RoomSnapshot> implements RoomStore {
  readonly #parts: RoomParts;
  readonly kind: RoomKind;
  readonly id: number;
  readonly state: RoomState;
  readonly #history: History;
  readonly #typing: Typing;
  /** What the list of rooms shows of this one. */
  #listed: RoomInfo | null = null;
  #membersLoading: Promise<void> | null = null;

  constructor(
    readonly key: RoomKey,
    parts: RoomParts,
  ) {
    super();
    this.#parts = parts;
    const { api, connection, outbox, untilMe } = parts;
    const { kind, id } = parseRoomKey(key);
    this.kind = kind;
    this.id = id;
    this.#typing = new Typing(key, connection);
    const onStored = (clientId: string) => outbox.onStored(clientId);
    this.state = new RoomState(key, {
      me: parts.me,
      onStored,
      onChange: () => this.onChange(),
      onInfoOutdated: () => parts.onInfoOutdated(this),
      onCountOutdated: () => parts.onCountOutdated(this),
      onMessagesOutdated: (upTo) => this.#history.onOutdated(upTo),
      onMessage: (message) => parts.onMessage(this, message),
    });
    this.#history = new History(key, this.state, {
      api,
      connection,
      untilMe,
      onStored,
      onChange: () => this.changed(),
      onLoaded: () => {
        this.state.pendingReactions.onPage();
        if (this.state.members.cursor === undefined) this.loadMembers().catch(() => {});
      },
    });
  }

  onUnsent() {
    this.state.setUnsent(this.#parts.outbox.summaryOf(this.key));
  }

  /** The state has changed. */
  onChange() {
    this.changed();
    const { info, isGone } = this.state;
    const listed = isGone ? null : info;
    if (listed === this.#listed) return;
    this.#listed = listed;
    this.#parts.onInfo();
  }

  onReconnect() {
    if (this.#history.error && this.hasSubscribers && !this.state.isGone) this.reload();
  }

  onDisconnect() {
    if (this.state.typingUsers.size === 0) return;
    this.state.typingUsers.clear();
    this.changed();
  }

  /** A message of the user's own was acknowledged; its event comes as well, before or after. */
  onAcknowledged(message: WireMessage) {
    this.state.window.putAcknowledged(message);
    this.changed();
  }

  send(body: string, options?: SendOptions): string {
    this.#typing.onSend();
    this.showNewest();
    return this.#parts.outbox.add(this.key, body, options);
  }

  retry(clientId: string) {
    this.#parts.outbox.retry(clientId);
  }

  discard(clientId: string) {
    return this.#parts.outbox.discard(clientId);
  }

  edit(messageId: number, body: string, { entities, attachments }: EditOptions = {}) {
    return this.#parts.api.run("PUT", `${messagesPath(this.key)}/${messageId}`, {
      body,
      ...(entities && { entities }),
      ...(attachments && { attachments: attachments.map(({ id }) => id) }),
    });
  }

  async react(messageId: number, emoji: string, isOn = true) {
    const wish = this.state.pendingReactions.add(messageId, emoji, isOn);
    this.changed();
    const path = `${messagesPath(this.key)}/${messageId}/reactions/${encodeURIComponent(emoji)}`;
    try {
      await this.#parts.api.run(isOn ? "PUT" : "DELETE", path);
      const own = this.state.find(messageId)?.reactions?.some((reaction) => reaction.emoji === emoji && reaction.mine);
      wish.onStored(Boolean(own) === isOn);
    } catch (error) {
      wish.onRefused();
      throw error;
    } finally {
      this.changed();
    }
  }

  listReactions(messageId: number, query: { emoji?: string; cursor?: string | null } = {}) {
    return this.#parts.api.page<Reactor>(`${messagesPath(this.key)}/${messageId}/reactions`, query);
  }

  delete(messageId: number) {
    return this.#parts.api.run("DELETE", `${messagesPath(this.key)}/${messageId}`);
  }

  loadOlder(): Promise<void> {
    return this.#history.loadOlder();
  }

  loadNewer(): Promise<void> {
    return this.#history.loadNewer();
  }

  showAround(messageId: number): Promise<void> {
    return this.#history.showAround(messageId);
  }

  showNewest() {
    this.#history.showNewest();
  }

  reload() {
    void this.#history.load();
  }

  dropOlder(keep = PAGE_SIZE) {
    this.#history.trim(keep);
    this.changed();
  }

  loadMembers(): Promise<void> {
    if (this.kind !== "group" || this.state.members.cursor === null) return Promise.resolve();
    this.#membersLoading ??= this.#readMembers().finally(() => {
      this.#membersLoading = null;
      this.onChange();
    });
    return this.#membersLoading;
  }

  isRead(message: { id: number; seq: number }) {
    return this.state.positions.isRead(message);
  }

  markRead(messageId?: number) {
    const { window, info, meId, positions, isGone } = this.state;
    const held = window.messages.at(-1);
    const last = info?.last_message;
    const newest = held && held.seq >= (last?.seq ?? 0) ? held : (last ?? held);
    const message = messageId === undefined ? newest : this.state.find(messageId);
    const id = message?.id ?? messageId;
    if (id === undefined || (message && positions.isRead(message)) || isGone) return;
    this.state.readUpTo(meId, id);
    this.#parts.readReceipts.add(this.key, id);
    this.onChange();
  }

  startTyping() {
    this.#typing.start();
  }

  stopTyping() {
    this.#typing.stop();
  }

  protected override onSubscribe() {
    if (!this.state.window.isLoaded && !this.#history.isLoading) this.reload();
  }

  protected override onLastUnsubscribe() {
    // A user interface that replaces its listener has subscribed again by then.
    setTimeout(() => {
      if (this.hasSubscribers) return;
      this.showNewest();
      if (!this.#history.isLoadingOlder) this.dropOlder();
    }, 0);
  }

  protected build(): RoomSnapshot {
    const { state, kind, key } = this;
    const history = this.#history;
    const { slice, info, members, positions, typingUsers } = state;
    const { window, events } = state.shown;
    // They are newer than a slice.
    const unsent = slice ? [] : this.#unsentMessages();
    const messages = state.pendingReactions.applyTo(window.messages, state.meId);
    return {
      key,
      info,
      status: this.#status(),
      error: history.error,
      messages: unsent.length > 0 ? [...messages, ...unsent] : messages,
      events: events.items,
      hasOlder: window.isLoaded && window.hasOlder,
      isLoadingOlder: history.isLoadingOlder,
      hasNewer: slice !== null,
      isLoadingNewer: history.isLoadingNewer,
      members: kind === "group" ? members.list(positions, this.#profileOf) : this.#participants(),
      hasMoreMembers: kind === "group" && members.cursor !== null,
      typing: [...typingUsers.values()],
    };
  }

  #status(): RoomSnapshot["status"] {
    if (this.state.isGone) return "gone";
    if (this.state.slice) return "ready";
    if (this.#history.isLoading) return "loading";
    if (this.#history.error) return "failed";
    return this.state.window.isLoaded ? "ready" : "idle";
  }

  #unsentMessages() {
    const { meId } = this.state;
    return this.#parts.outbox
      .of(this.key)
      .map(({ client_id, body, extras, uploads, created_at, error }): RoomMessage => {
        const files = uploads && { uploads: this.#parts.outbox.uploadsOf(client_id) };
        const rest = { ...extras, ...files, id: null, seq: null, edited_at: null, deleted_at: null, error };
        const sender = { sender_id: meId, sender_name: this.state.nameOf(meId) };
        return { key: client_id, client_id, body, created_at, ...sender, ...rest, state: error ? "failed" : "sending" };
      });
  }

  readonly #profileOf = (userId: number) => {
    const { id: _, username: __, ...profile } = this.#parts.people.of(userId).getSnapshot() ?? {};
    return profile;
  };

  /** The two of a conversation, in the form of members. */
  #participants(): RoomMember[] {
    const { info, positions } = this.state;
    const me = this.#parts.me();
    if (info?.kind !== "conversation" || !me) return [];
    return [me, info.peer].map(({ id, username }) => ({
      user_id: id,
      username,
      ...this.#profileOf(id),
      role: "member",
      is_muted: false,
      muted_until: null,
      ...readPositionOf(id, positions),
    }));
  }

  async #readMembers() {
    const { members, positions } = this.state;
    const { api, connection, people } = this.#parts;
    for (let isAdded = false; !isAdded; ) {
      const edition = members.expectPage();
      const { cursor } = members;
      const learn = people.learner();
      const page = await retry(connection, () => api.page<Member>(`/groups/${this.id}/members`, { cursor }));
      learn(page.data.map(({ user_id: id, ...member }) => ({ id, ...member })));
      isAdded = members.addPage(edition, page.data, page.next_cursor, positions);
    }
  }
}
