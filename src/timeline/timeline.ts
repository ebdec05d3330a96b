// The door of the write path: every durable change of a room goes through here and is published once it is committed. Called by
// the modules' services. Nothing else writes to `events` or publishes room events.
import type { Bus } from "../bus/bus.ts";
import { unavailable } from "../lib/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";
import type { Tracing } from "../lib/tracing.ts";
import type { RoomKind } from "../protocol/rooms.ts";
import type { NewMessage } from "./append.ts";
import type { MessageChange } from "./append-changes.ts";
import type { ReactionChange } from "./append-reactions.ts";
import { ChangeLane } from "./change-lane.ts";
import { Epoch } from "./epoch.ts";
import { EventPublisher } from "./event-publisher.ts";
import { type InDoubtParts, InDoubtWrites } from "./in-doubt.ts";
import { MessageLane } from "./message-lane.ts";
import type { MessageRow } from "./message-row.ts";
import { Outcomes, type OutcomesParts } from "./outcomes.ts";
import type { PeerCache } from "./peer-cache.ts";
import type { Appended } from "./pending-message.ts";
import { purgeDeletedRooms } from "./purge.ts";
import { QUEUE_TIMEOUT_MS, Queue } from "./queue.ts";
import type { RoomTransaction } from "./room-transaction.ts";
import { ROOM_IS_LOCKED, runTransaction } from "./transaction-runner.ts";
import type { SmallChange } from "./turns.ts";
import { TimelineWriter } from "./writer.ts";
import { WriterSession } from "./writer-session.ts";

// After a purge that the database broke off.
const PURGE_RETRY_MS = 1_000;

export interface TimelineParts extends OutcomesParts, InDoubtParts {
  bus: Bus;
  log: Logger;
  /** Null where nothing is traced. */
  tracing: Tracing | null;
  peerCache: PeerCache;
  /** Whether the user has a socket open on any server, as far as this one knows. */
  isReached(userId: number): boolean;
  /** How long (ms) senders wait for the database. */
  queueTimeoutMs?: number | undefined;
  /** Whether messages are indexed for search (feeds/search), so that a deletion must reach what is being indexed. */
  search: boolean;
  /** History may have gone back: nothing that was read or promised before is valid any more. To be done before it returns. */
  onHistoryChange(): void;
}

export class Timeline {
  private readonly queue: Queue;
  private readonly publisher: EventPublisher;
  private readonly inDoubt: InDoubtWrites;
  private readonly session: WriterSession;
  private readonly writer: TimelineWriter;
  private purging: Promise<void> | null = null;
  private purgeRequested = false;
  private closing = false;
  readonly epoch: Epoch;

  constructor(private readonly parts: TimelineParts) {
    const queue = new Queue(parts.queueTimeoutMs ?? QUEUE_TIMEOUT_MS);
    const publisher = new EventPublisher(parts.bus, parts.peerCache, () => this.epoch.onHistoryLost(), parts.onCommit);
    const inDoubt = new InDoubtWrites(parts, publisher);
    const epoch = new Epoch({
      sql: parts.sql,
      log: parts.log,
      publishedId: () => publisher.lastId,
      onChange: (lastId) => this.startOver(lastId),
    });
    const session = new WriterSession(parts.writer, epoch);
    const outcomes = new Outcomes(parts, queue, publisher);
    const messages = new MessageLane({ ...parts, queue, epoch, session, inDoubt, outcomes });
    const { sql, log, writer, search, tracing } = parts;
    const changes = new ChangeLane({ writer, queue, epoch, session, inDoubt, publisher, search, tracing });
    this.writer = new TimelineWriter({ sql, log, queue, messages, changes, inDoubt, epoch, session });
    this.queue = queue;
    this.publisher = publisher;
    this.inDoubt = inDoubt;
    this.session = session;
    this.epoch = epoch;
  }

  /** To be called once before the first write. */
  async start() {
    await this.publisher.start(this.parts.sql);
    await this.epoch.check();
  }

  get queued() {
    return this.queue.size;
  }

  /** For how many seconds the oldest of the messages in it has waited. */
  get queueAge() {
    return this.queue.age / 1_000;
  }

  /** Whether many messages or changes are stored at this time, so that what can wait should. */
  get isBusy() {
    return this.writer.isBusy;
  }

  /**
   * Stores a message and publishes it; resolves after the commit. Rejects with what the database decided (`not_found`, `muted`,
   * `blocked`, `forbidden`), and with `unavailable` when the database or the room's lock is unavailable. Throws `slow_down` at
   * once when too much is queued.
   */
  append(message: NewMessage): Promise<Appended> {
    if (this.closing) return Promise.reject(unavailable());
    this.parts.tracing?.carry(message);
    const appended = this.queue.addMessage(message);
    this.writer.scheduleFlush();
    return appended;
  }

  /**
   * Edits or deletes a message and publishes that; resolves, after the commit, with the message as it is then, also when there was
   * nothing to change. Small changes of many rooms share a commit; users take turns. Rejects with what the database decided
   * (`not_found`, `forbidden`, `muted`, `blocked`, `message_deleted`), `slow_down` when too many changes wait, `unavailable` when the
   * database or the room's lock is unavailable.
   */
  async change(change: MessageChange): Promise<MessageRow> {
    return (await this.addChange(change))!;
  }

  /**
   * Adds or removes a reaction and publishes that; resolves after the commit, also when there was nothing to change. Rejects as `change`
   * does, and with `invalid` when the message has too many different ones.
   */
  async react(change: ReactionChange): Promise<void> {
    await this.addChange(change);
  }

  private async addChange(change: SmallChange) {
    if (this.closing) throw unavailable();
    this.parts.tracing?.carry(change);
    const changed = this.queue.addChange(change);
    this.writer.scheduleFlush();
    return changed;
  }

  /**
   * Runs `work`, requested by a user, in a transaction that holds the room's row, as the only write of this process in progress.
   * What it appends is published after the commit, in order. Users take turns. Rejects with `not_found` when the room does not
   * exist or is of another kind, `slow_down` when too many changes wait, `unavailable` when the database or the room's lock is
   * unavailable.
   */
  async transaction<T>(
    room: { id: number; kind: RoomKind },
    userId: number,
    work: (transaction: RoomTransaction) => Promise<T>,
  ): Promise<T> {
    if (this.closing) throw unavailable();
    const { bus, writer } = this.parts;
    const { session, epoch, publisher, inDoubt } = this;
    return new Promise((resolve, reject) => {
      const run = async () => {
        try {
          resolve(await runTransaction({ bus, writer, session, epoch, publisher, inDoubt }, room, work));
        } catch (error) {
          if (error === ROOM_IS_LOCKED) return false;
          reject(error);
        }
        return true;
      };
      // (What it throws rejects.)
      this.queue.addTransaction({ roomId: room.id, userId, run, reject });
      this.writer.startWriter();
    });
  }

  /** Resolves once everything that is committed by now in this process has been published. */
  flushed(): Promise<void> {
    return this.writer.flushed();
  }

  /** Whether the write path's own connection responds, and may write. Behind whatever is in flight there. */
  async canWrite(): Promise<boolean> {
    const [row] = await this.parts.writer.sql<{ writable: boolean }[]>`
      select not pg_is_in_recovery() and not current_setting('transaction_read_only')::boolean as writable`;
    return row!.writable;
  }

  /** Removes, in the background, what deleted groups left behind, however often the database is away meanwhile. */
  purge() {
    if (this.closing) return;
    this.purgeRequested = true;
    this.purging ??= this.runPurges();
  }

  /** Finishes what is queued and accepts nothing more. */
  async close() {
    this.closing = true;
    await this.writer.close();
    await this.purging;
    this.epoch.close();
  }

  /** Rejects what waits: its rooms and senders may be others by now. Clients that come back send it again. */
  private startOver(lastId: number) {
    this.writer.cancelAll();
    this.publisher.lastId = lastId;
    this.parts.onHistoryChange();
  }

  private async runPurges() {
    // A group that is deleted during a purge is removed by another one after it.
    while (this.purgeRequested) {
      this.purgeRequested = false;
      await purgeDeletedRooms(this.parts.sql, () => this.closing).catch((error) => {
        if (this.closing) return;
        this.parts.log.warn({ error: safeError(error) }, "deleted groups could not be removed yet");
        setTimeout(() => this.purge(), PURGE_RETRY_MS).unref();
      });
    }
    this.purging = null;
  }
}
