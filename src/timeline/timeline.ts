// The write path: every durable change of a room goes through here, one statement or transaction at a time, and is
// published once it is committed. Called by the modules' services. Nothing else writes to `events` or publishes room events.
//
// One thing under way at a time keeps the order on the wire the order of commit with nothing to reorder, and lets a batch
// be whatever has queued meanwhile: the busier the server, the larger the batches.
import { eq, sql as expr } from "drizzle-orm";
import type { Bus, RoomKind } from "../bus/bus.ts";
import type { Database, SqlClient } from "../db/client.ts";
import { rooms } from "../db/schema.ts";
import { ChatError, isDatabaseAway, notFound, unavailable } from "../lib/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import { Announcer } from "./announcer.ts";
import { appendMessages, type NewMessage, toRefusal, type Verdict } from "./append.ts";
import { Change } from "./change.ts";
import type { MessageRow } from "./events.ts";
import { findMessages, listDeletedRooms, listEventsAfterId } from "./history.ts";
import type { Peers } from "./peers.ts";
import { purgeDeletedRooms } from "./purge.ts";

// Past 500 the statement takes longer without storing more a second.
const MAX_BATCH = 500;
// At 4,000 characters each this is some 100 MB; at a usual length a few.
const MAX_QUEUED = 10_000;
const MAX_CHANGES_QUEUED = 1_000;
// How long a sender waits for a database that is away.
const PATIENCE_MS = 5_000;
const SWEEP_MS = 250;
const MAX_BACKOFF_MS = 500;

/** A message to append. */
export type Draft = Omit<NewMessage, "delivered">;

export type Appended = { message: MessageRow; repeated: boolean };

interface Waiting {
  draft: Draft;
  deadline: number;
  /** Set once a try failed with its outcome unknown. */
  retried: boolean;
  settled: boolean;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
}

interface Job {
  deadline: number;
  run(): Promise<void>;
  reject(error: unknown): void;
}

export interface TimelineParts {
  sql: SqlClient;
  db: Database;
  bus: Bus;
  metrics: Metrics;
  log: Logger;
  peers: Peers;
  isOnline(userId: number): boolean;
  /** A direct message was stored as undelivered, but its recipient has come online meanwhile. */
  onLateArrival(userId: number, roomId: number): void;
}

export class Timeline {
  private queue: Waiting[] = [];
  private jobs: Job[] = [];
  /** What the database is busy with: a batch, or one change. */
  private underWay: (Waiting | Job)[] = [];
  private running: Promise<void> | null = null;
  /** Those who wait until what is under way has been told. */
  private onlookers: (() => void)[] = [];
  private purging: Promise<void> | null = null;
  private purgeWanted = false;
  private closing = false;
  /** Rooms in which something may have been committed that nobody was told about. */
  private readonly uncertain = new Set<number>();
  /** Changes that may have been committed without our hearing of it, for what is left to do after them. */
  private unheard: Change[] = [];
  private readonly announcer: Announcer;
  private readonly sweeper: ReturnType<typeof setInterval>;

  constructor(private readonly parts: TimelineParts) {
    this.announcer = new Announcer(parts.bus);
    this.sweeper = setInterval(() => this.expire(), SWEEP_MS);
    this.sweeper.unref();
  }

  /** To be called once before the first write. */
  async start() {
    await this.announcer.start(this.parts.sql);
  }

  get queued() {
    return this.queue.length + this.jobs.length;
  }

  /**
   * Stores a message and publishes it; resolves after the commit. Throws what the database decided (`not_found`, `muted`,
   * `blocked`, `forbidden`), `slow_down` when too much is queued, `unavailable` when the database stays away.
   */
  append(draft: Draft): Promise<Appended> {
    return new Promise((resolve, reject) => {
      if (this.closing) return reject(unavailable());
      if (this.queue.length >= MAX_QUEUED) return reject(overloaded());
      this.queue.push({ draft, deadline: Date.now() + PATIENCE_MS, retried: false, settled: false, resolve, reject });
      this.wake();
    });
  }

  /**
   * Runs `work` in a transaction that holds the room's row, as the only write of this process under way. What it appends
   * is published after the commit, in order. Throws `not_found` when the room is not there or of another kind.
   */
  change<T>(room: { id: number; kind: RoomKind }, work: (change: Change) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.closing) return reject(unavailable());
      if (this.jobs.length >= MAX_CHANGES_QUEUED) return reject(overloaded());
      const run = () => this.runChange(room, work).then(resolve, reject);
      this.jobs.push({ deadline: Date.now() + PATIENCE_MS, run, reject });
      this.wake();
    });
  }

  /** Resolves once everything that is committed by now in this process has been published. */
  settled(): Promise<void> {
    if (!this.running) return Promise.resolve();
    return new Promise((resolve) => this.onlookers.push(resolve));
  }

  /** Clears away, in the background, what deleted groups left behind. */
  purge() {
    this.purgeWanted = true;
    this.purging ??= this.runPurges();
  }

  /** Finishes what is queued and takes nothing more. */
  async close() {
    this.closing = true;
    await this.running;
    await this.purging;
    clearInterval(this.sweeper);
  }

  private async runPurges() {
    // A group that is deleted while another one is cleared away has its turn after it.
    while (this.purgeWanted) {
      this.purgeWanted = false;
      await purgeDeletedRooms(this.parts.sql, () => this.closing).catch((error) =>
        this.parts.log.warn({ error: safeError(error) }, "deleted groups could not be cleared away yet"),
      );
    }
    this.purging = null;
  }

  private wake() {
    this.running ??= this.run().finally(() => {
      this.running = null;
      this.release();
      if (this.queued > 0) this.wake();
    });
  }

  private async run() {
    // Whoever else sends in this turn of the event loop joins the batch.
    await Promise.resolve();
    while (this.queued > 0 || this.uncertain.size > 0) {
      if (this.uncertain.size > 0 && !(await this.recover())) return;
      if (this.queue.length > 0) {
        const batch = this.queue.splice(0, MAX_BATCH).filter((entry) => !entry.settled);
        this.underWay = batch;
        await this.flush(batch);
        if (this.uncertain.size === 0) this.release();
      }
      // Messages and changes take turns, so that neither can hold up the other for long.
      const job = this.uncertain.size === 0 ? this.jobs.shift() : undefined;
      if (job) {
        this.underWay = [job];
        await job.run();
      }
      this.underWay = [];
    }
  }

  private release() {
    for (const resolve of this.onlookers.splice(0)) resolve();
  }

  private async flush(batch: Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    const { sql, metrics, peers } = this.parts;
    const started = performance.now();
    try {
      await peers.load(batch.flatMap(({ draft }) => (draft.kind === "direct" ? draft.roomId : [])));
      const messages = batch.map(({ draft }) => ({ ...draft, delivered: this.isReached(draft) }));
      const verdicts = await appendMessages(sql, messages);
      metrics.batchSize.observe(batch.length);
      metrics.batchSeconds.observe((performance.now() - started) / 1000);
      await this.settle(batch, messages, verdicts);
    } catch (error) {
      if (isDatabaseAway(error)) {
        for (const entry of batch) {
          entry.retried = true;
          this.uncertain.add(entry.draft.roomId);
        }
        this.queue.unshift(...batch.filter((entry) => !entry.settled));
      } else if (batch.length > 1) {
        // Refused as a whole, so nothing of it was stored: one bad message must not sink its neighbours.
        for (const [index, entry] of batch.entries()) {
          if (this.uncertain.size > 0) {
            this.queue.unshift(...batch.slice(index));
            return;
          }
          if (!entry.settled) await this.flush([entry]);
        }
      } else {
        this.parts.log.error({ error: safeError(error) }, "a message could not be stored");
        batch[0]!.reject(new ChatError("internal", "The message could not be stored."));
      }
    }
  }

  private async settle(batch: Waiting[], messages: NewMessage[], verdicts: Verdict[]) {
    const repeats: { entry: Waiting; id: number }[] = [];
    let stored = 0;
    for (const [index, verdict] of verdicts.entries()) {
      const entry = batch[index]!;
      entry.settled = true;
      if (verdict.outcome === "new") {
        stored++;
        this.announceNew(entry, messages[index]!, verdict);
      } else if (verdict.outcome === "repeated") {
        repeats.push({ entry, id: verdict.id });
      } else {
        entry.reject(toRefusal(verdict.outcome, entry.draft.kind));
      }
    }
    this.parts.metrics.messages.inc(stored);
    if (repeats.length > 0) await this.answerRepeats(repeats);
  }

  private announceNew(
    entry: Waiting,
    sent: NewMessage,
    { id, seq, createdAt }: { id: number; seq: number; createdAt: string },
  ) {
    const { draft } = entry;
    const message: MessageRow = {
      id,
      roomId: draft.roomId,
      seq,
      actorId: draft.senderId,
      actorName: draft.senderName,
      body: draft.body,
      clientId: draft.clientId,
      createdAt,
      editedAt: null,
      deletedAt: null,
      deliveredAt: sent.delivered ? createdAt : null,
      readAt: null,
    };
    this.announcer.announce({ id, seq, room: { id: draft.roomId, kind: draft.kind }, kind: "message", message });
    entry.resolve({ message, repeated: false });
    if (!sent.delivered && this.isReached(draft)) {
      this.parts.onLateArrival(this.parts.peers.of(draft.roomId, draft.senderId)!, draft.roomId);
    }
  }

  /** Whether the recipient of a direct message has a socket open. */
  private isReached({ kind, roomId, senderId }: Draft): boolean {
    const peerId = kind === "direct" ? this.parts.peers.of(roomId, senderId) : null;
    return peerId !== null && this.parts.isOnline(peerId);
  }

  private async answerRepeats(repeats: { entry: Waiting; id: number }[]) {
    try {
      const found = await findMessages(this.parts.db, [...new Set(repeats.map(({ id }) => id))]);
      const byId = new Map(found.map((message) => [message.id, message]));
      for (const { entry, id } of repeats) {
        const message = byId.get(id)!;
        // Stored by a try of ours whose answer was lost: nobody has seen it yet.
        if (entry.retried && id > this.announcer.lastId) {
          this.announcer.announce({
            id,
            seq: message.seq,
            room: { id: message.roomId, kind: entry.draft.kind },
            kind: "message",
            message,
          });
        }
        entry.resolve({ message, repeated: true });
      }
    } catch (error) {
      const answer = isDatabaseAway(error) ? unavailable() : error;
      for (const { entry } of repeats) entry.reject(answer);
    }
  }

  private async runChange<T>(room: { id: number; kind: RoomKind }, work: (change: Change) => Promise<T>): Promise<T> {
    let change: Change | undefined;
    let result: T;
    try {
      result = await this.parts.db.transaction(async (tx) => {
        const [row] = await tx.select().from(rooms).where(eq(rooms.id, room.id)).for("no key update");
        if (row?.kind !== room.kind) throw notFound(room.kind === "direct" ? "The conversation" : "The group");
        change = new Change(tx, room, row.lastSeq);
        return work(change);
      });
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      this.uncertain.add(room.id);
      if (change) this.unheard.push(change);
      throw unavailable();
    }
    for (const event of change!.appended) this.announcer.announce(event);
    for (const action of change!.afterwards) action();
    return result;
  }

  /**
   * Once the database is back: announces what was committed in uncertain rooms without our hearing of it. The rooms are
   * locked first, so that a statement of ours which outlived its connection has ended. False when closing.
   */
  private async recover(): Promise<boolean> {
    for (let backoff = 20; ; backoff = Math.min(backoff * 2, MAX_BACKOFF_MS)) {
      this.expire();
      try {
        const { missed, deleted } = await this.parts.db.transaction(async (tx) => {
          const ids = [...this.uncertain].sort((a, b) => a - b);
          await tx.execute(
            expr`select 1 from rooms where id = any (${expr.param(ids)}::bigint[]) order by id for no key update`,
          );
          return {
            missed: await listEventsAfterId(tx, ids, this.announcer.lastId),
            deleted: await listDeletedRooms(tx, ids),
          };
        });
        this.uncertain.clear();
        for (const event of missed) this.announcer.announce(event);
        // A deletion leaves no event behind to tell by that it was committed.
        for (const { room, afterwards } of this.unheard.splice(0)) {
          if (deleted.has(room.id)) for (const action of afterwards) action();
        }
        return true;
      } catch (error) {
        if (!isDatabaseAway(error))
          this.parts.log.error({ error: safeError(error) }, "uncertain rooms could not be read");
        if (this.closing) {
          this.cancelAll();
          return false;
        }
        await Bun.sleep(backoff);
      }
    }
  }

  /** Answers those who have waited long enough. What is in the database's hands meanwhile may still be stored, once. */
  private expire() {
    const now = Date.now();
    const late = (waiting: Waiting | Job) => waiting.deadline < now;
    // Both queues are in order of their deadlines but for retries, which are older still and stand in front.
    if (![this.underWay[0], this.queue[0], this.jobs[0]].some((first) => first && late(first))) return;
    for (const waiting of [...this.underWay, ...this.queue, ...this.jobs].filter(late)) {
      if ("settled" in waiting) waiting.settled = true;
      waiting.reject(unavailable());
    }
    this.queue = this.queue.filter((entry) => !late(entry));
    this.jobs = this.jobs.filter((job) => !late(job));
  }

  private cancelAll() {
    for (const entry of this.queue.splice(0)) entry.reject(unavailable());
    for (const job of this.jobs.splice(0)) job.reject(unavailable());
    this.uncertain.clear();
    this.unheard = [];
  }
}

const overloaded = () => new ChatError("slow_down", "The server is busy; try again shortly.", { retryAfter: 1 });
