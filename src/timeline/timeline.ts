// The write path: every durable change of a room goes through here, one statement or transaction after the other, and is
// published once it is committed. Called by the modules' services. Nothing else writes to `events` or publishes room events.
//
// One after the other keeps the order on the wire the order of commit with nothing to reorder, and lets a batch be whatever has
// queued meanwhile: the busier the server, the larger the batches. While the database stores a batch, the next one waits at its
// door, on the same connection, and the one before it is told.
import { eq, sql as expr } from "drizzle-orm";
import type { Bus } from "../bus/bus.ts";
import type { Transaction } from "../db/client.ts";
import { isDatabaseConflict, isDatabaseTimeout, isDatabaseUnavailable, isLocked } from "../db/errors.ts";
import { rooms } from "../db/schema.ts";
import { ChatError, unavailable } from "../lib/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";
import { messageNotStored, notFound } from "../protocol/refusals.ts";
import type { RoomKind } from "../protocol/rooms.ts";
import { Announcer } from "./announcer.ts";
import { Answers, type AnswersParts, type Decided } from "./answers.ts";
import { appendMessages, type NewMessage, type Recipient, type Turn } from "./append.ts";
import { Change } from "./change.ts";
import { Doubts, type DoubtsParts } from "./doubts.ts";
import { Epoch } from "./epoch.ts";
import { listLockedRooms } from "./locked-rooms.ts";
import type { Peers } from "./peers.ts";
import { purgeDeletedRooms } from "./purge.ts";
import { type Appended, PATIENCE_MS, Queue, type Waiting } from "./queue.ts";
import type { Job } from "./turns.ts";

// The next batch leaves before the answer to the last one is there, so that the database need not wait for us. With a third one
// on its way all of them get smaller, and a message costs more.
const MAX_FLIGHTS = 2;
// Also how soon a room goes on once it is no longer locked.
const SWEEP_MS = 100;
const MAX_BACKOFF_MS = 500;
// Between two tries of what the database gave up on for no reason that shows.
const RETRY_MS = 50;
// A database that has finished nothing for this long is not busy but away.
const STANDSTILL_MS = 1_000;

/** Why a change was not begun. */
const ROOM_IS_LOCKED = Symbol("room is locked");

/** A batch on its way. */
interface Flight {
  number: number;
  batch: Waiting[];
  landed: Promise<Landing>;
}

/** What became of a batch: what is committed and not told yet, and what is to be tried again, both in order. */
interface Landing {
  stored: Decided[];
  again: Waiting[];
  /** Rooms that somebody else has locked: nothing was stored because of them. */
  locked: number[];
}

export interface TimelineParts extends AnswersParts, DoubtsParts {
  bus: Bus;
  log: Logger;
  peers: Peers;
  /** How long (ms) senders wait for the database. */
  patienceMs?: number | undefined;
  /** History may have gone back: nothing that was read or promised before holds any more. To be done before it returns. */
  onHistoryChange(): void;
}

export class Timeline {
  private readonly queue: Queue;
  /** What the database is busy with: batches, in the order in which they left, or one change. */
  private flights: Flight[] = [];
  private job: Job | null = null;
  /** What comes before all that is queued, once no batch is under way. */
  private again: Waiting[] = [];
  /** Rooms that turned out to be locked, to be left out once no batch is under way. */
  private readonly locked = new Set<number>();
  /** When the database last decided something, by the monotonic clock. */
  private movedAt = 0;
  private probing: Promise<void> | null = null;
  private isStoring = false;
  private isStirring = false;
  private running: Promise<void> | null = null;
  /** The number of the newest batch or change. */
  private begun = 0;
  /** Those who wait until it, and all before it, has been told. */
  private onlookers: { upTo: number; resolve(): void }[] = [];
  private purging: Promise<void> | null = null;
  private purgeWanted = false;
  private closing = false;
  /** Whether the writer's session must be confirmed before it may write. */
  private isUnconfirmed = true;
  readonly epoch: Epoch;
  private readonly announcer: Announcer;
  private readonly answers: Answers;
  private readonly doubts: Doubts;
  private readonly sweeper: ReturnType<typeof setInterval>;

  constructor(private readonly parts: TimelineParts) {
    this.queue = new Queue(parts.patienceMs ?? PATIENCE_MS);
    this.announcer = new Announcer(parts.bus);
    this.answers = new Answers({ ...parts, onGoneBack: () => this.epoch.wentBack() }, this.queue, this.announcer);
    this.doubts = new Doubts(parts, this.announcer);
    this.epoch = new Epoch({
      sql: parts.sql,
      log: parts.log,
      publishedId: () => this.announcer.lastId,
      onChange: (lastId) => this.startOver(lastId),
    });
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS);
    this.sweeper.unref();
  }

  /** To be called once before the first write. */
  async start() {
    await this.announcer.start(this.parts.sql);
    await this.epoch.check();
  }

  get queued() {
    return this.queue.size;
  }

  /**
   * Stores a message and publishes it; resolves after the commit. Rejects with what the database decided (`not_found`, `muted`,
   * `blocked`, `forbidden`), and with `unavailable` when the database or the room's lock is not to be had. Throws `slow_down` at
   * once when too much is queued.
   */
  append(message: NewMessage): Promise<Appended> {
    if (this.closing) return Promise.reject(unavailable());
    const appended = this.queue.addMessage(message);
    this.stir();
    return appended;
  }

  /**
   * Runs `work`, asked for by a user, in a transaction that holds the room's row, as the only write of this process under way.
   * What it appends is published after the commit, in order. Users take turns. Rejects with `not_found` when the room is not there
   * or of another kind, `slow_down` when too many changes wait, `unavailable` when the database or the room's lock is not to be had.
   */
  async change<T>(
    room: { id: number; kind: RoomKind },
    userId: number,
    work: (change: Change) => Promise<T>,
  ): Promise<T> {
    if (this.closing) throw unavailable();
    return new Promise((resolve, reject) => {
      const run = async () => {
        try {
          resolve(await this.runChange(room, work));
        } catch (error) {
          if (error === ROOM_IS_LOCKED) return false;
          reject(error);
        }
        return true;
      };
      // (What it throws rejects.)
      this.queue.addChange({ roomId: room.id, userId, run, reject });
      this.wake();
    });
  }

  /** Resolves once everything that is committed by now in this process has been published. */
  settled(): Promise<void> {
    if (!this.running) return Promise.resolve();
    return new Promise((resolve) => this.onlookers.push({ upTo: this.begun, resolve }));
  }

  /** Whether the write path's own connection answers, and may write. Behind whatever is under way there. */
  async canWrite(): Promise<boolean> {
    const [row] = await this.parts.writer.sql<{ writable: boolean }[]>`
      select not pg_is_in_recovery() and not current_setting('transaction_read_only')::boolean as writable`;
    return row!.writable;
  }

  /** Clears away, in the background, what deleted groups left behind. */
  purge() {
    this.purgeWanted = true;
    this.purging ??= this.runPurges();
  }

  /** Finishes what is queued and takes nothing more. */
  async close() {
    this.closing = true;
    if (this.queue.isReady) this.wake();
    await this.running;
    this.queue.cancelParked();
    await this.probing;
    await this.purging;
    clearInterval(this.sweeper);
    this.epoch.close();
  }

  /** Ends what waits: its rooms and senders may be others by now. Clients that come back send it again. */
  private startOver(lastId: number) {
    this.queue.cancelAll();
    for (const entry of this.underWay) {
      this.queue.settle(entry);
      entry.reject(unavailable());
    }
    this.job?.reject(unavailable());
    this.doubts.forget();
    this.announcer.lastId = lastId;
    this.isUnconfirmed = true;
    this.parts.onHistoryChange();
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

  private sweep() {
    this.expire();
    if (this.queue.lockedRooms.length > 0 && !this.closing)
      this.probing ??= this.probe().finally(() => (this.probing = null));
  }

  private expire() {
    this.queue.expire(this.underWay, this.job, performance.now() - this.movedAt < STANDSTILL_MS);
  }

  /** Messages in the database's hands, and those to be tried again after them. */
  private get underWay(): Waiting[] {
    return [...this.again, ...this.flights.flatMap(({ batch }) => batch)];
  }

  /** Goes on with those rooms that were locked and are not any more. */
  private async probe() {
    const asked = this.queue.lockedRooms;
    const locked = await listLockedRooms(this.parts.sql, asked).catch(() => asked);
    if (this.closing) return;
    this.queue.unpark(asked.filter((id) => !locked.includes(id)));
    if (this.queue.isReady) this.wake();
  }

  /** Whoever else sends in this turn of the event loop joins the batch. */
  private stir() {
    if (this.isStirring) return;
    this.isStirring = true;
    setImmediate(() => {
      this.isStirring = false;
      if (this.isStoring) this.launch();
      else this.wake();
    });
  }

  private wake() {
    this.running ??= this.run().finally(() => {
      this.running = null;
      this.release(this.begun);
      if (this.queue.isReady) this.wake();
    });
  }

  private async run() {
    while (this.queue.isReady || this.doubts.areThere) {
      if (this.doubts.areThere && !(await this.recover())) return;
      if (this.isUnconfirmed && !(await this.retrying(() => this.confirmWriter()))) return;
      await this.storeMessages();
      // Messages and changes take turns, so that neither can hold up the other for long.
      const job = !this.doubts.areThere ? this.queue.takeChange() : undefined;
      if (job) {
        this.begun++;
        this.job = job;
        const isDone = await job.run();
        this.job = null;
        if (isDone) this.queue.finish(job);
        else this.queue.park([job.roomId], job);
      }
      this.release(this.begun);
    }
  }

  /** Lets those go who waited for a batch or change, now that it and all before it has been told. */
  private release(told: number) {
    if (this.doubts.areThere) return;
    const waiting = this.onlookers;
    this.onlookers = waiting.filter(({ upTo }) => upTo > told);
    for (const { upTo, resolve } of waiting) if (upTo <= told) resolve();
  }

  /** Batch after batch, until none waits or something else has its turn. */
  private async storeMessages() {
    this.isStoring = true;
    try {
      // Whatever else waits, for it had its turn before.
      this.launch(true);
      for (let flight = this.flights[0]; flight; flight = this.flights[0]) {
        const { stored, again, locked } = await flight.landed;
        this.flights.shift();
        this.again.push(...again);
        for (const roomId of locked) this.locked.add(roomId);
        // What has queued meanwhile leaves first, so that the database has work while this is told.
        this.launch();
        await this.answers.tell(stored);
        this.release(flight.number);
        this.launch();
      }
    } finally {
      this.isStoring = false;
      this.queue.putBack(this.again.splice(0));
      this.queue.park(this.locked);
      this.locked.clear();
    }
  }

  /** Sends off a batch, if there is room for one more and it is worth it. A change that waits comes before it, unless `isDue`. */
  private launch(isDue = !this.queue.hasChanges) {
    if (!isDue || this.again.length > 0 || this.doubts.areThere || this.flights.length === MAX_FLIGHTS) return;
    const last = this.flights.at(-1);
    // Behind another one it has time to grow to the same size.
    if (last && this.queue.waiting < last.batch.length) return;
    const batch = this.queue.takeBatch();
    if (batch.length === 0) return;
    const number = ++this.begun;
    const landed = this.store(batch, { name: String(number), after: last ? String(last.number) : null });
    this.flights.push({ number, batch, landed });
  }

  /** Never throws: who can't be helped has been answered. */
  private async store(batch: Waiting[], turn?: Turn): Promise<Landing> {
    const { metrics, peers, writer } = this.parts;
    const started = performance.now();
    try {
      await peers.load(batch.flatMap(({ draft }) => (draft.kind === "direct" ? draft.roomId : [])));
      const messages = batch.map(({ draft }) => draft);
      const verdicts = await appendMessages(
        writer.sql,
        messages,
        (message) => this.recipientOf(message),
        turn,
        this.epoch.current,
      );
      metrics.batchSize.observe(batch.length);
      metrics.batchSeconds.observe((performance.now() - started) / 1000);
      if (!verdicts) {
        if (!turn?.after) this.isUnconfirmed = true;
        return { stored: [], again: batch, locked: [] };
      }
      this.movedAt = performance.now();
      return { stored: batch.map((entry, index) => ({ entry, verdict: verdicts[index]! })), again: [], locked: [] };
    } catch (error) {
      if (isDatabaseUnavailable(error)) {
        this.isUnconfirmed = true;
        for (const entry of batch) {
          entry.retried = true;
          this.doubts.addRoom(entry.draft.roomId);
        }
        return { stored: [], again: batch, locked: [] };
      }
      if (isDatabaseTimeout(error) || isDatabaseConflict(error)) {
        return { stored: [], again: batch, locked: await this.findLocked(batch) };
      }
      // Refused as a whole, so nothing of it was stored: one bad message must not sink its neighbours.
      if (batch.length > 1) return this.storeOneByOne(batch);
      this.parts.log.error({ error: safeError(error) }, "a message could not be stored");
      this.queue.settle(batch[0]!);
      batch[0]!.reject(new ChatError(messageNotStored));
      return { stored: [], again: [], locked: [] };
    }
  }

  private async storeOneByOne(batch: Waiting[]): Promise<Landing> {
    const all: Landing = { stored: [], again: [], locked: [] };
    for (const entry of batch) {
      if (entry.settled) continue;
      const { stored, again, locked } =
        all.again.length > 0 ? { stored: [], again: [entry], locked: [] } : await this.store([entry]);
      all.stored.push(...stored);
      all.again.push(...again);
      all.locked.push(...locked);
    }
    return all;
  }

  /** The locked rooms of a batch that the database gave up on. */
  private async findLocked(batch: Waiting[]): Promise<number[]> {
    const rooms = [...new Set(batch.map(({ draft }) => draft.roomId))];
    // What can't be asked now is found out by the next try.
    const locked = await listLockedRooms(this.parts.writer.sql, rooms).catch(() => []);
    if (locked.length === 0) await Bun.sleep(RETRY_MS);
    return locked;
  }

  private recipientOf({ kind, roomId, senderId }: NewMessage): Recipient | null {
    const id = kind === "direct" ? this.parts.peers.of(roomId, senderId) : null;
    return id === null ? null : { id, isReached: this.parts.isOnline(id) };
  }

  private async runChange<T>(room: { id: number; kind: RoomKind }, work: (change: Change) => Promise<T>): Promise<T> {
    let change: Change | undefined;
    let result: T;
    try {
      result = await this.parts.writer.db.transaction(async (tx) => {
        const [row] = await tx
          .select({
            kind: rooms.kind,
            lastSeq: rooms.lastSeq,
            session: expr<string | null>`current_setting('chat.epoch', true)`,
          })
          .from(rooms)
          .where(eq(rooms.id, room.id))
          .for("no key update");
        if (row?.session !== this.epoch.current && !(await this.confirm(tx))) throw unavailable();
        if (row?.kind !== room.kind) throw new ChatError(notFound(room.kind === "direct" ? "conversation" : "group"));
        change = new Change(tx, room, row.lastSeq);
        return work(change);
      });
    } catch (error) {
      // It was the room's own lock if nothing came after it.
      if (isLocked(error) && !change) throw ROOM_IS_LOCKED;
      if (isDatabaseTimeout(error)) throw unavailable();
      if (!isDatabaseUnavailable(error)) {
        this.movedAt = performance.now();
        throw error;
      }
      this.doubts.addRoom(room.id);
      if (change) this.doubts.addChange(change);
      throw unavailable();
    }
    this.movedAt = performance.now();
    for (const event of change!.appended) {
      if (event.id <= this.announcer.lastId) this.epoch.wentBack();
      this.announcer.announce(event);
    }
    for (const action of change!.afterwards) action();
    return result;
  }

  /** Lets this transaction's session write, for as long as it lives. */
  private confirm(tx: Transaction): Promise<boolean> {
    return this.epoch.confirm((epoch, publishedId) =>
      tx.execute<{ confirmed: boolean }>(expr`select confirm_epoch(${epoch}, ${publishedId}) as confirmed`),
    );
  }

  private async confirmWriter() {
    await this.epoch.verified();
    const { sql } = this.parts.writer;
    const confirmed = await this.epoch.confirm(
      (epoch, publishedId) =>
        sql<{ confirmed: boolean }[]>`select confirm_epoch(${epoch}, ${publishedId}) as confirmed`,
    );
    if (!confirmed) throw unavailable();
    this.isUnconfirmed = false;
  }

  /** Once the database is back: clears up what is uncertain. False when closing. */
  private recover(): Promise<boolean> {
    return this.retrying(async () => {
      await this.epoch.check();
      await this.doubts.clearUp();
    });
  }

  /** Tries until it succeeds, for as long as the database is away. False when closing. */
  private async retrying(work: () => Promise<void>): Promise<boolean> {
    for (let backoff = 20; ; backoff = Math.min(backoff * 2, MAX_BACKOFF_MS)) {
      this.expire();
      try {
        await work();
        return true;
      } catch (error) {
        if (!isDatabaseUnavailable(error) && !(error instanceof ChatError))
          this.parts.log.error({ error: safeError(error) }, "the state of the database could not be read");
        if (this.closing) {
          this.queue.cancelAll();
          this.doubts.forget();
          return false;
        }
        await Bun.sleep(backoff);
      }
    }
  }
}
