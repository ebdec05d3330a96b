// The memberships that begin on another server, or that nobody here may have heard of, for the sockets that users have here. Nothing that
// tells of one is believed, as it may come late, twice or after a removal: the membership is read together with a position, and begins
// here once the room is that far. Only ClusterBus uses it.
import type { Room } from "../protocol/rooms.ts";
import { type Bus, type PublishedEvent, type RoomSignal, whenCaughtUp } from "./bus.ts";
import type { RoomReader } from "./sequencer.ts";

const READ_RETRY_MS = 250;
const JOIN_TRIES = 20;
// Past it a join is left to the socket's next start.
const MAX_JOINS = 10_000;
// Users whose rooms are read at a time when notifications may have been missed.
const RELIST_CHUNK = 100;

export interface MembershipsParts {
  bus: Pick<Bus, "catchUp">;
  reader: Pick<RoomReader, "readMembership"> & {
    /** The rooms of a user with their newest positions. */
    listRooms(userId: number): Promise<(Room & { seq: number })[]>;
  };
  /** The last position published here; null for a room that is not followed. */
  positionOf(roomId: number): number | null;
  /** Whether the user has a socket open here. */
  isOnline(userId: number): boolean;
  /** Users with a socket here. */
  onlineUsers(): Iterable<number>;
  /** Has the user's sockets here follow the room. */
  begin(signal: RoomSignal): void;
  /** Called before a read: the result tells afterwards whether what was read is of another history. */
  watchHistory(): () => boolean;
}

export class Memberships {
  /** Memberships that are being read. */
  private pendingReads = 0;
  /** Removals published meanwhile, by user and room, with their positions. */
  private readonly removals = new Map<string, number>();
  /** Times that all were read anew. */
  private relistings = 0;
  private isClosed = false;

  constructor(private readonly parts: MembershipsParts) {}

  /** To be called for each event before it is published. */
  note({ signal, seq }: PublishedEvent) {
    if (this.pendingReads > 0 && signal?.type === "member.removed") {
      this.removals.set(`${signal.userId} ${signal.roomId}`, seq);
    }
  }

  /** Something says that the user has become a member. */
  async join({ kind, id: roomId }: Room, userId: number) {
    const { isOnline, reader, watchHistory } = this.parts;
    if (this.pendingReads >= MAX_JOINS) return;
    this.pendingReads++;
    try {
      for (let tries = 0; tries < JOIN_TRIES && isOnline(userId) && !this.isClosed; tries++) {
        try {
          const isStale = watchHistory();
          const seq = await reader.readMembership(roomId, userId);
          if (seq === null || (await this.admit({ kind, id: roomId }, userId, seq, isStale))) return;
        } catch {
          await Bun.sleep(READ_RETRY_MS);
        }
      }
    } finally {
      this.endRead();
    }
  }

  /** Any may have begun: reads those of everybody who has a socket here, however often that fails, once `ready`. */
  async relistAll(ready: () => Promise<void>) {
    const relisting = ++this.relistings;
    this.pendingReads++;
    // Those who come later read their rooms themselves.
    const users = [...this.parts.onlineUsers()];
    // A later one begins anew, with everyone who is still there.
    const isCurrent = () => relisting === this.relistings && !this.isClosed;
    try {
      await ready();
      while (users.length > 0 && isCurrent()) {
        try {
          await Promise.all(users.slice(0, RELIST_CHUNK).map((userId) => this.relist(userId)));
          users.splice(0, RELIST_CHUNK);
        } catch {
          await Bun.sleep(READ_RETRY_MS);
        }
      }
    } finally {
      this.endRead();
    }
  }

  clear() {
    this.removals.clear();
  }

  close() {
    this.isClosed = true;
  }

  /**
   * Lets the user's sockets here follow a room of which they were read to be a member at this position; false when they were
   * removed meanwhile, or history has changed, so that the membership must be read again.
   */
  private admit({ kind, id: roomId }: Room, userId: number, seq: number, isStale: () => boolean): Promise<boolean> {
    const { bus, positionOf, begin } = this.parts;
    return whenCaughtUp(bus, [[roomId, seq]], isStale, () => {
      if (isStale() || (this.removals.get(`${userId} ${roomId}`) ?? 0) > seq) return false;
      // What is published from here on comes after it.
      const at = positionOf(roomId) ?? seq;
      begin({ type: "member.joined", kind, roomId, userId, seq: at });
      return true;
    });
  }

  private async relist(userId: number) {
    const isStale = this.parts.watchHistory();
    for (const { kind, id, seq } of await this.parts.reader.listRooms(userId))
      await this.admit({ kind, id }, userId, seq, isStale);
  }

  private endRead() {
    this.pendingReads--;
    if (this.pendingReads === 0) this.removals.clear();
  }
}
