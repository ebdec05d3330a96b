// Delivered and read: the cursors of members, and in conversations the times on the messages themselves. Batched like the
// write path but apart from it, so that messages never wait for receipts. Receipts carry no seq.
import { type Bus, type RoomKind, roomTopic } from "../bus/bus.ts";
import type { SqlClient } from "../db/client.ts";
import { ChatError, isDatabaseAway, notFound, unavailable } from "../lib/errors.ts";
import { type Logger, safeError } from "../lib/log.ts";

const MAX_BATCH = 500;
const MAX_QUEUED = 10_000;
const RETRY_MS = 1_000;

/** The data of `conversation.read` and `group.read`, and how far the reader now is. */
export interface ReadResult {
  moved: boolean;
  updatedCount: number;
  readSeq: number;
  lastMessageId: number | null;
}

interface Reading {
  kind: RoomKind;
  roomId: number;
  userId: number;
  messageId: number | null;
  resolve(result: ReadResult): void;
  reject(error: unknown): void;
}

/** The seed's frame: `{type, data: {conversation_id | group_id, reader_id, last_message_id, updated_count}}`. */
export const readFrame = (kind: RoomKind, roomId: number, readerId: number, result: ReadResult) =>
  JSON.stringify({
    type: kind === "direct" ? "conversation.read" : "group.read",
    data: {
      [kind === "direct" ? "conversation_id" : "group_id"]: roomId,
      reader_id: readerId,
      last_message_id: result.lastMessageId,
      updated_count: result.updatedCount,
    },
  });

export class Receipts {
  private readings: Reading[] = [];
  /** Users who came online, or one room of theirs; keyed so that asking twice is asked once. */
  private arrivals = new Map<string, { userId: number; roomId: number | null }>();
  private running: Promise<void> | null = null;
  private closing = false;

  constructor(private readonly parts: { sql: SqlClient; bus: Bus; log: Logger }) {}

  get queued() {
    return this.readings.length + this.arrivals.size;
  }

  /**
   * Moves a member's read cursor to a message (null: the newest) and tells the room, if it moved and may be seen to. Throws `not_found` for a
   * room that isn't theirs and for a message that isn't in it.
   */
  markRead(kind: RoomKind, roomId: number, userId: number, messageId: number | null): Promise<ReadResult> {
    return new Promise((resolve, reject) => {
      if (this.closing) return reject(unavailable());
      if (this.readings.length >= MAX_QUEUED) {
        return reject(new ChatError("slow_down", "The server is busy; try again shortly.", { retryAfter: 1 }));
      }
      this.readings.push({ kind, roomId, userId, messageId, resolve, reject });
      this.wake();
    });
  }

  /** Marks what waited for someone who is online now as delivered, and tells the senders. */
  markDelivered(userId: number, roomId: number | null) {
    if (this.closing) return;
    this.arrivals.set(`${userId} ${roomId}`, { userId, roomId });
    this.wake();
  }

  /** Gives up all that waits: its ids may stand for others by now. */
  clear() {
    for (const { reject } of this.readings.splice(0)) reject(unavailable());
    this.arrivals.clear();
  }

  async close() {
    this.closing = true;
    await this.running;
  }

  private wake() {
    this.running ??= this.run().finally(() => {
      this.running = null;
      if (this.queued > 0 && !this.closing) this.wake();
    });
  }

  private async run() {
    await Promise.resolve();
    while (this.queued > 0) {
      if (this.arrivals.size > 0) await this.flushArrivals();
      if (this.readings.length > 0) await this.flushReadings();
    }
  }

  private async flushReadings() {
    const batch: Reading[] = [];
    const rest: Reading[] = [];
    const taken = new Set<string>();
    for (const reading of this.readings) {
      // A cursor moves once a statement; a second step of the same one comes with the next.
      const key = `${reading.roomId} ${reading.userId}`;
      if (batch.length < MAX_BATCH && !taken.has(key)) {
        taken.add(key);
        batch.push(reading);
      } else rest.push(reading);
    }
    this.readings = rest;
    await this.readAll(batch);
  }

  private async readAll(batch: Reading[]): Promise<void> {
    const { sql, bus, log } = this.parts;
    try {
      const rows = await sql<
        { outcome: string; updated_count: number; read_seq: number; last_message_id: number | null }[]
      >`
        select outcome, updated_count, read_seq, last_message_id from mark_read(
          ${batch.map((r) => r.roomId)}::bigint[], ${batch.map((r) => r.kind)}::text[],
          ${batch.map((r) => r.userId)}::bigint[], ${batch.map((r) => r.messageId)}::bigint[])`;
      for (const [index, row] of rows.entries()) {
        const { kind, roomId, userId, resolve, reject } = batch[index]!;
        if (row.outcome === "not_found") reject(notFound(kind === "direct" ? "The conversation" : "The group"));
        else if (row.outcome === "no_message") reject(notFound("The message"));
        else {
          // (A cursor that moved while a block stands over the conversation is nobody else's business.)
          const moved = row.outcome === "moved";
          const result = {
            moved,
            updatedCount: row.updated_count,
            readSeq: row.read_seq,
            lastMessageId: row.last_message_id,
          };
          if (moved) bus.publish(roomTopic(kind, roomId), readFrame(kind, roomId, userId, result));
          resolve(result);
        }
      }
    } catch (error) {
      if (isDatabaseAway(error)) for (const reading of batch) reading.reject(unavailable());
      else if (batch.length > 1) for (const reading of batch) await this.readAll([reading]);
      else {
        log.error({ error: safeError(error) }, "a read cursor could not be moved");
        batch[0]!.reject(new ChatError("internal", "The read position could not be stored."));
      }
    }
  }

  private async flushArrivals() {
    const batch = [...this.arrivals].slice(0, MAX_BATCH);
    for (const [key] of batch) this.arrivals.delete(key);
    const { sql, bus, log } = this.parts;
    try {
      const rows = await sql<{ room_id: number; user_id: number; last_message_id: number }[]>`
        select room_id, user_id, last_message_id from mark_delivered(
          ${batch.map(([, arrival]) => arrival.userId)}::bigint[], ${batch.map(([, arrival]) => arrival.roomId)}::bigint[])`;
      for (const { room_id, user_id, last_message_id } of rows) {
        const data = { conversation_id: room_id, user_id, last_message_id };
        bus.publish(roomTopic("direct", room_id), JSON.stringify({ type: "message.delivered", data }));
      }
    } catch (error) {
      if (!isDatabaseAway(error)) log.error({ error: safeError(error) }, "deliveries could not be marked");
      if (this.closing) return;
      for (const [key, arrival] of batch) if (this.arrivals.size < MAX_QUEUED) this.arrivals.set(key, arrival);
      await Bun.sleep(RETRY_MS);
    }
  }
}
