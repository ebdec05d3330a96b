// What one client was shown of one room, and how far it knows the room: it turns frames into the visits that the checker
// compares. It is told what happened and never asks a socket.
import type { Reading, Shown, Visit } from "./records.ts";

export class Ledger {
  /** Everything up to here has been shown. */
  position = 0;
  readonly visits: Visit[] = [];
  readonly resyncs: Reading[] = [];
  /** The open visit; null while the client is away from the room. */
  private visit: Visit | null = null;
  /** Frames since the call, until the server has said how far its replay goes. */
  private waiting: Shown[] | null = null;
  /** Set when `room.joined` came while waiting: its seq, and how many frames had come before it. */
  private joinedMeanwhile: { seq: number; after: number } | null = null;
  private calledAt = 0;
  private announced = false;

  constructor(readonly userId: number) {}

  /** Whether the server counts this client among those who get the room's events. */
  get isIn() {
    return this.waiting !== null || this.visit !== null;
  }

  /** The client connected and asked for everything after `position`, perhaps `announced` beforehand. */
  call(calledAt = Date.now(), announced = false) {
    this.hangUp();
    this.calledAt = calledAt;
    this.announced = announced;
    this.waiting = [];
  }

  show(event: Shown) {
    if (this.waiting) this.waiting.push(event);
    else this.take(this.visit ?? this.open(this.position), event);
  }

  /** The server says that everything up to `seq` has been shown. */
  resumed(seq: number) {
    if (!this.waiting) return;
    this.settle().promised = seq;
  }

  /** The server will not replay: the client goes on from `seq`. Answers how far it knew the room. */
  resync(seq: number): number {
    const before = this.position;
    const early = this.waiting ?? [];
    this.waiting = null;
    this.joinedMeanwhile = null;
    this.open(seq).early = early;
    return before;
  }

  /** The server says that events after `seq` follow: the client was let into the room just now. */
  joined(seq: number) {
    if (this.waiting) {
      this.joinedMeanwhile = { seq, after: this.waiting.length };
      return;
    }
    this.join(seq);
  }

  /** The client is in the room no longer, or the answer to its call is that it isn't. */
  left() {
    const { waiting, joinedMeanwhile } = this;
    if (waiting && joinedMeanwhile) {
      this.waiting = waiting.slice(0, joinedMeanwhile.after);
      this.settleOutside();
      const visit = this.join(joinedMeanwhile.seq);
      for (const frame of waiting.slice(joinedMeanwhile.after)) this.take(visit, frame);
    } else {
      this.settleOutside();
    }
  }

  /** The line broke, or the client did. */
  hangUp() {
    const { waiting, joinedMeanwhile } = this;
    // Let into the room while waiting: it follows from there, unless the replay was to bring it all.
    if (waiting && joinedMeanwhile && waiting[joinedMeanwhile.after]?.seq === joinedMeanwhile.seq + 1) this.left();
    else if (this.waiting) this.settle();
    this.visit = null;
  }

  /** The client comes back with what it had on disk, which may be older than what it knew. */
  forget(position: number) {
    this.hangUp();
    this.position = Math.min(this.position, position);
  }

  private join(seq: number): Visit {
    const before = this.position;
    this.visit = null;
    const visit = this.open(seq);
    visit.joinedAfter = before;
    return visit;
  }

  /** Tells the frames of a replay from live ones that came before it: the replay begins where the client stopped. */
  private settle(): Visit {
    const frames = this.waiting ?? [];
    this.waiting = null;
    this.joinedMeanwhile = null;
    const visit = this.open(this.position);
    const start = frames.findLastIndex(({ seq }) => seq === visit.from + 1);
    visit.early = start < 0 ? frames : frames.slice(0, start);
    if (start >= 0) for (const frame of frames.slice(start)) this.take(visit, frame);
    return visit;
  }

  private settleOutside() {
    if (this.waiting?.length) this.settle();
    this.waiting = null;
    this.joinedMeanwhile = null;
    this.visit = null;
  }

  private open(from: number): Visit {
    const { userId, calledAt, announced } = this;
    this.visit = { userId, calledAt, announced, from, joinedAfter: null, early: [], shown: [], promised: null };
    this.visits.push(this.visit);
    this.position = from;
    return this.visit;
  }

  private take(visit: Visit, event: Shown) {
    visit.shown.push(event);
    this.position = Math.max(this.position, event.seq);
  }
}
