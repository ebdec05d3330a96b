// Delivered and read: the cursors of members, and in conversations the times on the messages themselves. Batched like the
// write path but apart from it, so that messages never wait for receipts. Receipts carry no seq.
import type { Bus } from "../bus/bus.ts";
import type { SqlClient } from "../db/client.ts";
import { isLocked, isTransientDatabaseError } from "../db/errors.ts";
import { ChatError, unavailable } from "../lib/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";
import { messagesDelivered, messagesRead } from "../protocol/receipts.ts";
import { notFound, readPositionNotStored, roomNotFound, serverBusy } from "../protocol/refusals.ts";
import type { RoomKind } from "../protocol/rooms.ts";

const MAX_BATCH = 500;
const MAX_QUEUED = 10_000;
const RETRY_MS = 1_000;
// Each locked row costs the others a lock timeout. When there are more, a whole table is locked.
const MAX_LOCKED = 4;

/** The data of `conversation.read` and `group.read`, and the reader's position. */
export interface ReadResult {
  moved: boolean;
  /** The reader's own devices alone were told of it, on `/ws`. */
  isPrivate: boolean;
  updatedCount: number;
  readSeq: number;
  lastMessageId: number | null;
}

interface PendingRead {
  kind: RoomKind;
  roomId: number;
  userId: number;
  messageId: number | null;
  resolve(result: ReadResult): void;
  reject(error: unknown): void;
}

/** A user who came online, or with `roomId` a room in which a message waits for a user who is online. */
interface Arrival {
  userId: number;
  roomId: number | null;
}

/** The encoded event of a read position. */
export function readFrame(kind: RoomKind, roomId: number, readerId: number, result: ReadResult): string {
  const { direct, group } = messagesRead.frames;
  const read = {
    reader_id: readerId,
    last_message_id: result.lastMessageId,
    updated_count: result.updatedCount,
  };
  return kind === "direct"
    ? direct.encode({ conversation_id: roomId, ...read })
    : group.encode({ group_id: roomId, ...read });
}

export class Receipts {
  private reads: PendingRead[] = [];
  /** By user and room, so that the same arrival is kept once. */
  private arrivals = new Map<string, Arrival>();
  private running: Promise<void> | null = null;
  private closing = false;
  /** How often a lock was not available in time. */
  private lockTimeouts = 0;

  constructor(private readonly parts: { sql: SqlClient; bus: Bus; log: Logger }) {}

  get queued() {
    return this.reads.length + this.arrivals.size;
  }

  /**
   * Moves a member's read cursor to a message (null: the newest) and publishes that, if it moved and others may know. Rejects with
   * `not_found` for a room that the user is not in and for a message that is not in it.
   */
  markRead(kind: RoomKind, roomId: number, userId: number, messageId: number | null): Promise<ReadResult> {
    return new Promise((resolve, reject) => {
      if (this.closing) return reject(unavailable());
      if (this.reads.length >= MAX_QUEUED) {
        return reject(new ChatError(serverBusy));
      }
      this.reads.push({ kind, roomId, userId, messageId, resolve, reject });
      this.start();
    });
  }

  /** Marks what waited for a user who is online now as delivered, and publishes that to the senders. */
  markDelivered(userId: number, roomId: number | null) {
    if (this.closing) return;
    this.arrivals.set(`${userId} ${roomId}`, { userId, roomId });
    this.start();
  }

  /** Rejects all that waits: its ids may mean something else by now. */
  clear() {
    for (const { reject } of this.reads.splice(0)) reject(unavailable());
    this.arrivals.clear();
  }

  async close() {
    this.closing = true;
    await this.running;
  }

  private start() {
    this.running ??= this.run().finally(() => {
      this.running = null;
      if (this.queued > 0 && !this.closing) this.start();
    });
  }

  private async run() {
    await Promise.resolve();
    while (this.queued > 0) {
      if (this.arrivals.size > 0) await this.flushArrivals();
      if (this.reads.length > 0) await this.flushReads();
    }
  }

  private async flushReads() {
    const batch: PendingRead[] = [];
    const rest: PendingRead[] = [];
    const taken = new Set<string>();
    for (const read of this.reads) {
      // A statement moves a cursor once; a second move of the same one waits for the next.
      const key = `${read.roomId} ${read.userId}`;
      if (batch.length < MAX_BATCH && !taken.has(key)) {
        taken.add(key);
        batch.push(read);
      } else rest.push(read);
    }
    this.reads = rest;
    await this.store(batch);
  }

  private async store(batch: PendingRead[]): Promise<void> {
    if (batch.length === 0) return;
    const { sql, bus, log } = this.parts;
    try {
      const rows = await sql<
        { outcome: string; updated_count: number; read_seq: number; last_message_id: number | null }[]
      >`
        select outcome, updated_count, read_seq, last_message_id from mark_read_4(
          ${batch.map((r) => r.roomId)}::bigint[], ${batch.map((r) => r.kind)}::text[],
          ${batch.map((r) => r.userId)}::bigint[], ${batch.map((r) => r.messageId)}::bigint[])`;
      for (const [index, row] of rows.entries()) {
        const { kind, roomId, userId, resolve, reject } = batch[index]!;
        if (row.outcome === "not_found") reject(new ChatError(roomNotFound(kind)));
        else if (row.outcome === "no_message") reject(new ChatError(notFound("message")));
        else {
          // (While a block stands between the two, nobody else hears of a cursor that moved.)
          const isPrivate = row.outcome === "private";
          const moved = isPrivate || row.outcome === "moved";
          const result = {
            moved,
            isPrivate,
            updatedCount: row.updated_count,
            readSeq: row.read_seq,
            lastMessageId: row.last_message_id,
          };
          if (isPrivate) bus.publishToUser(userId, readFrame(kind, roomId, userId, result));
          else if (moved) bus.publishToRoom({ kind, id: roomId }, readFrame(kind, roomId, userId, result));
          resolve(result);
        }
      }
    } catch (error) {
      if (isLocked(error)) this.lockTimeouts++;
      if (isLocked(error) && batch.length > 1) await this.storeUnlocked(batch);
      else if (isTransientDatabaseError(error)) for (const read of batch) read.reject(unavailable());
      else if (batch.length > 1) for (const read of batch) await this.store([read]);
      else {
        log.error({ error: safeError(error) }, "a read cursor could not be moved");
        batch[0]!.reject(new ChatError(readPositionNotStored));
      }
    }
  }

  /** A row is locked: the reads that need it get `unavailable`, all others are stored. */
  private async storeUnlocked(batch: PendingRead[]) {
    const { sql } = this.parts;
    const rows = await sql<{ n: number }[]>`
      with asked as materialized (
        select i.n, m.room_id, m.user_id
        from unnest(${batch.map((r) => r.roomId)}::bigint[], ${batch.map((r) => r.userId)}::bigint[])
          with ordinality i (room_id, user_id, n)
        join members m on m.room_id = i.room_id and m.user_id = i.user_id
      ), free as materialized (
        select m.room_id, m.user_id from members m
        where (m.room_id, m.user_id) in (select room_id, user_id from asked) for no key update skip locked
      )
      select a.n::int from asked a where (a.room_id, a.user_id) not in (select room_id, user_id from free)`.catch(
      () => [],
    );
    const locked = new Set(rows.map(({ n }) => n - 1));
    for (const index of locked) batch[index]!.reject(unavailable());
    if (locked.size > 0) return this.store(batch.filter((_, index) => !locked.has(index)));
    // It was not a cursor: a message, or a whole table.
    let failures = 0;
    for (const read of batch) {
      if (failures === MAX_LOCKED) read.reject(unavailable());
      else {
        const started = this.lockTimeouts;
        await this.store([read]);
        failures += this.lockTimeouts - started;
      }
    }
  }

  private async flushArrivals() {
    const batch = [...this.arrivals].slice(0, MAX_BATCH);
    for (const [key] of batch) this.arrivals.delete(key);
    try {
      await this.deliver(batch.map(([, arrival]) => arrival));
    } catch (error) {
      if (isLocked(error)) return this.deliverUnlocked(batch);
      if (!isTransientDatabaseError(error))
        this.parts.log.error({ error: safeError(error) }, "deliveries could not be marked");
      if (this.closing) return;
      for (const [key, arrival] of batch) this.requeue(key, arrival);
      await Bun.sleep(RETRY_MS);
    }
  }

  private async deliver(arrivals: Arrival[]) {
    const { sql, bus } = this.parts;
    const rows = await sql<{ room_id: number; user_id: number; last_message_id: number }[]>`
      select room_id, user_id, last_message_id from mark_delivered_1(
        ${arrivals.map(({ userId }) => userId)}::bigint[], ${arrivals.map(({ roomId }) => roomId)}::bigint[])`;
    for (const { room_id, user_id, last_message_id } of rows) {
      const data = { conversation_id: room_id, user_id, last_message_id };
      bus.publishToRoom({ kind: "direct", id: room_id }, messagesDelivered.frames.direct.encode(data));
    }
  }

  /** A row is locked: the arrivals that need it are retried later, all others are stored now. */
  private async deliverUnlocked(batch: [string, Arrival][]) {
    let failures = 0;
    for (const [key, arrival] of batch) {
      const isDelivered =
        failures < MAX_LOCKED &&
        (await this.deliver([arrival]).then(
          () => true,
          () => false,
        ));
      if (isDelivered) continue;
      failures++;
      setTimeout(() => {
        this.requeue(key, arrival);
        if (!this.closing) this.start();
      }, RETRY_MS).unref();
    }
  }

  private requeue(key: string, arrival: Arrival) {
    if (this.arrivals.size < MAX_QUEUED) this.arrivals.set(key, arrival);
  }
}
