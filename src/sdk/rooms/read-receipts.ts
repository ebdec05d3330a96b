// Read positions on their way to the server: the newest of each room, at most one a second, again after a cut, and kept over
// a page reload.
import { type Backoff, delayOf } from "../backoff.ts";
import type { Connection } from "../connection/connection.ts";
import { asChatError } from "../errors.ts";
import type { PersistentStore } from "../storage.ts";
import type { RoomKey } from "../wire.ts";

// Someone who reads a busy room moves on with every message; others need not see each step.
const EVERY_MS = 1_000;

export class ReadReceipts {
  /** By room, the last message read that the server has not acknowledged. */
  private readonly pending = new Map<RoomKey, number>();
  /** Rooms with a position under way, or that were told of less than a second ago. */
  private readonly resting = new Set<RoomKey>();
  private storage: PersistentStore | null = null;

  constructor(private readonly parts: { connection: Connection; backoff: Backoff }) {}

  restore(storage: PersistentStore) {
    this.storage = storage;
    for (const [room, id] of Object.entries(this.readKept())) this.set(room as RoomKey, id);
  }

  mark(room: RoomKey, messageId: number) {
    this.set(room, messageId);
    this.keep();
    void this.send(room);
  }

  pump() {
    for (const room of this.pending.keys()) void this.send(room);
  }

  forget() {
    this.pending.clear();
    this.storage?.write("reads", null);
  }

  clear() {
    this.forget();
    this.storage = null;
  }

  private async send(room: RoomKey) {
    const { connection, backoff } = this.parts;
    const id = this.pending.get(room);
    if (id === undefined || this.resting.has(room) || !connection.isOpen) return;
    this.resting.add(room);
    let rest = EVERY_MS;
    try {
      const [kind, roomId] = room.split(":");
      await connection.request({ type: `${kind}.read`, [`${kind}_id`]: Number(roomId), last_message_id: id });
      this.done(room, id);
    } catch (error) {
      const refusal = asChatError(error);
      // A room or message that is gone needs no position.
      if (!refusal.isTransient && refusal.code !== "closed") this.done(room, id);
      else if (refusal.code === "network") rest = 0;
      else rest += delayOf(0, backoff, refusal.retryAfter);
    }
    setTimeout(() => {
      this.resting.delete(room);
      void this.send(room);
    }, rest);
  }

  private set(room: RoomKey, id: number) {
    this.pending.set(room, Math.max(id, this.pending.get(room) ?? 0));
  }

  private done(room: RoomKey, id: number) {
    if (this.pending.get(room) === id) this.pending.delete(room);
    this.keep(room, id);
  }

  /** What other tabs keep under the same name stays, as far as the server has not acknowledged it. */
  private keep(doneIn?: RoomKey, doneId = 0) {
    if (!this.storage) return;
    const kept = this.readKept();
    if (doneIn && kept[doneIn]! <= doneId) delete kept[doneIn];
    for (const [room, id] of this.pending) kept[room] = Math.max(id, kept[room] ?? 0);
    this.storage.write("reads", Object.keys(kept).length > 0 ? kept : null);
  }

  private readKept(): Record<RoomKey, number> {
    const kept = Object.entries(this.storage?.read<object>("reads") ?? {});
    return Object.fromEntries(kept.filter(([, id]) => Number.isSafeInteger(id)));
  }
}
