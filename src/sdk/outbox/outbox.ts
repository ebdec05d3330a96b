// Messages that the server has not stored yet, through lost connections and page reloads. One at a time in each room, so that
// they are stored in the order in which they were written, in whichever tab; repeated under the same client_id, so that each
// is stored once. Two tabs may send the same message: a tab with a later one doesn't wait for a tab that may be closed.
import { IN_FLIGHT_LIMIT } from "../../protocol/limits.ts";
import { type Backoff, delayOf } from "../backoff.ts";
import type { Connection } from "../connection/connection.ts";
import { asChatError, type ChatError } from "../errors.ts";
import type { Upload, UploadInfo } from "../files/upload.ts";
import { isMessage } from "../rooms/message.ts";
import { NOTHING_UNSENT, type UnsentSummary } from "../rooms/room-info.ts";
import { parseRoomKey } from "../rooms/room-key.ts";
import type { PersistentStore } from "../storage.ts";
import type { ClientFrame, RoomKey, UploadedFile, WireMessage } from "../wire.ts";
import { MessageUploads } from "./message-uploads.ts";
import { fromStored, OutboxStorage, type StoredUnsent } from "./outbox-storage.ts";
import { byOrder, createUnsent, type SendOptions, toCommandExtras, type Unsent } from "./unsent.ts";

// Half of the commands that the server takes of a socket at once; the rest is for read receipts, typing and the like.
const SENDS_LIMIT = IN_FLIGHT_LIMIT / 2;

export interface OutboxParts {
  connection: Connection;
  backoff: Backoff;
  /** The unsent messages of the room have changed. */
  onChange(room: RoomKey): void;
  onAcknowledged(room: RoomKey, message: WireMessage): void;
  files: {
    uploadOf(info: UploadInfo, file: UploadedFile | null): Upload;
    /** A message has it from now on. */
    take(upload: Upload): void;
  };
}

export class Outbox {
  readonly #parts: OutboxParts;
  #entries: readonly Unsent[] = [];
  /** Messages that may have reached the server. */
  readonly #tried = new Set<string>();
  /** Rooms with a message in flight, or with one that waits for its next attempt. */
  readonly #busy = new Map<RoomKey, "in flight" | ReturnType<typeof setTimeout>>();
  readonly #attempts = new Map<string, number>();
  readonly #storage = new OutboxStorage();
  /** Of the messages that have some. */
  readonly #uploads = new Map<string, MessageUploads>();

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Takes over what an earlier page left, before what is queued here, and persists everything from now on. */
  restore(storage: PersistentStore) {
    this.#storage.open(storage);
    const left = this.#storage.readOthers(this.#entries);
    const written = this.#entries;
    this.#entries = [];
    this.#takeOver(left);
    for (const entry of written) this.#entries = [...this.#entries, { ...entry, order: this.#nextOrder() }];
    this.#parts.connection.setQueued(this.#waiting);
    for (const room of new Set(left.map((entry) => entry.room))) this.#changed(room);
  }

  of(room: RoomKey): Unsent[] {
    return this.#entries.filter((entry) => entry.room === room);
  }

  /** The files that a message waits for, or has waited for; not those that were given up. */
  uploadsOf(clientId: string): readonly Upload[] {
    const kept = new Set(this.#find(clientId)?.uploads?.map(({ id }) => id));
    return this.#uploads.get(clientId)?.all.filter(({ id }) => kept.has(id)) ?? [];
  }

  summaryOf(room: RoomKey): UnsentSummary {
    const unsent = this.of(room);
    if (unsent.length === 0) return NOTHING_UNSENT;
    const failed = unsent.filter(({ error }) => error !== null).length;
    return { waiting: unsent.length - failed, failed, last: textOf(unsent.at(-1)!) };
  }

  /** Returns the message's client_id. One that can't be valid fails at once. */
  add(room: RoomKey, text: string, options: SendOptions = {}): string {
    const entry = createUnsent(room, text, options, this.#nextOrder());
    this.#entries = [...this.#entries, entry];
    this.#watch(entry);
    this.#changed(room);
    this.flush();
    return entry.client_id;
  }

  retry(clientId: string) {
    const entry = this.#find(clientId);
    if (!entry?.error) return;
    const others = this.#entries.filter((other) => other !== entry);
    this.#entries = [...others, { ...entry, error: null, order: this.#nextOrder() }];
    this.#attempts.delete(clientId);
    for (const upload of this.uploadsOf(clientId)) upload.resume();
    this.#changed(entry.room);
    this.flush();
  }

  /** Returns false for a message that may have reached the server: it can be deleted once it is stored. */
  discard(clientId: string): boolean {
    const entry = this.#find(clientId);
    if (!entry || (this.#tried.has(clientId) && !entry.error)) return false;
    for (const upload of this.uploadsOf(clientId)) upload.cancel();
    this.#remove(entry);
    return true;
  }

  /** The message is stored, by an event or a page. Its acknowledgement, if one follows, finds nothing left to do. */
  onStored(clientId: string) {
    const entry = this.#find(clientId);
    if (!entry) return;
    this.#remove(entry);
    this.flush();
  }

  /** Sends what may be sent now. */
  flush(): void {
    if (!this.#parts.connection.isOpen) return;
    const rooms = new Set<RoomKey>();
    for (const entry of this.#entries) {
      if (entry.error || rooms.has(entry.room)) continue;
      rooms.add(entry.room);
      // Those after it wait too: they are stored in the order in which they were written.
      if (entry.uploads?.some(({ file }) => !file)) continue;
      if (this.#busy.has(entry.room) || this.#inFlight >= SENDS_LIMIT) continue;
      const earlier = this.#findEarlier(entry);
      if (earlier.length === 0) {
        void this.#send(entry);
        continue;
      }
      this.#takeOver(earlier);
      this.#parts.connection.setQueued(this.#waiting);
      this.#parts.onChange(entry.room);
      this.flush();
      return;
    }
  }

  onLost() {
    for (const [room, state] of this.#busy) {
      if (state === "in flight") continue;
      clearTimeout(state);
      this.#busy.delete(room);
    }
  }

  /** Drops everything, here and in the storage. */
  clear() {
    this.onLost();
    this.#entries = [];
    this.#storage.close();
  }

  get #waiting() {
    return this.#entries.filter(({ error }) => error === null).length;
  }

  get #inFlight() {
    return [...this.#busy.values()].filter((state) => state === "in flight").length;
  }

  /** What another tab wrote in the room before this message, as far as it is not known to be stored. */
  #findEarlier({ room, order }: Unsent): StoredUnsent[] {
    return this.#storage
      .readOthers(this.#entries)
      .filter((entry) => entry.room === room && entry.order < order && !entry.error);
  }

  #takeOver(stored: StoredUnsent[]) {
    for (const { client_id, tried } of stored) {
      this.#storage.share(client_id);
      if (tried) this.#tried.add(client_id);
    }
    const entries = stored.map(fromStored);
    this.#entries = [...entries, ...this.#entries].sort(byOrder);
    for (const entry of entries) this.#watch(entry);
  }

  #nextOrder(): number {
    return Math.max(0, ...[...this.#storage.read(), ...this.#entries].map(({ order }) => order)) + 1;
  }

  #watch({ client_id, uploads }: Unsent) {
    if (!uploads) return;
    const { uploadOf, take } = this.#parts.files;
    const all = uploads.map(({ file, ...info }) => uploadOf(info, file));
    for (const upload of all) take(upload);
    this.#uploads.set(client_id, new MessageUploads(all, () => this.#onUploads(client_id)));
    // One may have failed, or become ready, before.
    this.#onUploads(client_id);
  }

  /** Something has changed of the files that a message waits for. */
  #onUploads(clientId: string) {
    const entry = this.#find(clientId);
    const watched = this.#uploads.get(clientId);
    if (!entry?.uploads || !watched) return;
    const { uploads, error } = watched.applyTo(entry.uploads);
    const next: Unsent = { ...entry, uploads, error: entry.error ?? error };
    if (uploads === entry.uploads && next.error === entry.error) return;
    // Those that were given up are left out; without them there may be nothing to send.
    if (uploads.length === 0 && entry.body === "" && !entry.extras?.attachments) this.#remove(entry);
    else {
      this.#entries = this.#entries.map((other) => (other === entry ? next : other));
      this.#changed(entry.room);
    }
    this.flush();
  }

  async #send(entry: Unsent) {
    const { client_id, room, body } = entry;
    const { connection } = this.#parts;
    this.#busy.set(room, "in flight");
    this.#tried.add(client_id);
    this.#persist();
    if (!this.#find(client_id)) {
      this.#busy.delete(room);
      return this.flush();
    }
    const pause = await connection.request(sendCommand(room, { body, client_id, ...toCommandExtras(entry) })).then(
      (message) => {
        this.#onAcknowledged(room, client_id, message as WireMessage);
        return 0;
      },
      (error) => this.#onRefused(client_id, asChatError(error)),
    );
    this.#busy.delete(room);
    if (pause > 0 && connection.isOpen) {
      const timer = setTimeout(() => {
        this.#busy.delete(room);
        this.flush();
      }, pause);
      this.#busy.set(room, timer);
    } else this.flush();
  }

  #onAcknowledged(room: RoomKey, clientId: string, message: WireMessage | undefined) {
    // The event shows it too.
    if (message && isMessage(message)) this.#parts.onAcknowledged(room, message);
    const entry = this.#find(clientId);
    if (entry) this.#remove(entry);
  }

  /** Returns the milliseconds until the next attempt; 0 when it has failed, or waits for a connection. */
  #onRefused(clientId: string, refusal: ChatError): number {
    const { code, isTransient, retryAfter } = refusal;
    if (isTransient) {
      if (code === "network") return 0;
      const attempt = this.#attempts.get(clientId) ?? 0;
      this.#attempts.set(clientId, attempt + 1);
      return delayOf(attempt, this.#parts.backoff, retryAfter);
    }
    const entry = this.#find(clientId);
    if (!entry || code === "closed") return 0;
    this.#entries = this.#entries.map((other) => (other === entry ? { ...entry, error: refusal } : other));
    this.#changed(entry.room);
    return 0;
  }

  #find(clientId: string) {
    return this.#entries.find(({ client_id }) => client_id === clientId);
  }

  #remove(entry: Unsent) {
    this.#drop(entry);
    this.#changed(entry.room, entry.client_id);
  }

  #drop(entry: Unsent) {
    this.#uploads.get(entry.client_id)?.stop();
    this.#entries = this.#entries.filter((other) => other !== entry);
    for (const known of [this.#tried, this.#attempts, this.#uploads]) known.delete(entry.client_id);
    this.#storage.forget(entry.client_id);
  }

  #changed(room: RoomKey, removed?: string) {
    this.#persist(removed);
    this.#parts.connection.setQueued(this.#waiting);
    this.#parts.onChange(room);
  }

  #persist(removed?: string) {
    const gone = this.#storage.write(this.#entries, this.#tried, removed);
    if (gone.length === 0) return;
    for (const entry of gone) this.#drop(entry);
    this.#parts.connection.setQueued(this.#waiting);
    for (const room of new Set(gone.map((entry) => entry.room))) this.#parts.onChange(room);
  }
}

/** Of one without a text the names of its files. */
const textOf = ({ body, extras, uploads = [] }: Unsent) =>
  body || [...(extras?.attachments ?? []), ...uploads].map(({ name }) => name).join(", ");

function sendCommand(
  room: RoomKey,
  message: { body: string; client_id: string } & ReturnType<typeof toCommandExtras>,
): ClientFrame {
  const { kind, id } = parseRoomKey(room);
  return kind === "group"
    ? { type: "group.message.send", group_id: id, ...message }
    : { type: "message.send", conversation_id: id, ...message };
}
