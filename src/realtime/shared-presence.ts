// Presence of several servers on one database: the table `online` says who has sockets on which, and the lock of a user's row makes
// the servers decide about the user one after the other. Friends are notified when a user's first socket anywhere has come, or the
// last one has gone. What a server that died has left is taken up by all others: whichever locks the user first.
import type { Bus, FrameVersion } from "../bus/bus.ts";
import { presenceFrame } from "../protocol/presence.ts";
import type { Hub } from "./hub.ts";
import { PresenceRounds, type RoundParts } from "./presence-rounds.ts";
import type { HubConnection } from "./types.ts";

// How long a server that died may keep its users online, besides the time after which it is taken for dead and the grace.
const SWEEP_MS = 2_000;
// Some rounds, so that another server has stored what its own have changed.
const OTHERS_MS = 1_000;
// Where frames may have been lost, friends who came or went in this time are shown again: a gap lasts seconds, as a rule.
const GAP_MS = 300_000;
// Users in a round whose friends are shown again.
const MAX_SHOWN = 100;

/** A user, as of the moment when all servers agreed on it. */
export interface SharedUser {
  id: number;
  lastSeenAt: string | null;
  /** Whether any server had sockets of theirs before, by what was stored. */
  wasOnline: boolean;
  /** Sockets on this server before, by what was stored. */
  socketsBefore: number;
  /** Other servers with sockets of theirs, and how many these are together. */
  otherServers: number;
  otherSockets: number;
}

export interface ChangedFriend {
  userId: number;
  friendId: number;
  isOnline: boolean;
  lastSeenAt: string;
}

export interface SharedPresenceStore {
  /** Stores how many sockets these users have here; returns those whose row was free. */
  settle(sockets: ReadonlyMap<number, number>, socketsPerUser: number): Promise<SharedUser[]>;
  listFriends(userIds: number[]): Promise<{ userId: number; friendId: number }[]>;
  /** Of the friends whom these users may see those who came or went in the last so many milliseconds. */
  listChangedFriends(userIds: number[], withinMs: number): Promise<ChangedFriend[]>;
  recordSeen(userIds: number[]): Promise<unknown>;
  /** Of these users those who have a socket open on any server. */
  online(userIds: number[]): Promise<Set<number>>;
  /** Users whom the table has on servers that are gone. */
  listOrphans(): Promise<number[]>;
  /** How many users the table has on this server. */
  countOwn(): Promise<number>;
  listOwn(): Promise<number[]>;
  deleteOwn(): Promise<unknown>;
}

export interface SharedPresenceParts extends RoundParts {
  store: SharedPresenceStore;
  bus: Bus;
  /** Sends a frame to a user's own topic on this server alone; not one that is outdated. */
  publishHere(userId: number, frame: string, version: FrameVersion): void;
  hub: Hub;
  /** The last socket of the user on this server has closed. */
  onGone(userId: number): void;
  /** How many other servers live. */
  others(): number;
  /** How many sockets a user may have on all servers together. */
  socketsPerUser: number;
  /** How long silent sockets have to respond before the newest are closed, in milliseconds. */
  probeMs: number;
}

/** A user who has too many sockets on all servers together. */
interface Excess {
  /** The silent ones here; none once they have had their time. */
  pinged: HubConnection[];
  /** When the silent ones have had their time, and then when the other servers have stored that theirs are gone. */
  endsAt: number;
  /** Whether the newest sockets are here, which go if that was not enough. */
  isNewestHere: boolean;
  /** Whether the silent ones have had their time. */
  hasWaited: boolean;
}

export class SharedPresence extends PresenceRounds {
  /** The sockets of users here, as they are stored. */
  private readonly stored = new Map<number, number>();
  /** Users of a round that failed: what it stored was perhaps not published. */
  private readonly uncertain = new Set<number>();
  /** Of users here who have sockets on other servers as well, how many these are. */
  private readonly otherServers = new Map<number, number>();
  private readonly excess = new Map<number, Excess>();
  /** Users here who may have missed what was published of their friends. */
  private readonly unsure = new Set<number>();
  private sweepAt = performance.now() + SWEEP_MS;

  constructor(private readonly parts: SharedPresenceParts) {
    super(parts);
  }

  /** Who is back on another server at the end of the grace is stored there some rounds later. */
  override wentOffline(userId: number) {
    this.parts.onGone(userId);
    this.due.set(userId, performance.now() + this.parts.graceMs + OTHERS_MS);
  }

  socketsChanged(userId: number) {
    this.due.set(userId, 0);
  }

  /** Other servers have got or lost sockets of these users: what they stored is read. */
  refresh(userIds: number[]) {
    for (const userId of userIds) if (this.parts.hub.isOnline(userId)) this.due.set(userId, 0);
  }

  /** What other servers published of friends may not have come. */
  onGap() {
    for (const userId of this.parts.hub.accountUsers) this.unsure.add(userId);
  }

  /** Which of these users have a socket open on any server, as friends were notified. */
  online(userIds: number[]): Promise<Set<number>> {
    return this.parts.store.online(userIds);
  }

  /** How many servers have sockets of the user, this one included. */
  serversOf(userId: number): number {
    return 1 + (this.otherServers.get(userId) ?? 0);
  }

  override clear() {
    super.clear();
    this.stored.clear();
    this.uncertain.clear();
    this.otherServers.clear();
    this.excess.clear();
    this.unsure.clear();
  }

  /**
   * Ends after the round that is running. Other servers keep the users online until the grace has passed, so that those who reconnect
   * to them were never gone; without others nobody is left to be notified.
   */
  async close() {
    await this.stop();
    const { store, hub, others } = this.parts;
    const online = [...this.stored.keys()].filter((userId) => hub.isOnline(userId));
    try {
      if (online.length > 0) await store.recordSeen(online);
      if (others() === 0) await store.deleteOwn();
    } catch (error) {
      this.report(error, "last seen times could not be stored");
    }
  }

  protected override get isRoundDue() {
    return super.isRoundDue || this.unsure.size > 0 || performance.now() >= this.sweepAt;
  }

  protected override async run() {
    if (performance.now() >= this.sweepAt) {
      this.sweepAt = performance.now() + SWEEP_MS;
      await this.sweep().catch((error) => this.report(error, "the presence of other servers could not be read"));
    }
    await super.run();
    if (this.unsure.size > 0) await this.showFriends();
  }

  protected mayHaveChanged() {
    return true;
  }

  protected async settle(changed: number[]) {
    try {
      return await this.settleAll(changed);
    } catch (error) {
      // It may be stored all the same.
      for (const userId of changed) this.uncertain.add(userId);
      throw error;
    }
  }

  private async settleAll(changed: number[]) {
    const { store, bus, hub } = this.parts;
    const sockets = new Map(changed.map((userId) => [userId, hub.socketsOf(userId)]));
    const settled = await store.settle(sockets, this.parts.socketsPerUser);
    const frames = new Map<number, { frame: string; version: FrameVersion | undefined }>();
    for (const user of settled) {
      const { id, wasOnline, otherServers, lastSeenAt } = user;
      const here = sockets.get(id)!;
      if (here > 0) this.stored.set(id, here);
      else this.stored.delete(id);
      if (here > 0 && otherServers > 0) this.otherServers.set(id, otherServers);
      else this.otherServers.delete(id);
      this.limitSockets(user, here);
      const isOnline = here > 0 || otherServers > 0;
      if (isOnline !== wasOnline || this.uncertain.has(id)) {
        // Set under the lock, by each change: it says which was last, in whichever order other servers hear of them.
        const version = lastSeenAt === null ? undefined : { userId: id, at: lastSeenAt };
        frames.set(id, { frame: presenceFrame(id, isOnline, lastSeenAt), version });
      }
    }
    // Read after the commit: a new friend is either among them or reads what was stored (modules/friends/publish.ts).
    const pairs = frames.size > 0 ? await store.listFriends([...frames.keys()]) : [];
    for (const { userId, friendId } of pairs) {
      const { frame, version } = frames.get(userId)!;
      bus.publishToUser(friendId, frame, version);
    }
    for (const { id } of settled) {
      this.uncertain.delete(id);
      sockets.delete(id);
    }
    return sockets.keys();
  }

  /**
   * Past the limit every server first pings the silent sockets of the user that it has; the server that went past it closes the newest
   * if that was not enough.
   */
  private limitSockets({ id, otherServers, otherSockets, socketsBefore }: SharedUser, here: number) {
    const { hub, socketsPerUser, probeMs, graceMs } = this.parts;
    const tooMany = otherServers > 0 ? Math.min(here, here + otherSockets - socketsPerUser) : 0;
    if (tooMany <= 0) return this.excess.delete(id);
    const now = performance.now();
    let excess = this.excess.get(id);
    if (!excess) {
      excess = { pinged: hub.pingSilent(id), endsAt: now + probeMs, isNewestHere: false, hasWaited: false };
      this.excess.set(id, excess);
    }
    // After a failure it is not known which server went past the limit.
    if (here > socketsBefore || this.uncertain.has(id)) excess.isNewestHere = true;
    if (excess.endsAt > now) return this.postpone(id, excess.endsAt - now);
    hub.closeExcess(id, excess.pinged, excess.hasWaited ? tooMany : 0);
    if (!excess.isNewestHere || excess.hasWaited) return this.excess.delete(id);
    // Those of other servers go at about the same time, and are stored as gone after the grace if they were the last ones there.
    const wait = graceMs + OTHERS_MS;
    this.excess.set(id, { ...excess, pinged: [], hasWaited: true, endsAt: now + wait });
    this.postpone(id, wait);
  }

  private async showFriends() {
    const users = this.unsure.values().take(MAX_SHOWN).toArray();
    try {
      const changed = await this.parts.store.listChangedFriends(users, GAP_MS);
      for (const { userId, friendId, isOnline, lastSeenAt } of changed) {
        const version = { userId: friendId, at: lastSeenAt };
        this.parts.publishHere(userId, presenceFrame(friendId, isOnline, lastSeenAt), version);
      }
      for (const userId of users) this.unsure.delete(userId);
    } catch (error) {
      this.report(error, "presence could not be shown again");
    }
  }

  private async sweep() {
    const { store, hub } = this.parts;
    for (const userId of await store.listOrphans()) this.postpone(userId, this.parts.graceMs + OTHERS_MS);
    if ((await store.countOwn()) === this.stored.size) return;
    // PostgreSQL was killed and has emptied the table, or others took this server for dead.
    this.stored.clear();
    for (const userId of [...(await store.listOwn()), ...hub.userIds]) this.due.set(userId, 0);
  }
}
