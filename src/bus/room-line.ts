// One room: the position up to which its events were published here, and what waits behind a gap. Only the sequencer uses it.
import type { Room } from "../protocol/rooms.ts";
import type { PublishedEvent } from "./bus.ts";
import type { Clock } from "./clock.ts";

const MAX_WAITING = 1_000;

interface Waiting {
  event: PublishedEvent;
  /** By the clock. */
  since: number;
}

export class RoomLine {
  /** Committed, as far as is known; above `at` while something is missing. */
  target: number;
  /** How often something past `at` was said to be committed. */
  claims = 0;
  /** Up to this position, once read from the database, it has nothing more: the room is being purged. */
  private goneUpTo = 0;
  /** Null while it is not followed. */
  room: Room | null = null;
  private waiting: Map<number, Waiting> | null = null;
  private waiters: { seq: number; resolve(): void }[] = [];
  private cancelTimer: (() => void) | null = null;
  private dueAt = 0;

  constructor(
    readonly id: number,
    /** The last position published. */
    public at: number,
    private readonly clock: Clock,
  ) {
    this.target = at;
  }

  advance(seq: number) {
    this.at = seq;
    if (this.target > seq) return;
    this.target = seq;
    this.close();
  }

  /** How many events up to the target neither were published nor are kept. */
  get missing() {
    return this.target - this.at - (this.waiting?.size ?? 0);
  }

  /** Whether everything up to `seq` that exists has been published. */
  hasReached(seq: number) {
    return seq <= this.at || seq <= this.goneUpTo;
  }

  /** The room is there: a position that it did not have was one of another history, and may come to be one of this. */
  forgetGone() {
    this.goneUpTo = 0;
  }

  isKept(seq: number) {
    return this.waiting?.has(seq) ?? false;
  }

  /** Keeps an event that others come before; false when too much is kept. */
  keep(event: PublishedEvent): boolean {
    this.waiting ??= new Map();
    if (this.waiting.size >= MAX_WAITING) return false;
    this.waiting.set(event.seq, { event, since: this.clock.now() });
    return true;
  }

  take(seq: number): Waiting | undefined {
    const waiting = this.waiting?.get(seq);
    if (waiting) this.waiting!.delete(seq);
    return waiting;
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
    const at = this.clock.now() + delayMs;
    if (this.cancelTimer) {
      if (this.dueAt <= at) return;
      this.cancelTimer();
    }
    this.dueAt = at;
    this.cancelTimer = this.clock.after(delayMs, () => {
      this.cancelTimer = null;
      fill();
    });
  }

  /** Waits for nothing more; returns the size of what was kept, in UTF-16 units. */
  giveUp(): number {
    let units = 0;
    for (const { event } of this.waiting?.values() ?? []) units += event.frame.length;
    this.waiting = null;
    this.target = this.at;
    this.close();
    for (const { seq, resolve } of this.waiters.splice(0)) {
      this.goneUpTo = Math.max(this.goneUpTo, seq);
      resolve();
    }
    return units;
  }

  close() {
    this.cancelTimer?.();
    this.cancelTimer = null;
  }
}
