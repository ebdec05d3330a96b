// Read receipts on their way to the server: the newest of each room, at most one a second, again after a lost connection, and
// kept over a page reload.
import { type Backoff, delayOf } from "../backoff.ts";
import type { Connection } from "../connection/connection.ts";
import { asChatError } from "../errors.ts";
import type { PersistentStore } from "../storage.ts";
import type { ClientFrame, RoomKey } from "../wire.ts";
import { parseRoomKey } from "./room-key.ts";

// Reading a busy room moves the position with every message; others need not see each step.
const INTERVAL_MS = 1_000;

export class ReadReceipts {
  readonly #parts: { connection: Connection; backoff: Backoff };
  /** By room, the last message read that the server has not acknowledged. */
  readonly #pending = new Map<RoomKey, number>();
  /** Rooms with a receipt in flight, or sent less than a second ago. */
  readonly #throttled = new Set<RoomKey>();
  #storage: PersistentStore | null = null;

  constructor(parts: { connection: Connection; backoff: Backoff }) {
    this.#parts = parts;
  }

  /** Takes over what an earlier page left, and persists everything from now on. */
  restore(storage: PersistentStore) {
    this.#storage = storage;
    for (const [room, id] of Object.entries(this.#readStored())) this.#set(room as RoomKey, id);
  }

  add(room: RoomKey, messageId: number) {
    this.#set(room, messageId);
    this.#persist();
    void this.#send(room);
  }

  /** Sends what may be sent now. */
  flush() {
    for (const room of this.#pending.keys()) void this.#send(room);
  }

  /** Drops all of them: the message ids may mean something else by now. */
  reset() {
    this.#pending.clear();
    this.#storage?.write("reads", null);
  }

  /** Drops all of them, and persists nothing any more. */
  clear() {
    this.reset();
    this.#storage = null;
  }

  async #send(room: RoomKey) {
    const { connection, backoff } = this.#parts;
    const id = this.#pending.get(room);
    if (id === undefined || this.#throttled.has(room) || !connection.isOpen) return;
    this.#throttled.add(room);
    let pause = INTERVAL_MS;
    try {
      await connection.request(readCommand(room, id));
      this.#settle(room, id);
    } catch (error) {
      const refusal = asChatError(error);
      // A room or message that no longer exists needs no receipt.
      if (!refusal.isTransient && refusal.code !== "closed") this.#settle(room, id);
      else if (refusal.code === "network") pause = 0;
      else pause += delayOf(0, backoff, refusal.retryAfter);
    }
    setTimeout(() => {
      this.#throttled.delete(room);
      void this.#send(room);
    }, pause);
  }

  #set(room: RoomKey, id: number) {
    this.#pending.set(room, Math.max(id, this.#pending.get(room) ?? 0));
  }

  #settle(room: RoomKey, id: number) {
    if (this.#pending.get(room) === id) this.#pending.delete(room);
    this.#persist(room, id);
  }

  /** Other tabs write under the same name: theirs stay, unless the server has acknowledged them. */
  #persist(settled?: RoomKey, settledId = 0) {
    if (!this.#storage) return;
    const stored = this.#readStored();
    if (settled && stored[settled]! <= settledId) delete stored[settled];
    for (const [room, id] of this.#pending) stored[room] = Math.max(id, stored[room] ?? 0);
    this.#storage.write("reads", Object.keys(stored).length > 0 ? stored : null);
  }

  #readStored(): Record<RoomKey, number> {
    const stored = Object.entries(this.#storage?.read<object>("reads") ?? {});
    return Object.fromEntries(stored.filter(([, id]) => Number.isSafeInteger(id)));
  }
}

function readCommand(room: RoomKey, last_message_id: number): ClientFrame {
  const { kind, id } = parseRoomKey(room);
  return kind === "group"
    ? { type: "group.read", group_id: id, last_message_id }
    : { type: "conversation.read", conversation_id: id, last_message_id };
}
