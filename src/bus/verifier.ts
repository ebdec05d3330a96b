// Compares followed rooms with the database, which finds what nothing has told of: a lost last event, a deleted room, a history that has
// gone back. Each room has its turn once in a period, some of them every tick, so that thousands of rooms cost no burst; one that is new
// here has another soon. Only the sequencer uses it.
import { type Clock, sleep } from "./clock.ts";
import type { RoomLine } from "./room-line.ts";

const ROOMS_PER_READ = 1_000;
const MIN_BACKOFF_MS = 20;
const MAX_BACKOFF_MS = 1_000;
/** Every followed room is compared this often. */
const PERIOD_MS = 30_000;
const PERIOD_DOWN_MS = 1_000;
// A bus may learn late that this server listens.
const FIRST_MS = 2_000;
// A timer that is this late was frozen with the process.
const THAW_MS = 5_000;

export interface VerifierParts {
  clock: Clock;
  tickMs: number;
  /** The rooms, and how far each is. */
  lines: ReadonlyMap<number, RoomLine>;
  /** The newest position of each room; null for a room that is gone or has no member left. */
  readPositions(roomIds: number[]): Promise<Map<number, number | null>>;
  /** A room has this position. */
  onPosition(line: RoomLine, seq: number): void;
  onRoomGone(line: RoomLine): void;
  /** A room ends below what was published. */
  onHistoryLost(): void;
  /** Whether other servers are heard; while they are not, the period is a second. */
  isBusUp(): boolean;
}

export class Verifier {
  /** Followed lately, in order of the time at which they have their first turn. */
  private fresh: { roomId: number; at: number }[] = [];
  /** Those that still have their turn in this period. */
  private round: number[] = [];
  private roundBeganAt = Number.NEGATIVE_INFINITY;
  private tickedAt: number;
  /** When the last period began in which every room had its turn. */
  private verifiedAt: number;
  /** One after the other. */
  private verifying = Promise.resolve();
  private pending = 0;
  private isClosed = false;

  constructor(private readonly parts: VerifierParts) {
    this.tickedAt = parts.clock.now();
    this.verifiedAt = this.tickedAt;
  }

  /** How old what is known of some room may be, in milliseconds: up to two periods, unless the database does not respond. */
  get lagMs() {
    return this.parts.clock.now() - this.verifiedAt;
  }

  /** Whether every room has had its turn in this period, new ones included. */
  get isIdle() {
    return this.fresh.length === 0 && this.round.length === 0;
  }

  /** The room is followed anew. */
  add(roomId: number) {
    this.fresh.push({ roomId, at: this.parts.clock.now() + FIRST_MS });
  }

  /** To be called every `tickMs`: compares those whose turn it is. */
  tick() {
    const now = this.parts.clock.now();
    const isThawed = now - this.tickedAt > THAW_MS;
    this.tickedAt = now;
    // The database has not responded yet; the turn of these rooms comes later.
    if (this.pending > 0 && !isThawed) return;
    const roomIds = this.takeFresh(now);
    roomIds.push(...(isThawed ? this.parts.lines.keys() : this.takeRound(now)));
    const { roundBeganAt } = this;
    const isLast = this.round.length === 0;
    const onVerified = () => {
      if (isLast) this.verifiedAt = Math.max(this.verifiedAt, roundBeganAt);
    };
    if (roomIds.length > 0) void this.verify(roomIds).then(onVerified);
    else onVerified();
  }

  /** Resolves when these rooms, or all, were compared, however long that takes. */
  verify(roomIds: Iterable<number> = this.parts.lines.keys()): Promise<void> {
    const ids = [...roomIds];
    this.pending++;
    this.verifying = this.verifying.then(() => this.compare(ids)).finally(() => this.pending--);
    return this.verifying;
  }

  clear() {
    this.fresh = [];
  }

  close() {
    this.isClosed = true;
  }

  private takeFresh(now: number): number[] {
    const due = this.fresh.findIndex(({ at }) => at > now);
    return this.fresh.splice(0, due < 0 ? this.fresh.length : due).map(({ roomId }) => roomId);
  }

  /** Those whose turn it is in this period, which is gone through evenly. */
  private takeRound(now: number): number[] {
    const { isBusUp, lines, tickMs } = this.parts;
    const period = isBusUp() ? PERIOD_MS : PERIOD_DOWN_MS;
    if (this.round.length === 0 && now >= this.roundBeganAt + period) {
      this.round = [...lines.keys()];
      this.roundBeganAt = now;
    }
    const ticksLeft = Math.max(1, Math.ceil((this.roundBeganAt + period - now) / tickMs));
    return this.round.splice(0, Math.ceil(this.round.length / ticksLeft));
  }

  private async compare(ids: number[]) {
    const { lines, readPositions, clock } = this.parts;
    let backoff = MIN_BACKOFF_MS;
    for (let start = 0; start < ids.length && !this.isClosed; ) {
      const some = ids.slice(start, start + ROOMS_PER_READ);
      const before = new Map(some.flatMap((id) => lines.get(id) ?? []).map((line) => [line, line.at]));
      try {
        if (before.size > 0) this.compareWith(before, await readPositions(some));
        start += ROOMS_PER_READ;
      } catch {
        await sleep(clock, backoff);
        backoff = Math.min(2 * backoff, MAX_BACKOFF_MS);
      }
    }
  }

  /** `before`: how far the rooms were before their positions were read. */
  private compareWith(before: Map<RoomLine, number>, positions: Map<number, number | null>) {
    const { lines, onPosition, onRoomGone, onHistoryLost } = this.parts;
    for (const [line, at] of before) {
      if (lines.get(line.id) !== line) continue;
      const position = positions.get(line.id) ?? null;
      if (position === null) onRoomGone(line);
      else if (position < at) return onHistoryLost();
      else onPosition(line, position);
    }
  }
}
