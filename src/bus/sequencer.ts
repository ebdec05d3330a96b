// The order of each room that a socket here follows. What this server commits, what other servers tell and what is read from the
// database comes in any order, more than once or not at all; it is published strictly by seq, each once. The database holds every
// seq without gaps, so that whatever is missing is found there.
import type { Room } from "../protocol/rooms.ts";
import type { PublishedEvent } from "./bus.ts";
import { RecentPositions } from "./recent-positions.ts";
import { RoomLine } from "./room-line.ts";

/** Reads of the database, each for many rooms at once. */
export interface RoomReader {
  /** For each range the events past `after`, in order, at most `limit`. */
  readEvents(ranges: { roomId: number; after: number; limit: number }[]): Promise<PublishedEvent[][]>;
  /** The newest position of each room; null for a room that is gone or has no member left. */
  readPositions(roomIds: number[]): Promise<Map<number, number | null>>;
  /** A position of the room at which the user is a member; null when they are not. */
  readMembership(roomId: number, userId: number): Promise<number | null>;
}

export interface SequencerParts {
  /** Publishes the event to the sockets of this server and has its signal acted on. Must not throw. */
  deliver(event: PublishedEvent): void;
  /** A followed room is gone. */
  onRoomGone(room: Room): void;
  /** A followed room ends below what was published: the database has lost history. */
  onHistoryLost(): void;
  reader: Pick<RoomReader, "readEvents" | "readPositions">;
  /** How long a gap may fill by itself before the database is read, in milliseconds. */
  graceMs(isOwn: boolean): number;
  /** Whether other servers are heard; while they are not, rooms are verified each second. */
  isBusUp(): boolean;
  /** Monotonic, in milliseconds. */
  now?: () => number;
}

const READ_LIMIT = 200;
const ROOMS_PER_READ = 100;
const ROOMS_PER_VERIFICATION = 1_000;
const MIN_BACKOFF_MS = 20;
const MAX_BACKOFF_MS = 1_000;
const TICK_MS = 500;
/** Every followed room is compared with the database this often. */
const VERIFY_MS = 30_000;
const VERIFY_DOWN_MS = 1_000;
// A bus may learn late that this server listens.
const FIRST_VERIFICATION_MS = 2_000;
// A room that is followed again at once, as after a reload, goes on.
const KEEP_MS = 3_000;
// A timer that is this late was frozen with the process.
const THAW_MS = 5_000;
const MAX_WAITING_UNITS = 32 * 1024 * 1024;

export class Sequencer {
  private readonly lines = new Map<number, RoomLine>();
  /** Followed lately, and to be verified once more. */
  private fresh: { line: RoomLine; at: number }[] = [];
  private readonly unfollowed = new Map<number, number>();
  /** With gaps that are read from the database now. */
  private readonly due = new Set<RoomLine>();
  private reading: Promise<void> | null = null;
  /** One after the other. */
  private verifying = Promise.resolve();
  private verifications = 0;
  /** Rooms that are still to be verified in this period. */
  private round: number[] = [];
  private roundBeganAt = Number.NEGATIVE_INFINITY;
  private tickedAt: number;
  private waitingUnits = 0;
  private isClosed = false;
  private readonly recent = new RecentPositions();
  private readonly now: () => number;
  private readonly timer: ReturnType<typeof setInterval>;
  /** Events that were read from the database because nothing else brought them, and events dropped because too much waited. */
  filled = 0;
  dropped = 0;

  constructor(private readonly parts: SequencerParts) {
    this.now = parts.now ?? (() => performance.now());
    this.tickedAt = this.now();
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.timer.unref();
  }

  /** Rooms that are followed, or were until a moment ago. */
  get rooms() {
    return this.lines.size;
  }

  /** Publishes the room's events past `seq`, a committed position, from now on. */
  follow(room: Room, seq: number) {
    this.unfollowed.delete(room.id);
    if (this.lines.has(room.id)) return;
    const line = new RoomLine(room, seq);
    this.lines.set(room.id, line);
    this.fresh.push({ line, at: this.now() + FIRST_VERIFICATION_MS });
    const heard = this.recent.get(room.id);
    if (heard > seq) this.aim(line, heard, 0);
  }

  unfollow(roomId: number) {
    if (this.lines.has(roomId)) this.unfollowed.set(roomId, this.now() + KEEP_MS);
  }

  /** The last position published here; null for a room that is not followed. */
  positionOf(roomId: number): number | null {
    return this.lines.get(roomId)?.at ?? null;
  }

  /** A committed event: of this server (`isOwn`) or told by another one. */
  offer(event: PublishedEvent, isOwn: boolean) {
    const line = this.lines.get(event.room.id);
    if (!line) {
      if (isOwn) this.parts.deliver(event);
      else this.recent.note(event.room.id, event.seq);
    } else if (event.seq === line.at + 1) {
      this.publish(line, event);
      this.drain(line);
    } else if (event.seq > line.at) {
      this.keep(line, event);
      this.aim(line, event.seq, this.parts.graceMs(isOwn));
    }
  }

  /** The room has reached this position. */
  hint(roomId: number, seq: number) {
    const line = this.lines.get(roomId);
    if (line) this.aim(line, seq, this.parts.graceMs(false));
    else this.recent.note(roomId, seq);
  }

  /** As Bus.catchUp; rooms that are not followed are up to date. */
  catchUp(positions: Iterable<readonly [roomId: number, seq: number]>): Promise<void> | undefined {
    let waits: Promise<void>[] | undefined;
    for (const [roomId, seq] of positions) {
      const line = this.lines.get(roomId);
      if (!line || line.at >= seq || line.isGone) continue;
      waits ??= [];
      waits.push(line.reached(seq));
      this.aim(line, seq, 0);
    }
    return waits && Promise.all(waits).then(() => {});
  }

  /** Compares these rooms, or all, with the database; resolves when they were compared, or can't be now. */
  verify(roomIds: Iterable<number> = this.lines.keys()): Promise<void> {
    const ids = [...roomIds];
    this.verifications++;
    this.verifying = this.verifying.then(() => this.compare(ids)).finally(() => this.verifications--);
    return this.verifying;
  }

  /** Forgets all positions: the history has changed, and every socket is closed. */
  clear() {
    for (const line of this.lines.values()) this.drop(line);
    this.fresh = [];
    this.unfollowed.clear();
    this.recent.clear();
  }

  close() {
    this.isClosed = true;
    clearInterval(this.timer);
    this.clear();
  }

  private publish(line: RoomLine, event: PublishedEvent) {
    line.advance(event.seq);
    this.parts.deliver(event);
    line.settle();
  }

  /** Publishes what has waited for the events before it. */
  private drain(line: RoomLine) {
    for (let event = line.take(line.at + 1); event; event = line.take(line.at + 1)) {
      this.waitingUnits -= event.frame.length;
      this.publish(line, event);
    }
  }

  private keep(line: RoomLine, event: PublishedEvent) {
    if (this.waitingUnits + event.frame.length > MAX_WAITING_UNITS) this.dropped++;
    else if (line.keep(event)) this.waitingUnits += event.frame.length;
  }

  /** The position is committed: after the grace, what is missing up to it is read. */
  private aim(line: RoomLine, seq: number, graceMs: number) {
    if (seq <= line.at) return;
    line.target = Math.max(line.target, seq);
    line.isGone = false;
    if (this.due.has(line)) return;
    line.schedule(graceMs, () => this.fill(line));
  }

  private fill(line: RoomLine) {
    if (this.isClosed || line.target <= line.at || this.lines.get(line.room.id) !== line) return;
    this.due.add(line);
    this.reading ??= this.readGaps().finally(() => {
      this.reading = null;
    });
  }

  private async readGaps() {
    await Promise.resolve(); // What is due in this turn is read together.
    let backoff = MIN_BACKOFF_MS;
    while (this.due.size > 0 && !this.isClosed) {
      const lines = [...this.due].slice(0, ROOMS_PER_READ);
      const targets = lines.map(({ target }) => target);
      try {
        const read = await this.parts.reader.readEvents(
          lines.map(({ room, at }) => ({ roomId: room.id, after: at, limit: READ_LIMIT })),
        );
        for (const [i, line] of lines.entries()) this.fillWith(line, read[i]!, targets[i]!);
        backoff = MIN_BACKOFF_MS;
      } catch {
        await Bun.sleep(backoff);
        backoff = Math.min(2 * backoff, MAX_BACKOFF_MS);
      }
    }
  }

  private fillWith(line: RoomLine, events: PublishedEvent[], targetBefore: number) {
    if (this.lines.get(line.room.id) !== line) {
      this.due.delete(line);
      return;
    }
    for (const event of events) {
      this.drain(line);
      if (event.seq !== line.at + 1) continue;
      this.filled++;
      this.publish(line, event);
    }
    this.drain(line);
    if (line.at >= line.target) this.due.delete(line);
    else if (events.length === 0 && line.target === targetBefore) {
      // The database does not have what it had: the room is gone, or history is lost, which verification finds.
      this.due.delete(line);
      this.waitingUnits -= line.giveUp();
      void this.verify([line.room.id]);
    }
  }

  private async compare(ids: number[]) {
    for (let start = 0; start < ids.length && !this.isClosed; start += ROOMS_PER_VERIFICATION) {
      const some = ids.slice(start, start + ROOMS_PER_VERIFICATION);
      const before = new Map(some.flatMap((id) => this.lines.get(id) ?? []).map((line) => [line, line.at]));
      if (before.size === 0) continue;
      try {
        const positions = await this.parts.reader.readPositions([...before.keys()].map(({ room }) => room.id));
        for (const [line, at] of before) {
          if (this.lines.get(line.room.id) !== line) continue;
          const position = positions.get(line.room.id) ?? null;
          if (position === null) this.parts.onRoomGone(line.room);
          else if (position < at) return this.parts.onHistoryLost();
          else this.aim(line, position, 0);
        }
      } catch {
        return; // The next verification comes by itself.
      }
    }
  }

  private tick() {
    const now = this.now();
    const isThawed = now - this.tickedAt > THAW_MS;
    this.tickedAt = now;
    this.recent.age(now);
    for (const [roomId, at] of this.unfollowed) {
      if (at > now) break; // In order of time.
      this.unfollowed.delete(roomId);
      const line = this.lines.get(roomId);
      if (line) this.drop(line);
    }
    // The database has not answered yet; the turn of these rooms comes later.
    if (this.verifications > 0 && !isThawed) return;
    const ids: number[] = [];
    while (this.fresh[0] && this.fresh[0].at <= now) ids.push(this.fresh.shift()!.line.room.id);
    if (isThawed) ids.push(...this.lines.keys());
    else ids.push(...this.takeRound(now));
    if (ids.length > 0) void this.verify(ids);
  }

  /** Those whose turn it is in this period, which is gone through evenly. */
  private takeRound(now: number): number[] {
    const period = this.parts.isBusUp() ? VERIFY_MS : VERIFY_DOWN_MS;
    if (this.round.length === 0 && now >= this.roundBeganAt + period) {
      this.round = [...this.lines.keys()];
      this.roundBeganAt = now;
    }
    const ticksLeft = Math.max(1, Math.ceil((this.roundBeganAt + period - now) / TICK_MS));
    return this.round.splice(0, Math.ceil(this.round.length / ticksLeft));
  }

  private drop(line: RoomLine) {
    this.lines.delete(line.room.id);
    this.due.delete(line);
    this.waitingUnits -= line.giveUp();
    line.close();
  }
}
