// Messages that the server has not stored yet, through cuts and page reloads. One at a time a room, so that they are stored in
// the order in which they were written, in whichever tab; again and again under the same client_id, so that each is stored once.
// Two tabs may send the same message: whoever has a later one does not wait for a tab that may be closed.
import { BODY_LIMIT, IN_FLIGHT_LIMIT } from "../../protocol/limits.ts";
import { type Backoff, delayOf } from "../backoff.ts";
import type { Command, Connection } from "../connection/connection.ts";
import { asChatError, ChatError } from "../errors.ts";
import { isMessage } from "../rooms/message.ts";
import { NOTHING_UNSENT, type UnsentSummary } from "../rooms/room-info.ts";
import type { PersistentStore } from "../storage.ts";
import type { RoomKey, WireMessage } from "../wire.ts";
import { byOrder, type Kept, readKept, type Unsent } from "./outbox-storage.ts";

// Half of what the server takes of a socket at once; the rest is for reading, typing and the like.
const UNDER_WAY_LIMIT = IN_FLIGHT_LIMIT / 2;

export interface OutboxEvents {
  onChange(room: RoomKey): void;
  onSent(room: RoomKey, message: WireMessage): void;
}

export class Outbox {
  private entries: Unsent[] = [];
  /** Those that may have reached the server. */
  private readonly tried = new Set<string>();
  /** Rooms with a message under way, or waiting for its time. */
  private readonly busy = new Map<RoomKey, "under way" | ReturnType<typeof setTimeout>>();
  /**
   * Those in the storage that another tab may throw away: taken up from there, or failed. What waits in the tab that it was
   * written in is never given up, for two tabs that write at one moment overwrite each other.
   */
  private readonly shared = new Set<string>();
  private attempts = new Map<string, number>();
  private storage: PersistentStore | null = null;

  constructor(private readonly parts: { connection: Connection; backoff: Backoff; events: OutboxEvents }) {}

  /** Takes up what an earlier page has left, in front of what is here, and keeps everything from now on. */
  restore(storage: PersistentStore) {
    this.storage = storage;
    const here = new Set(this.entries.map(({ client_id }) => client_id));
    const left = this.kept().filter(({ client_id }) => !here.has(client_id));
    const written = this.entries;
    this.entries = [];
    this.takeUp(left);
    for (const entry of written) this.entries.push({ ...entry, order: this.nextOrder() });
    this.parts.connection.setQueued(this.waiting);
    for (const room of new Set(left.map((kept) => kept.room))) this.changed(room);
  }

  of(room: RoomKey): Unsent[] {
    return this.entries.filter((entry) => entry.room === room);
  }

  countOf(room: RoomKey): UnsentSummary {
    const unsent = this.of(room);
    if (unsent.length === 0) return NOTHING_UNSENT;
    const failed = unsent.filter(({ error }) => error !== null).length;
    return { waiting: unsent.length - failed, failed, last: unsent.at(-1)!.body };
  }

  /** Answers the message's client_id. What can't be right fails here and now. */
  add(room: RoomKey, text: string): string {
    const body = text.trim();
    const length = [...body].length;
    const problem =
      length === 0
        ? "must not be empty"
        : length > BODY_LIMIT
          ? `must be at most ${BODY_LIMIT} characters`
          : body.includes("\0")
            ? "must not contain NUL characters"
            : null;
    const entry: Unsent = {
      client_id: newId(),
      room,
      body,
      created_at: new Date().toISOString(),
      order: this.nextOrder(),
      error: problem
        ? new ChatError("invalid", `body: ${problem}`, 0, { errors: [{ field: "body", message: problem }] })
        : null,
    };
    this.entries = [...this.entries, entry];
    this.changed(room);
    this.pump();
    return entry.client_id;
  }

  retry(clientId: string) {
    const entry = this.find(clientId);
    if (!entry?.error) return;
    this.entries = [
      ...this.entries.filter((other) => other !== entry),
      { ...entry, error: null, order: this.nextOrder() },
    ];
    this.attempts.delete(clientId);
    this.changed(entry.room);
    this.pump();
  }

  /** False for a message that may have reached the server: it can be deleted once it is there. */
  discard(clientId: string): boolean {
    const entry = this.find(clientId);
    if (!entry || (this.tried.has(clientId) && !entry.error)) return false;
    this.remove(entry);
    return true;
  }

  /** The message is stored, as an ack, an event or a page says. */
  settle(clientId: string) {
    const entry = this.find(clientId);
    if (!entry) return;
    this.remove(entry);
    // Its ack, if there is one to come, finds nothing more to do.
    this.pump();
  }

  /** Sends whatever may be sent now. */
  pump(): void {
    if (!this.parts.connection.isOpen) return;
    const rooms = new Set<RoomKey>();
    for (const entry of this.entries) {
      if (entry.error || rooms.has(entry.room)) continue;
      rooms.add(entry.room);
      if (this.busy.has(entry.room) || this.underWay >= UNDER_WAY_LIMIT) continue;
      const earlier = this.findEarlier(entry);
      if (earlier.length === 0) {
        void this.send(entry);
        continue;
      }
      this.takeUp(earlier);
      this.parts.connection.setQueued(this.waiting);
      this.parts.events.onChange(entry.room);
      this.pump();
      return;
    }
  }

  onLost() {
    for (const [room, state] of this.busy) {
      if (state === "under way") continue;
      clearTimeout(state);
      this.busy.delete(room);
    }
  }

  /** Forgets everything, here and in the storage. */
  clear() {
    this.onLost();
    this.entries = [];
    this.storage?.write("outbox", null);
    this.storage = null;
  }

  get waiting() {
    return this.entries.filter(({ error }) => error === null).length;
  }

  private get underWay() {
    return [...this.busy.values()].filter((state) => state === "under way").length;
  }

  /** What another tab has written in the room before this message, and is not known to be stored. */
  private findEarlier({ room, order }: Unsent): Kept[] {
    const here = new Set(this.entries.map(({ client_id }) => client_id));
    return this.kept().filter(
      (kept) => kept.room === room && kept.order < order && !kept.error && !here.has(kept.client_id),
    );
  }

  private takeUp(kept: Kept[]) {
    for (const { client_id, tried } of kept) {
      this.shared.add(client_id);
      if (tried) this.tried.add(client_id);
    }
    const entries = kept.map(({ tried, error, ...entry }): Unsent => {
      return { ...entry, error: error && new ChatError(error.code, error.detail) };
    });
    this.entries = [...entries, ...this.entries].sort(byOrder);
  }

  private nextOrder(): number {
    const known = [...this.kept(), ...this.entries].map(({ order }) => order);
    return Math.max(0, ...known) + 1;
  }

  private kept(): Kept[] {
    return readKept(this.storage);
  }

  private async send({ client_id, room, body }: Unsent) {
    const { connection, events, backoff } = this.parts;
    this.busy.set(room, "under way");
    this.tried.add(client_id);
    this.keep();
    if (!this.find(client_id)) {
      this.busy.delete(room);
      return this.pump();
    }
    let pause = 0;
    let stored: WireMessage | null = null;
    try {
      stored = (await connection.request(sendCommand(room, body, client_id))) as WireMessage;
    } catch (error) {
      const refusal = asChatError(error);
      const attempt = this.attempts.get(client_id) ?? 0;
      if (!refusal.isTransient) this.fail(client_id, refusal);
      else if (refusal.code !== "network") {
        pause = delayOf(attempt, backoff, refusal.retryAfter);
        this.attempts.set(client_id, attempt + 1);
      }
    }
    if (stored) {
      // What is not in the form of a message comes as an event all the same.
      if (isMessage(stored)) events.onSent(room, stored);
      const entry = this.find(client_id);
      if (entry) this.remove(entry);
    }
    this.busy.delete(room);
    if (pause > 0 && connection.isOpen) {
      const timer = setTimeout(() => {
        this.busy.delete(room);
        this.pump();
      }, pause);
      this.busy.set(room, timer);
    } else this.pump();
  }

  private fail(clientId: string, error: ChatError) {
    const entry = this.find(clientId);
    if (!entry || error.code === "closed") return;
    this.entries = this.entries.map((other) => (other === entry ? { ...entry, error } : other));
    this.changed(entry.room);
  }

  private find(clientId: string) {
    return this.entries.find(({ client_id }) => client_id === clientId);
  }

  private remove(entry: Unsent) {
    this.drop(entry);
    this.changed(entry.room, entry.client_id);
  }

  private drop(entry: Unsent) {
    this.entries = this.entries.filter((other) => other !== entry);
    for (const known of [this.tried, this.shared, this.attempts]) known.delete(entry.client_id);
  }

  private changed(room: RoomKey, removed?: string) {
    this.keep(removed);
    this.parts.connection.setQueued(this.waiting);
    this.parts.events.onChange(room);
  }

  /** Leaves what other tabs keep under the same name as it is, and lets go of what they have thrown away or sent. */
  private keep(removed?: string) {
    if (!this.storage) return;
    const there = this.kept();
    this.follow(new Set(there.map(({ client_id }) => client_id)));
    const own = new Set([removed, ...this.entries.map(({ client_id }) => client_id)]);
    const others = there.filter(({ client_id }) => !own.has(client_id));
    const kept = this.entries.map(
      ({ error, ...entry }): Kept => ({
        ...entry,
        error: error && { code: error.code, detail: error.detail },
        tried: this.tried.has(entry.client_id),
      }),
    );
    const all = [...others, ...kept].sort(byOrder);
    this.storage.write("outbox", all.length > 0 ? all : null);
    if (!kept.some(({ error }) => error)) return;
    // Only what is found there can be thrown away: a full storage may say nothing, and there may be none.
    for (const { client_id, error } of this.kept()) if (error) this.shared.add(client_id);
  }

  private follow(there: Set<string>) {
    const gone = this.entries.filter(({ client_id }) => this.shared.has(client_id) && !there.has(client_id));
    if (gone.length === 0) return;
    for (const entry of gone) this.drop(entry);
    this.parts.connection.setQueued(this.waiting);
    for (const room of new Set(gone.map((entry) => entry.room))) this.parts.events.onChange(room);
  }
}

function sendCommand(room: RoomKey, body: string, clientId: string): Command {
  const [kind, id] = room.split(":");
  const type = kind === "group" ? "group.message.send" : "message.send";
  return { type, [`${kind}_id`]: Number(id), body, client_id: clientId };
}

/** A random UUID; crypto.randomUUID is not there on pages that came without TLS. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
