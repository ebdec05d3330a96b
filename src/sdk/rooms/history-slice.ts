// A part of a room's history around a message, which does not reach the newest. Its pages are read one after the other; events
// change what it holds and never add to it. Once it meets the live part, history.ts makes one of both.
import { type RetryPolicy, retry } from "../backoff.ts";
import { asChatError, ChatError } from "../errors.ts";
import type { WireMessage } from "../wire.ts";
import { EventWindow } from "./event-window.ts";
import type { MessageWindow } from "./message-window.ts";
import type { PageReader } from "./page-reader.ts";

/** How many messages are read again at most when they are outdated, and how many at once: what the server returns. */
const REREAD_LIMIT = 1_000;
const REREAD_PAGE = 100;

export interface SliceParts {
  pages: PageReader;
  policy: RetryPolicy;
  /** A page was read. */
  onPage(messages: WireMessage[]): void;
  onChange(): void;
  /** What it holds is no longer there. */
  onGone(): void;
}

export class HistorySlice {
  readonly window: MessageWindow;
  readonly events = new EventWindow();
  readonly #parts: SliceParts;
  #older: Promise<void> | null = null;
  #newer: Promise<void> | null = null;
  /** The last of the reads: the window can expect one page at a time. */
  #lastRead: Promise<unknown> = Promise.resolve();
  #isRereadQueued = false;

  constructor(window: MessageWindow, parts: SliceParts) {
    this.window = window;
    this.#parts = parts;
  }

  get isLoadingOlder() {
    return this.#older !== null;
  }

  get isLoadingNewer() {
    return this.#newer !== null;
  }

  /** Reads the page around a message. Throws ChatError. */
  load(messageId: number): Promise<void> {
    return this.#enqueue(async () => {
      const page = await this.#parts.pages.messages({ around: messageId });
      // A server that doesn't know `around` returns its newest page.
      if (!page.data.some(({ id }) => id === messageId)) throw new ChatError("not_found", "The message was not found.");
      await this.#replace(page.data, page.next_cursor !== null);
    });
  }

  /** Reads the page before the oldest message. Throws ChatError. */
  loadOlder(): Promise<void> {
    if (!this.window.hasOlder) return Promise.resolve();
    this.#older ??= this.#extend(() => this.#readOlder()).finally(() => {
      this.#older = null;
      this.#parts.onChange();
    });
    this.#parts.onChange();
    return this.#older;
  }

  /** Reads the page after the newest message held. Throws ChatError. */
  loadNewer(): Promise<void> {
    this.#newer ??= this.#extend(() => this.#readNewer()).finally(() => {
      this.#newer = null;
      this.#parts.onChange();
    });
    this.#parts.onChange();
    return this.#newer;
  }

  /** Reads what is held again, after what is being read already. */
  reload() {
    if (this.#isRereadQueued) return;
    this.#isRereadQueued = true;
    this.#enqueue(() => {
      this.#isRereadQueued = false;
      return this.#reread();
    }).then(this.#parts.onChange, (error) => {
      if (asChatError(error).code !== "closed") this.#parts.onGone();
    });
  }

  #enqueue(read: () => Promise<void>): Promise<void> {
    const reading = this.#lastRead.then(async () => {
      this.window.expectPage();
      try {
        await read();
      } finally {
        this.window.cancelPage();
      }
    });
    this.#lastRead = reading.catch(() => {});
    return reading;
  }

  /** Nothing is added to a slice whose first page never came. */
  #extend(read: () => Promise<void>): Promise<void> {
    return this.#enqueue(async () => {
      if (this.window.messages.length > 0) await read();
    });
  }

  async #readOlder() {
    const { window } = this;
    const { pages, onPage } = this.#parts;
    const oldest = window.messages[0]!;
    const [page, events] = await Promise.all([pages.messages({ before: oldest.id }), pages.events(oldest.seq)]);
    window.prepend(page.data, page.next_cursor !== null);
    this.#addEvents(events);
    onPage(page.data);
  }

  async #readNewer() {
    const { window } = this;
    const { pages, onPage } = this.#parts;
    const page = await pages.messages({ after: window.messages.at(-1)!.id });
    if (page.data.length === 0) return;
    const events = await pages.events(page.data.at(-1)!.seq);
    window.append(page.data);
    this.#addEvents(events);
    onPage(page.data);
  }

  async #reread() {
    const { messages } = this.window;
    const { pages, policy } = this.#parts;
    const oldest = messages.at(-REREAD_LIMIT) ?? messages[0];
    const newest = messages.at(-1);
    if (!oldest || !newest) return;
    const around = await retry(policy, () => pages.messages({ around: oldest.id }, REREAD_PAGE));
    const rows = around.data.filter(({ seq }) => seq >= oldest.seq);
    const hasOlder = around.next_cursor !== null || rows.length < around.data.length;
    let hasMore = around.previous_cursor !== null;
    while (hasMore && rows.at(-1)!.seq < newest.seq) {
      const page = await retry(policy, () => pages.messages({ after: rows.at(-1)!.id }, REREAD_PAGE));
      rows.push(...page.data);
      hasMore = page.next_cursor !== null;
    }
    await this.#replace(rows, hasOlder);
  }

  async #replace(rows: WireMessage[], hasOlder: boolean) {
    const events = await this.#parts.pages.events(rows.at(-1)!.seq);
    this.window.replace(rows, hasOlder, false);
    this.events.clear();
    this.#addEvents(events);
    this.#parts.onPage(rows);
  }

  #addEvents(events: Parameters<EventWindow["add"]>[0]) {
    this.events.add(events);
    this.events.trim(this.window.firstSeq);
  }
}
