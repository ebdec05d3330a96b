// Reads the messages of a room into its window: the newest page when someone first looks, older ones on demand, and the
// newest again when what is held is outdated. Events of a group come with each page. What is further up is shown as a slice of
// its own, until it meets the window.
import type { Api } from "../api.ts";
import { retry } from "../backoff.ts";
import type { Connection } from "../connection/connection.ts";
import { asChatError, type ChatError } from "../errors.ts";
import type { GroupEvent, RoomKey, WireMessage } from "../wire.ts";
import type { HistorySlice } from "./history-slice.ts";
import { type MessagePage, PageReader } from "./page-reader.ts";
import type { RoomState } from "./room-state.ts";

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
  readonly #state: RoomState;
  readonly #parts: HistoryParts;
  readonly #pages: PageReader;
  isLoading = false;
  error: ChatError | null = null;
  #older: Promise<void> | null = null;
  /** Counts what was asked to be shown, so that an earlier jump is recognized. */
  #jumps = 0;
  /** Counts the requests of the newest page, so that the results of earlier ones are recognized. */
  #generation = 0;
  /** The seq that the newest page must include: it was requested before the stream began. */
  #requiredSeq = 0;
  /** The seq that it did include. Events after it say nothing about what lies between. */
  #pageSeq = 0;

  constructor(key: RoomKey, state: RoomState, parts: HistoryParts) {
    this.#state = state;
    this.#parts = parts;
    this.#pages = new PageReader(key, parts.api);
  }

  get isLoadingOlder() {
    const { slice } = this.#state;
    return slice ? slice.isLoadingOlder : this.#older !== null;
  }

  get isLoadingNewer() {
    return this.#state.slice?.isLoadingNewer === true;
  }

  /** Reads the newest page, until it is there or refused. */
  async load() {
    const state = this.#state;
    const parts = this.#parts;
    const generation = ++this.#generation;
    this.isLoading = true;
    this.error = null;
    // What events brought for an earlier request may be older than this page, with nothing to follow: it was missed.
    state.window.cancelPage();
    state.window.expectPage();
    parts.onChange();
    let page: MessagePage | null = null;
    let events: GroupEvent[] = [];
    try {
      await parts.untilMe();
      [page, events] = await Promise.all([
        retry(parts.connection, () => this.#pages.messages()),
        retry(parts.connection, () => this.#pages.events()),
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
    this.#join();
    parts.onChange();
    this.#reloadIfOutdated();
  }

  /** Shows the page around a message. Throws ChatError. */
  async showAround(messageId: number): Promise<void> {
    const state = this.#state;
    if (state.slice?.window.has(messageId)) {
      this.#jumps++;
      return state.dropSlices(state.slice);
    }
    if (state.window.isLoaded && state.window.has(messageId)) return this.showNewest();
    if (state.window.isLoaded && state.window.messages.length === 0 && !this.isLoading) void this.load();
    // An earlier request is superseded.
    state.dropSlices(state.slice);
    const jump = ++this.#jumps;
    const slice = await this.#createSlice();
    if (jump !== this.#jumps) return;
    state.slices.add(slice);
    try {
      await slice.load(messageId);
    } catch (error) {
      state.slices.delete(slice);
      throw error;
    }
    if (!state.slices.has(slice)) return;
    state.dropSlices(slice);
    state.slice = slice;
    this.#join();
    this.#parts.onChange();
  }

  /** Its module is loaded by the first one. */
  async #createSlice(): Promise<HistorySlice> {
    const state = this.#state;
    const [{ HistorySlice }] = await Promise.all([import("./history-slice.ts"), this.#parts.untilMe()]).catch(
      (error) => {
        throw asChatError(error);
      },
    );
    const slice: HistorySlice = new HistorySlice(state.createWindow(), {
      pages: this.#pages,
      policy: this.#parts.connection,
      onPage: (messages) => this.#reportStored(messages),
      onChange: () => {
        this.#join();
        this.#parts.onChange();
      },
      onGone: () => {
        if (state.slice === slice) this.showNewest();
      },
    });
    return slice;
  }

  /** Shows the live part again. */
  showNewest() {
    this.#jumps++;
    if (this.#state.slices.size === 0) return;
    this.#state.dropSlices();
    if (!this.#state.window.isLoaded && !this.isLoading) void this.load();
    this.#parts.onChange();
  }

  /** Reads the page after the newest message of a slice. Throws ChatError. */
  loadNewer(): Promise<void> {
    return this.#state.slice?.loadNewer() ?? Promise.resolve();
  }

  /** Reads the page before the oldest message. Throws ChatError. */
  loadOlder(): Promise<void> {
    const { window, slice } = this.#state;
    if (slice) return slice.loadOlder();
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
    for (const slice of this.#state.slices) slice.reload();
    if (!this.#state.window.isLoaded && !this.isLoading) return;
    if (upTo === null) void this.load();
    else {
      this.#requiredSeq = upTo;
      this.#reloadIfOutdated();
    }
  }

  /** The slice that is shown becomes part of the live window as soon as they overlap. */
  #join() {
    const { slice, window, events } = this.#state;
    // A page that replaces the window would take it away again.
    if (!slice || this.isLoading || !window.isLoaded || !window.join(slice.window)) return;
    events.merge(slice.events);
    events.trim(window.firstSeq);
    this.#state.dropSlices();
  }

  trim(keep: number) {
    const { window, events, slices } = this.#state;
    // Of a window without messages it is unknown where a slice would meet it.
    window.trim(slices.size > 0 ? Math.max(1, keep) : keep);
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
      const [page, events] = await Promise.all([
        this.#pages.messages({ before: oldest?.id }),
        this.#pages.events(oldest?.seq),
      ]);
      // A slice may have been joined meanwhile.
      if (generation === this.#generation && window.messages[0]?.seq === oldest?.seq) {
        window.prepend(page.data, page.next_cursor !== null);
        this.#addEvents(events);
      }
      this.#reportStored(page.data);
      this.#join();
    } finally {
      if (generation === this.#generation) window.cancelPage();
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
