// One followed room: the position up to which its events were published here, and what waits behind a gap. Only the sequencer uses it.
import type { Room } from "../protocol/rooms.ts";
import type { PublishedEvent } from "./bus.ts";

const MAX_WAITING = 1_000;

export class RoomLine {
  /** Committed, as far as is known; above `at` while something is missing. */
  target: number;
  /** The database does not have what is missing. */
  isGone = false;
  private waiting: Map<number, PublishedEvent> | null = null;
  private waiters: { seq: number; resolve(): void }[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  private dueAt = 0;

  constructor(
    readonly room: Room,
    /** The last position published. */
    public at: number,
  ) {
    this.target = at;
  }

  advance(seq: number) {
    this.at = seq;
    if (this.target < seq) this.target = seq;
  }

  /** Keeps an event that others come before; false when it is kept already, or too much is. */
  keep(event: PublishedEvent): boolean {
    this.waiting ??= new Map();
    if (this.waiting.has(event.seq) || this.waiting.size >= MAX_WAITING) return false;
    this.waiting.set(event.seq, event);
    return true;
  }

  take(seq: number): PublishedEvent | undefined {
    const event = this.waiting?.get(seq);
    if (event) this.waiting!.delete(seq);
    return event;
  }

  /** Resolves once the position was published, or never will be. */
  reached(seq: number): Promise<void> {
    return new Promise((resolve) => this.waiters.push({ seq, resolve }));
  }

  /** Resolves those who wait for what has been published. */
  settle() {
    if (this.waiters.length === 0) return;
    const { waiters } = this;
    this.waiters = waiters.filter(({ seq }) => seq > this.at);
    for (const { seq, resolve } of waiters) if (seq <= this.at) resolve();
  }

  /** Calls `fill` after so many milliseconds, or earlier if it was to be called earlier. */
  schedule(delayMs: number, fill: () => void) {
    const at = performance.now() + delayMs;
    if (this.timer) {
      if (this.dueAt <= at) return;
      clearTimeout(this.timer);
    }
    this.dueAt = at;
    this.timer = setTimeout(() => {
      this.timer = null;
      fill();
    }, delayMs);
  }

  /** Waits for nothing more; returns the size of what was kept, in UTF-16 units. */
  giveUp(): number {
    let units = 0;
    for (const { frame } of this.waiting?.values() ?? []) units += frame.length;
    this.waiting = null;
    this.target = this.at;
    this.isGone = true;
    for (const { resolve } of this.waiters.splice(0)) resolve();
    return units;
  }

  close() {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }
}
