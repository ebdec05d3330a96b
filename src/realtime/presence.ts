// Tells friends who has come online and who has gone, and keeps when each was last seen. In rounds, so that thousands who
// reconnect at once cost a few statements; whoever is back within the grace was never gone.

import type { Core } from "../core.ts";
import { isTransientDatabaseError } from "../db/errors.ts";
import { safeError } from "../lib/log.ts";
import { isoFromPg } from "../lib/time.ts";
import { presenceFrame } from "../protocol/friends.ts";
import { userTopic } from "../protocol/rooms.ts";
import type { Hub, PresenceListener } from "./hub.ts";
import type { Inbox } from "./in-flight.ts";

const ROUND_MS = 250;
/** A page that is loaded anew, or a phone that changes networks, is back by then. */
const GRACE_MS = 2_000;
// Presence can wait: what does not fit in this round comes with the next.
const MAX_ROUND = 500;

export class Presence implements PresenceListener {
  /** Users whose friends may have to be told, and from when on, by the monotonic clock. */
  private readonly due = new Map<number, number>();
  /** Those whom their friends believe online. */
  private readonly shown = new Set<number>();
  private round: Promise<void> | null = null;
  private readonly timer = setInterval(() => this.next(), ROUND_MS);

  constructor(private readonly parts: { core: Core; hub: Hub; inbox: Inbox }) {
    this.timer.unref();
  }

  cameOnline(userId: number) {
    this.due.set(userId, 0);
  }

  wentOffline(userId: number) {
    this.due.set(userId, performance.now() + GRACE_MS);
  }

  /** Forgets who was shown to whom: ids may stand for others by now. */
  clear() {
    this.due.clear();
    this.shown.clear();
  }

  /** Ends after the round that is under way, and notes of those who are still there that they were. */
  async close() {
    clearInterval(this.timer);
    await this.round;
    const present = [...this.shown].filter((userId) => this.parts.hub.isOnline(userId));
    if (present.length === 0) return;
    await this.note(present).catch((error) => {
      if (!isTransientDatabaseError(error))
        this.parts.core.log.error({ error: safeError(error) }, "who was there could not be noted");
    });
  }

  /** Waits, like whatever can be done without, while the server has more to do than it can. */
  private next() {
    if (this.due.size > 0 && !this.parts.inbox.isBusy) this.round ??= this.run().finally(() => (this.round = null));
  }

  /**
   * Stores that these users were seen now. Locks them in order of id, as whatever is decided about two of them does; those whom
   * somebody else has locked are left out.
   */
  private note(userIds: number[]) {
    return this.parts.core.sql<{ id: number; at: string }[]>`
      with seen as materialized (
        select id from users where id = any (${userIds}::bigint[]) order by id for no key update skip locked
      )
      update users u set last_seen_at = clock_timestamp() from seen where u.id = seen.id
      returning u.id, u.last_seen_at::text as at`;
  }

  private async run() {
    const now = performance.now();
    const changed: number[] = [];
    for (const [userId, at] of this.due) {
      if (at > now) continue;
      this.due.delete(userId);
      // Who is gone before their friends were told may have been seen all the same: in a list, or by a new friend.
      if (!this.parts.hub.isOnline(userId) || !this.shown.has(userId)) changed.push(userId);
      if (changed.length === MAX_ROUND) break;
    }
    if (changed.length === 0) return;
    const { sql, bus, log } = this.parts.core;
    try {
      const seen = await this.note(changed);
      const lastSeen = new Map(seen.map(({ id, at }) => [id, isoFromPg(at)]));
      // The others have their turn once they are no longer locked.
      for (const userId of changed) if (!lastSeen.has(userId)) this.postpone(userId, now);
      const pairs = await sql<{ user_id: number; friend_id: number }[]>`
        select user_id, friend_id from friends where user_id = any (${[...lastSeen.keys()]}::bigint[])`;
      const frames = new Map<number, string>();
      for (const userId of lastSeen.keys()) {
        const online = this.parts.hub.isOnline(userId);
        if (online) this.shown.add(userId);
        else this.shown.delete(userId);
        frames.set(userId, presenceFrame(userId, online, lastSeen.get(userId) ?? null));
      }
      for (const { user_id, friend_id } of pairs) bus.publish(userTopic(friend_id), frames.get(user_id)!);
    } catch (error) {
      if (!isTransientDatabaseError(error)) log.error({ error: safeError(error) }, "presence could not be told");
      for (const userId of changed) this.postpone(userId, now);
    }
  }

  private postpone(userId: number, now: number) {
    if (!this.due.has(userId)) this.due.set(userId, now + GRACE_MS);
  }
}
