// Notifies friends of who has come online and who has gone, and stores when each was last seen. In rounds, so that thousands who
// reconnect at once cost a few statements; a user who is back within the grace period was never gone.
import type { Bus } from "../bus/bus.ts";
import { isTransientDatabaseError } from "../db/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";
import { presenceFrame } from "../protocol/presence.ts";
import type { Hub, PresenceListener } from "./hub.ts";
import type { InFlight } from "./in-flight.ts";

const ROUND_MS = 250;
// Presence can wait: what does not fit in this round comes with the next.
const MAX_ROUND = 500;

export interface PresenceStore {
  /** Stores that these users were seen now; returns when that was, of those whose row was free. */
  recordSeen(userIds: number[]): Promise<Map<number, string>>;
  listFriends(userIds: number[]): Promise<{ userId: number; friendId: number }[]>;
}

interface PresenceParts {
  store: PresenceStore;
  bus: Bus;
  log: Logger;
  hub: Hub;
  inFlight: InFlight;
  /** A user who is back within this, in milliseconds, was never gone. */
  graceMs: number;
}

export class Presence implements PresenceListener {
  /** Users whose presence may have to be published, and from when on, by the monotonic clock. */
  private readonly due = new Map<number, number>();
  /** Users who were last published as online. */
  private readonly shownOnline = new Set<number>();
  private round: Promise<void> | null = null;
  private readonly timer = setInterval(() => this.next(), ROUND_MS);

  constructor(private readonly parts: PresenceParts) {
    this.timer.unref();
  }

  cameOnline(userId: number) {
    this.due.set(userId, 0);
  }

  wentOffline(userId: number) {
    this.due.set(userId, performance.now() + this.parts.graceMs);
  }

  /** Forgets everything: the history has changed, and ids may stand for others. */
  clear() {
    this.due.clear();
    this.shownOnline.clear();
  }

  /** Ends after the round that is running, and stores that those who are still online were seen. */
  async close() {
    clearInterval(this.timer);
    await this.round;
    const online = [...this.shownOnline].filter((userId) => this.parts.hub.isOnline(userId));
    if (online.length === 0) return;
    await this.parts.store.recordSeen(online).catch((error) => {
      if (!isTransientDatabaseError(error))
        this.parts.log.error({ error: safeError(error) }, "last seen times could not be stored");
    });
  }

  /** Waits, like all that is not essential, while the server is busy. */
  private next() {
    if (this.due.size > 0 && !this.parts.inFlight.isBusy) this.round ??= this.run().finally(() => (this.round = null));
  }

  private async run() {
    const now = performance.now();
    const changed: number[] = [];
    for (const [userId, at] of this.due) {
      if (at > now) continue;
      this.due.delete(userId);
      // A user who went before their friends were notified may have been seen all the same: in a list, or by a new friend.
      if (!this.parts.hub.isOnline(userId) || !this.shownOnline.has(userId)) changed.push(userId);
      if (changed.length === MAX_ROUND) break;
    }
    if (changed.length === 0) return;
    const { store, bus, log } = this.parts;
    try {
      const lastSeen = await store.recordSeen(changed);
      // The others have their turn once their rows are no longer locked.
      for (const userId of changed) if (!lastSeen.has(userId)) this.postpone(userId, now);
      const pairs = await store.listFriends([...lastSeen.keys()]);
      const frames = new Map<number, string>();
      for (const userId of lastSeen.keys()) {
        const online = this.parts.hub.isOnline(userId);
        if (online) this.shownOnline.add(userId);
        else this.shownOnline.delete(userId);
        frames.set(userId, presenceFrame(userId, online, lastSeen.get(userId) ?? null));
      }
      for (const { userId, friendId } of pairs) bus.publishToUser(friendId, frames.get(userId)!);
    } catch (error) {
      if (!isTransientDatabaseError(error)) log.error({ error: safeError(error) }, "presence could not be published");
      for (const userId of changed) this.postpone(userId, now);
    }
  }

  private postpone(userId: number, now: number) {
    if (!this.due.has(userId)) this.due.set(userId, now + this.parts.graceMs);
  }
}
