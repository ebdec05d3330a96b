// The stretch of a room's messages that is held in memory: without gaps from its oldest to the newest, in order of seq.
// Pages come by HTTP, changes by the socket, and the two overtake each other: whatever came as an event since a page was
// asked for is newer than the page, or will be followed by an event that is.

import type { WireMessage } from "../wire.ts";
import { laterOf, type StoredMessage } from "./message.ts";

// Of those that were sent before anybody looks; a program may send without ever looking.
const EARLY_LIMIT = 50;

export class MessageWindow {
  messages: readonly StoredMessage[] = [];
  /** Whether there is more before the oldest. */
  hasOlder = true;
  isLoaded = false;
  /** What events brought while a page is under way, by seq of the message. */
  private news: Map<number, WireMessage> | null = null;

  constructor(
    private readonly toStored: (message: WireMessage) => StoredMessage,
    private readonly isOwn: (message: WireMessage) => boolean,
  ) {}

  get isExpecting() {
    return this.news !== null;
  }

  /** Where the stretch begins: 1 when nothing is before it. */
  get firstSeq() {
    return this.hasOlder ? (this.messages[0]?.seq ?? Number.POSITIVE_INFINITY) : 1;
  }

  /** A page is about to be asked for. */
  expectPage() {
    this.news ??= new Map();
  }

  /** No page is under way any more. */
  expectNothing() {
    this.news = null;
  }

  /** A message as an event or an ack tells of it. One that is older than the window is left to its page. */
  put(message: WireMessage, isNew: boolean) {
    this.news?.set(message.seq, message);
    const at = this.indexOf(message.seq);
    const there = this.messages[at]?.seq === message.seq;
    if (!there && !isNew) return;
    if (!this.isLoaded) {
      // What one has just sent stays in sight until the first page is there.
      if (there || this.isOwn(message))
        this.messages = this.messages.toSpliced(at, there ? 1 : 0, this.toStored(message)).slice(-EARLY_LIMIT);
      return;
    }
    // Before the oldest, while there is more before it, stands somewhere in a page to come.
    if (!there && at === 0 && this.hasOlder && this.messages.length > 0) return;
    const stored = this.toStored(message);
    if (there) stored.state = laterOf(stored.state, this.messages[at]!.state);
    this.messages = this.messages.toSpliced(at, there ? 1 : 0, stored);
  }

  /** A message as an ack tells of it: its event comes as well, and may have come already. */
  offer(message: WireMessage) {
    const isHere = this.messages[this.indexOf(message.seq)]?.seq === message.seq;
    if (!isHere && !this.news?.has(message.seq)) this.put(message, true);
  }

  /** Replaces everything by the newest page. */
  restart(page: WireMessage[], hasOlder: boolean) {
    const first = hasOlder ? (page[0]?.seq ?? 0) : 0;
    const rows = new Map(page.map((message) => [message.seq, message]));
    for (const [seq, message] of this.news ?? []) if (seq >= first) rows.set(seq, message);
    this.messages = [...rows.values()].sort((a, b) => a.seq - b.seq).map(this.toStored);
    this.hasOlder = hasOlder;
    this.isLoaded = true;
    this.news = null;
  }

  /** Adds the page before the oldest. */
  extend(page: WireMessage[], hasOlder: boolean) {
    const oldest = this.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
    const older = page.filter(({ seq }) => seq < oldest).map((message) => this.news?.get(message.seq) ?? message);
    this.messages = [...older.map(this.toStored), ...this.messages];
    this.hasOlder = hasOlder;
    this.news = null;
  }

  /** Keeps the newest alone. */
  trim(keep: number) {
    if (this.messages.length <= keep || this.news) return;
    this.messages = this.messages.slice(this.messages.length - keep);
    this.hasOlder = true;
  }

  /** Gives messages another form, from the newest back, until `change` says that the rest stays as it is (null). */
  revise(change: (message: StoredMessage) => StoredMessage | null) {
    let revised: StoredMessage[] | null = null;
    for (let at = this.messages.length - 1; at >= 0; at--) {
      const next = change(this.messages[at]!);
      if (next === null) break;
      if (next === this.messages[at]) continue;
      revised ??= this.messages.slice();
      revised[at] = next;
    }
    if (revised) this.messages = revised;
  }

  /** Where a message with this seq stands, or would stand. */
  private indexOf(seq: number): number {
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
