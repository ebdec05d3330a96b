// Has a feed work what is committed. Rooms are marked in memory by the server that commits, and worked a moment later, many at a time;
// what a server leaves behind is found in the database by the next start, and by whoever sees a server go. A room is worked under the
// lock of its position, so that any number of servers may work at once.
import type { SqlClient } from "../db/client.ts";
import { isDatabaseConflict, isTransientDatabaseError } from "../db/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";
import type { Feed, FeedTransaction } from "./feed.ts";
import { createPositions, deletePosition, listBehind, listGone, movePositions, takeEvents } from "./positions.ts";

// Rooms that get a message at about the same moment are worked together; what is looked for is found within a second.
const DELAY_MS = 200;
/** Events of a transaction. Its locks are short, and its turn of the event loop is, too. */
const BITE = 500;
const MAX_ROOMS = 200;
const RETRY_MS = 250;
const TRIES = 3;
// For how long it leaves the database to messages that queue; after that it rests four times as long as it works, so that it takes a fifth
// of what the machine has, however long they queue.
const MAX_WAIT_MS = 10_000;
const REST_FACTOR = 4;
const WAIT_STEP_MS = 50;
const SWEPT_ROOMS = 2_000;
// So that a sweep of many rooms that are behind needs no memory for all of them.
const MAX_BACKLOG = 5_000;
// In the end of a server: what is left then is another one's.
const CLOSE_MS = 1_000;

// A connection keeps the plan that it made first, perhaps while the tables were empty: it must be one that serves when they are not.
const settings = (tx: FeedTransaction) => tx`
  set_config('synchronous_commit', 'off', true), set_config('enable_seqscan', 'off', true),
  set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`;

export interface FeedWorkerParts {
  sql: SqlClient;
  log: Logger;
  /** Whether many messages are stored at this time. */
  isBusy(): boolean;
}

export class FeedWorker {
  /** Events worked, and those given up on, since the start. */
  worked = 0;
  skipped = 0;
  /** When each room was marked, by the monotonic clock. */
  private readonly dirty = new Map<number, number>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private loop: Promise<void> | null = null;
  private sweeping: Promise<void> | null = null;
  private isSweepDue = false;
  private lastBiteMs = 0;
  private closesAt = Number.POSITIVE_INFINITY;

  constructor(
    private readonly feed: Feed,
    private readonly parts: FeedWorkerParts,
  ) {}

  /** For how long the room that waits longest has waited, in seconds. */
  get lag(): number {
    const now = performance.now();
    return (now - this.dirty.values().reduce((oldest, markedAt) => Math.min(oldest, markedAt), now)) / 1000;
  }

  /** To be called after each commit. */
  markDirty(roomId: number) {
    if (this.dirty.has(roomId)) return;
    this.dirty.set(roomId, performance.now());
    this.schedule();
  }

  /** Marks, in the background, all rooms in which events wait that nobody has marked, as when a server died. */
  sweep() {
    this.isSweepDue = true;
    this.sweeping ??= this.runSweeps().finally(() => {
      this.sweeping = null;
    });
  }

  /** Works what is marked, for a second at most, and ends. */
  async close() {
    this.closesAt = performance.now() + CLOSE_MS;
    if (this.timer) clearTimeout(this.timer);
    await this.loop;
    if (this.dirty.size > 0) await this.run();
    await this.sweeping;
  }

  private get isClosing() {
    return this.closesAt < Number.POSITIVE_INFINITY;
  }

  private get isOver() {
    return performance.now() > this.closesAt;
  }

  private schedule() {
    if (this.timer || this.loop || this.isClosing) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.loop = this.run().finally(() => {
        this.loop = null;
        if (this.dirty.size > 0) this.schedule();
      });
    }, DELAY_MS);
  }

  private async run() {
    while (this.dirty.size > 0 && !this.isOver) {
      await this.standBack();
      const taken = this.takeRooms();
      const startedAt = performance.now();
      try {
        const { left, isFull } = await this.bite([...taken.keys()], BITE);
        this.lastBiteMs = performance.now() - startedAt;
        this.putBack(taken, left);
        // What was marked meanwhile is of the next moment.
        if (!isFull && !this.isClosing) await Bun.sleep(DELAY_MS);
      } catch (error) {
        this.putBack(taken, taken.keys());
        if (isTransientDatabaseError(error) || isDatabaseConflict(error)) {
          if (this.isClosing) return;
          await Bun.sleep(RETRY_MS);
        } else await this.isolate([...taken.keys()]);
      }
    }
  }

  /** Messages come first. */
  private async standBack() {
    if (!this.parts.isBusy()) return;
    const patience = Math.max(MAX_WAIT_MS - this.lag * 1000, this.lastBiteMs * REST_FACTOR);
    const deadline = performance.now() + patience;
    while (this.parts.isBusy() && !this.isClosing && performance.now() < deadline) await Bun.sleep(WAIT_STEP_MS);
  }

  private takeRooms(): Map<number, number> {
    const taken = new Map<number, number>();
    for (const [roomId, markedAt] of this.dirty) {
      if (taken.size === MAX_ROOMS) break;
      taken.set(roomId, markedAt);
      this.dirty.delete(roomId);
    }
    return taken;
  }

  /** These of the rooms that were taken are not done: they keep their age. */
  private putBack(taken: Map<number, number>, left: Iterable<number>) {
    for (const roomId of left) {
      const markedAt = taken.get(roomId)!;
      this.dirty.set(roomId, Math.min(markedAt, this.dirty.get(roomId) ?? markedAt));
    }
  }

  /** One transaction. Returns the rooms in which something may be left, and whether it took as much as it may. */
  private async bite(roomIds: number[], limit: number): Promise<{ left: number[]; isFull: boolean; worked: number }> {
    const { sql } = this.parts;
    const { name } = this.feed;
    const { events, positions, isFull } = await sql.begin(async (tx) => {
      // What a crash of PostgreSQL takes of this it takes with the positions.
      const [, taken] = await Promise.all([tx`select ${settings(tx)}`, takeEvents(tx, name, roomIds, limit)]);
      if (taken.events.length > 0)
        await Promise.all([this.feed.work(tx, taken.events), movePositions(tx, name, taken.positions)]);
      return taken;
    });
    this.worked += events.length;
    // The limit has cut off some of these rooms, or parts of them.
    if (isFull) return { left: roomIds, isFull, worked: events.length };
    const missed = roomIds.filter((roomId) => !positions.has(roomId));
    const left = missed.length > 0 ? await createPositions(sql, name, missed) : [];
    return { left, isFull: false, worked: events.length };
  }

  /** Somewhere in these rooms is an event that fails: they are worked one event at a time until it is found and given up on. */
  private async isolate(roomIds: number[]) {
    for (const roomId of roomIds) {
      for (let tries = 1, count = 0; count < BITE && !this.isOver; ) {
        try {
          const { worked } = await this.bite([roomId], 1);
          if (worked === 0) break;
          count++;
          tries = 1;
        } catch (error) {
          if (isTransientDatabaseError(error) || isDatabaseConflict(error)) await Bun.sleep(RETRY_MS);
          else if (tries++ >= TRIES) {
            await this.skip(roomId, error).catch(() => Bun.sleep(RETRY_MS));
            break;
          }
        }
      }
    }
  }

  private async skip(roomId: number, reason: unknown) {
    const { sql, log } = this.parts;
    const { name } = this.feed;
    const event = await sql.begin(async (tx) => {
      const { events, positions } = await takeEvents(tx, name, [roomId], 1);
      if (events.length > 0) await movePositions(tx, name, positions);
      return events[0];
    });
    if (!event) return;
    this.skipped++;
    log.error(
      { error: safeError(reason), feed: name, roomId, seq: event.seq },
      "a feed could not work an event and skips it",
    );
  }

  private async forgetGone() {
    const { sql } = this.parts;
    for (const roomId of await listGone(sql, this.feed.name)) {
      if (this.isClosing) return;
      await this.feed.forget(sql, roomId);
      await deletePosition(sql, this.feed.name, roomId);
    }
  }

  private async runSweeps() {
    while (this.isSweepDue && !this.isClosing) {
      this.isSweepDue = false;
      // (Tried again by the next sweep.)
      await this.forgetGone().catch(() => {});
      for (let after = 0; !this.isClosing; ) {
        const page = await listBehind(this.parts.sql, this.feed.name, after, SWEPT_ROOMS).catch(() => undefined);
        if (page === null) break;
        if (page === undefined) await Bun.sleep(RETRY_MS);
        else {
          after = page.last;
          for (const roomId of page.behind) this.markDirty(roomId);
          while (this.dirty.size > MAX_BACKLOG && !this.isClosing) await Bun.sleep(DELAY_MS);
        }
      }
    }
  }
}
