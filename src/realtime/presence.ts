// Notifies friends of who has come online and who has gone, and stores when each was last seen. For a server that is alone on its
// database; several share their presence by shared-presence.ts.
import type { Bus } from "../bus/bus.ts";
import { presenceFrame } from "../protocol/presence.ts";
import type { Hub } from "./hub.ts";
import { PresenceRounds, type RoundParts } from "./presence-rounds.ts";

export interface PresenceStore {
  /** Stores that these users were seen now; returns when that was, of those whose row was free. */
  recordSeen(userIds: number[]): Promise<Map<number, string>>;
  listFriends(userIds: number[]): Promise<{ userId: number; friendId: number }[]>;
}

interface PresenceParts extends RoundParts {
  store: PresenceStore;
  bus: Bus;
  hub: Hub;
}

export class Presence extends PresenceRounds {
  /** Users who were last published as online. */
  private readonly shownOnline = new Set<number>();

  constructor(private readonly parts: PresenceParts) {
    super(parts);
  }

  override clear() {
    super.clear();
    this.shownOnline.clear();
  }

  /** Ends after the round that is running, and stores that those who are still online were seen. */
  async close() {
    await this.stop();
    const online = [...this.shownOnline].filter((userId) => this.parts.hub.isOnline(userId));
    if (online.length === 0) return;
    await this.parts.store
      .recordSeen(online)
      .catch((error) => this.report(error, "last seen times could not be stored"));
  }

  /** A user who went before their friends were notified may have been seen all the same: in a list, or by a new friend. */
  protected mayHaveChanged(userId: number) {
    return !this.parts.hub.isOnline(userId) || !this.shownOnline.has(userId);
  }

  protected async settle(changed: number[]) {
    const { store, bus, hub } = this.parts;
    const lastSeen = await store.recordSeen(changed);
    const pairs = await store.listFriends([...lastSeen.keys()]);
    const frames = new Map<number, string>();
    for (const userId of lastSeen.keys()) {
      const online = hub.isOnline(userId);
      if (online) this.shownOnline.add(userId);
      else this.shownOnline.delete(userId);
      frames.set(userId, presenceFrame(userId, online, lastSeen.get(userId) ?? null));
    }
    for (const { userId, friendId } of pairs) bus.publishToUser(friendId, frames.get(userId)!);
    // The others have their turn once their rows are no longer locked.
    return changed.filter((userId) => !lastSeen.has(userId));
  }
}
