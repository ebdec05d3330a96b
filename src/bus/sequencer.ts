// The order of each room that a socket here follows. What this server commits, what other servers tell and what is read from the
// database comes in any order, more than once or not at all; it is published strictly by seq, each once. The database holds every
// seq without gaps, so that whatever is missing is found there.
import type { Room } from "../protocol/rooms.ts";
import type { PublishedEvent } from "./bus.ts";
import { type Clock, SYSTEM_CLOCK, sleep } from "./clock.ts";
import { Recent } from "./recent.ts";
import { RoomLine } from "./room-line.ts";
import { Verifier } from "./verifier.ts";

/** Reads of the database, each for many rooms at once. */
export interface RoomReader {
  /** For each range the events past `after`, in order, at most `limit`. */
  readEvents(ranges: { roomId: number; after: number; limit: number }[]): Promise<PublishedEvent[][]>;
  /** As VerifierParts has it. */
  readPositions(roomIds: number[]): Promise<Map<number, number | null>>;
  /** A position of the room at which the user is a member; null when they are not. */
  readMembership(roomId: number, userId: number): Promise<number | null>;
}

export interface SequencerParts {
  /** Publishes the event to the sockets of this server and has its signal acted on. */
  deliver(event: PublishedEvent): void;
  /** A followed room is gone. */
  onRoomGone(room: Room): void;
  /** A followed room ends below what was published: the database has lost history. */
  onHistoryLost(): void;
  reader: Pick<RoomReader, "readEvents" | "readPositions">;
  /** How long a gap may fill by itself before the database is read, in milliseconds; `isComing` where others are likely to tell of it now. */
  graceMs(isComing: boolean): number;
  /** Whether other servers are heard. */
  isBusUp(): boolean;
  /** An event was published that has waited so long, in milliseconds, for those before it. */
  onWaited?(ms: number): void;
  log: { warn(about: object, text: string): void };
  clock?: Clock;
}

const READ_LIMIT = 200;
const ROOMS_PER_READ = 100;
// Of all rooms together, where one of them does not miss more: some megabytes at a usual length.
const EVENTS_PER_READ = 2_000;
const MIN_BACKOFF_MS = 20;
const MAX_BACKOFF_MS = 1_000;
const TICK_MS = 500;
// A room that is followed again at once, as after a reload, goes on.
const KEEP_MS = 3_000;
const MAX_WAITING_UNITS = 32 * 1024 * 1024;

export class Sequencer {
  private readonly lines = new Map<number, RoomLine>();
  private readonly unfollowed = new Map<number, number>();
  /** With gaps that are read from the database now. */
  private readonly due = new Set<RoomLine>();
  private reading: Promise<void> | null = null;
  private waitingUnits = 0;
  private isClosed = false;
  /** Positions of rooms that nobody here follows: whoever is about to has read one already, and must not miss what came since. */
  private readonly recent = new Recent<number>();
  private readonly clock: Clock;
  private readonly verifier: Verifier;
  private cancelTick = () => {};
  /** Events that were read from the database because nothing else brought them, and events dropped because too much waited. */
  filled = 0;
  dropped = 0;

  constructor(private readonly parts: SequencerParts) {
    this.clock = parts.clock ?? SYSTEM_CLOCK;
    this.verifier = new Verifier({
      clock: this.clock,
      tickMs: TICK_MS,
      lines: this.lines,
      readPositions: (roomIds) => parts.reader.readPositions(roomIds),
      onPosition: (line, seq) => {
        line.forgetGone();
        this.aim(line, seq, 0);
      },
      onRoomGone: ({ room }) => room && parts.onRoomGone(room),
      onHistoryLost: () => parts.onHistoryLost(),
      isBusUp: () => parts.isBusUp(),
    });
    this.tickLater();
  }

  /** Rooms that are followed, or were until a moment ago. */
  get rooms() {
    return this.lines.size;
  }

  /** As Verifier has it. */
  get verifyLagMs() {
    return this.verifier.lagMs;
  }

  /** Whether nothing is to be verified in this period any more. */
  get isVerified() {
    return this.verifier.isIdle;
  }

  /** Publishes the room's events past `seq`, a committed position, from now on. */
  follow(room: Room, seq: number) {
    let line = this.lines.get(room.id);
    if (!line) {
      line = new RoomLine(room.id, seq, this.clock);
      this.lines.set(room.id, line);
      this.aim(line, this.recent.get(room.id) ?? 0, 0);
    }
    this.unfollowed.delete(room.id);
    line.room = room;
    this.verifier.add(room.id);
    this.aim(line, seq, 0);
  }

  unfollow(roomId: number) {
    const line = this.lines.get(roomId);
    if (!line) return;
    line.room = null;
    this.unfollowed.delete(roomId); // To the end: they are in order of time.
    this.unfollowed.set(roomId, this.clock.now() + KEEP_MS);
  }

  /** The last position published here; null for a room that is not followed. */
  positionOf(roomId: number): number | null {
    return this.lines.get(roomId)?.at ?? null;
  }

  /** A committed event: of this server (`isOwn`) or told by another one. Never throws. */
  offer(event: PublishedEvent, isOwn: boolean) {
    const line = this.lines.get(event.room.id);
    if (!line) {
      this.recent.note(event.room.id, event.seq);
      if (isOwn) this.deliver(event);
    } else if (event.seq === line.at + 1) {
      this.publish(line, event);
      this.drain(line);
    } else if (event.seq > line.at) {
      this.keep(line, event);
      // Own or not: those who committed what comes before it are telling of it at this moment.
      this.aim(line, event.seq, this.parts.graceMs(true));
    }
  }

  /** The room has reached this position, by a commit of this server (`isOwn`) or another one. */
  hint(roomId: number, seq: number, isOwn = false) {
    const line = this.lines.get(roomId);
    if (line) this.aim(line, seq, this.parts.graceMs(!isOwn));
    else this.recent.note(roomId, seq);
  }

  /** As Bus.catchUp; rooms that are not followed are up to date. */
  catchUp(positions: Iterable<readonly [roomId: number, seq: number]>): Promise<void> | undefined {
    let waits: Promise<void>[] | undefined;
    for (const [roomId, seq] of positions) {
      const line = this.lines.get(roomId);
      if (!line || line.hasReached(seq)) continue;
      waits ??= [];
      waits.push(line.reached(seq));
      // It may be on its way, and is waited for.
      this.aim(line, seq, this.parts.graceMs(false));
    }
    return waits && Promise.all(waits).then(() => {});
  }

  /** Compares these rooms, or all, with the database; resolves when they were compared, however long that takes. */
  verify(roomIds?: Iterable<number>): Promise<void> {
    return this.verifier.verify(roomIds);
  }

  /** Forgets all positions: the history has changed, and every socket is closed. */
  clear() {
    for (const line of this.lines.values()) this.drop(line);
    this.verifier.clear();
    this.unfollowed.clear();
    this.recent.clear();
  }

  close() {
    this.isClosed = true;
    this.verifier.close();
    this.cancelTick();
    this.clear();
  }

  private publish(line: RoomLine, event: PublishedEvent) {
    line.advance(event.seq);
    this.deliver(event);
    line.settle();
  }

  private deliver(event: PublishedEvent) {
    try {
      this.parts.deliver(event);
    } catch (error) {
      this.parts.log.warn({ room: event.room.id, seq: event.seq, error: `${error}` }, "an event was not acted on");
    }
  }

  /** Publishes what has waited for the events before it. */
  private drain(line: RoomLine) {
    for (let waiting = line.take(line.at + 1); waiting; waiting = line.take(line.at + 1)) {
      const { event, since } = waiting;
      this.waitingUnits -= event.frame.length;
      this.parts.onWaited?.(this.clock.now() - since);
      this.publish(line, event);
    }
  }

  private keep(line: RoomLine, event: PublishedEvent) {
    if (line.isKept(event.seq)) return;
    if (this.waitingUnits + event.frame.length > MAX_WAITING_UNITS || !line.keep(event)) this.dropped++;
    else this.waitingUnits += event.frame.length;
  }

  /** The position is committed: after the grace, what is missing up to it is read. */
  private aim(line: RoomLine, seq: number, graceMs: number) {
    if (seq <= line.at) return;
    line.claims++;
    line.target = Math.max(line.target, seq);
    if (this.due.has(line)) return;
    line.schedule(graceMs, () => this.fill(line));
  }

  private fill(line: RoomLine) {
    if (this.isClosed || line.target <= line.at || this.lines.get(line.id) !== line) return;
    this.due.add(line);
    this.reading ??= this.readGaps().finally(() => {
      this.reading = null;
    });
  }

  private async readGaps() {
    await Promise.resolve(); // What is due in this turn is read together.
    let backoff = MIN_BACKOFF_MS;
    while (!this.isClosed) {
      const lines = this.takeDue();
      if (lines.length === 0) return;
      const before = lines.map(({ at, claims }) => ({ at, claims }));
      try {
        const read = await this.parts.reader.readEvents(
          lines.map((line) => ({ roomId: line.id, after: line.at, limit: Math.min(READ_LIMIT, line.missing) })),
        );
        for (const [i, line] of lines.entries()) this.fillWith(line, read[i]!, before[i]!);
        backoff = MIN_BACKOFF_MS;
      } catch {
        await sleep(this.clock, backoff);
        backoff = Math.min(2 * backoff, MAX_BACKOFF_MS);
      }
    }
  }

  /** Those that are read next; they stay due. */
  private takeDue(): RoomLine[] {
    const lines: RoomLine[] = [];
    let events = 0;
    for (const line of this.due) {
      const missing = Math.min(READ_LIMIT, line.missing);
      if (missing <= 0) {
        this.due.delete(line);
        continue;
      }
      events += missing;
      if (lines.length === ROOMS_PER_READ || (lines.length > 0 && events > EVENTS_PER_READ)) break;
      lines.push(line);
    }
    return lines;
  }

  /** `before`: the position and the claims of the room before the read. */
  private fillWith(line: RoomLine, events: PublishedEvent[], before: { at: number; claims: number }) {
    if (this.lines.get(line.id) !== line) {
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
    else if (line.at === before.at && line.claims === before.claims) {
      // The database does not have what it had: the room is gone, or history is lost, which verification finds.
      this.due.delete(line);
      this.waitingUnits -= line.giveUp();
      void this.verify([line.id]);
    }
  }

  private tickLater() {
    this.cancelTick = this.clock.after(TICK_MS, () => {
      this.tick();
      if (!this.isClosed) this.tickLater();
    });
  }

  private tick() {
    const now = this.clock.now();
    this.recent.age(now);
    for (const [roomId, at] of this.unfollowed) {
      if (at > now) break; // In order of time.
      this.unfollowed.delete(roomId);
      const line = this.lines.get(roomId);
      if (line) this.drop(line);
    }
    this.verifier.tick();
  }

  private drop(line: RoomLine) {
    this.lines.delete(line.id);
    this.due.delete(line);
    this.waitingUnits -= line.giveUp();
    line.close();
  }
}
