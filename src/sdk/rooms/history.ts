// Reads the messages of a room into its window: the newest page when someone first looks, older ones on demand, and the
// newest again when what is held is outdated. Events of a group come with each page.
import type { Api } from "../api.ts";
import { retry } from "../backoff.ts";
import type { Connection } from "../connection/connection.ts";
import { asChatError, type ChatError } from "../errors.ts";
import type { GroupEvent, Page, RoomKey, WireMessage } from "../wire.ts";
import { messagesPath, parseRoomKey } from "./room-key.ts";
import type { RoomState } from "./room-state.ts";

/** A screen shows some twenty; the server returns up to 100. */
export const PAGE_SIZE = 50;

export interface HistoryParts {
  api: Api;
  connection: Connection;
  /** Resolves once it is known whose session this is. */
  untilMe(): Promise<unknown>;
  onChange(): void;
  /** The newest page is there. */
  onLoaded(): void;
  /** A message of the user's own was in a page. */
  onStored(clientId: string): void;
}

export class History {
  readonly #key: RoomKey;
  readonly #state: RoomState;
  readonly #parts: HistoryParts;
  isLoading = false;
  error: ChatError | null = null;
  #older: Promise<void> | null = null;
  /** Counts the requests of the newest page, so that the results of earlier ones are recognized. */
  #generation = 0;
  /** The seq that the newest page must include: it was requested before the stream began. */
  #requiredSeq = 0;
  /** The seq that it did include. Events after it say nothing about what lies between. */
  #pageSeq = 0;

  constructor(key: RoomKey, state: RoomState, parts: HistoryParts) {
    this.#key = key;
    this.#state = state;
    this.#parts = parts;
  }

  get isLoadingOlder() {
    return this.#older !== null;
  }

  /** Reads the newest page, until it is there or refused. */
  async load() {
    const state = this.#state;
    const parts = this.#parts;
    const generation = ++this.#generation;
    this.isLoading = true;
    this.error = null;
    state.window.expectPage();
    parts.onChange();
    let page: Page<WireMessage> | null = null;
    let events: GroupEvent[] = [];
    try {
      await parts.untilMe();
      [page, events] = await Promise.all([
        retry(parts.connection, () => this.#readPage()),
        retry(parts.connection, () => this.#readEvents()),
      ]);
    } catch (error) {
      if (generation === this.#generation) this.error = asChatError(error);
    }
    if (generation !== this.#generation) return;
    this.isLoading = false;
    if (page) {
      this.#pageSeq = page.data.at(-1)?.seq ?? 0;
      state.window.replace(page.data, page.next_cursor !== null);
      this.#addEvents(events);
      this.#reportStored(page.data);
      parts.onLoaded();
    } else state.window.cancelPage();
    parts.onChange();
    this.#reloadIfOutdated();
  }

  /** Reads the page before the oldest message. Throws ChatError. */
  loadOlder(): Promise<void> {
    const { window } = this.#state;
    if (!window.isLoaded || !window.hasOlder || this.isLoading) return Promise.resolve();
    this.#older ??= this.#readOlder().finally(() => {
      this.#older = null;
      this.#parts.onChange();
    });
    this.#parts.onChange();
    return this.#older;
  }

  /** What is held is outdated; with `upTo` only if it was read before that change. */
  onOutdated(upTo: number | null) {
    if (!this.#state.window.isLoaded && !this.isLoading) return;
    if (upTo === null) void this.load();
    else {
      this.#requiredSeq = upTo;
      this.#reloadIfOutdated();
    }
  }

  trim(keep: number) {
    const { window, events } = this.#state;
    window.trim(keep);
    events.trim(window.firstSeq);
  }

  #reloadIfOutdated() {
    if (!this.#state.window.isLoaded || this.isLoading) return;
    const requiredSeq = this.#requiredSeq;
    this.#requiredSeq = 0;
    if (this.#pageSeq < requiredSeq) void this.load();
  }

  async #readOlder() {
    const generation = this.#generation;
    const { window } = this.#state;
    window.expectPage();
    try {
      // With none held it is the newest page.
      const oldest = window.messages[0];
      const [page, events] = await Promise.all([this.#readPage(oldest?.id), this.#readEvents(oldest?.seq)]);
      if (generation === this.#generation) {
        window.prepend(page.data, page.next_cursor !== null);
        this.#addEvents(events);
      }
      this.#reportStored(page.data);
    } finally {
      if (generation === this.#generation) window.cancelPage();
    }
  }

  #readPage(before?: number) {
    return this.#parts.api.page<WireMessage>(messagesPath(this.#key), { limit: PAGE_SIZE, before });
  }

  /** A server that doesn't list events is no reason to show no messages. */
  async #readEvents(before?: number): Promise<GroupEvent[]> {
    const { kind, id } = parseRoomKey(this.#key);
    if (kind !== "group") return [];
    try {
      return (await this.#parts.api.page<GroupEvent>(`/groups/${id}/events`, { before })).data;
    } catch (error) {
      if (asChatError(error).isTransient) throw error;
      return [];
    }
  }

  #addEvents(added: GroupEvent[]) {
    const { window, events } = this.#state;
    events.add(added);
    events.trim(window.firstSeq);
  }

  /** The user's own messages in a page are stored, whether or not their acknowledgement came. */
  #reportStored(page: WireMessage[]) {
    for (const { sender_id, client_id } of page)
      if (sender_id === this.#state.meId && client_id) this.#parts.onStored(client_id);
  }
}
