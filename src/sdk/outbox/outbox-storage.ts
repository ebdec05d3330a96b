// Unsent messages in a storage that the tabs of one user share.
import { isRoomKey } from "../../protocol/rooms.ts";
import { ChatError } from "../errors.ts";
import type { PersistentStore } from "../storage.ts";
import { byOrder, type Unsent } from "./unsent.ts";

export type StoredUnsent = Omit<Unsent, "error"> & {
  error: { code: ChatError["code"]; detail: string } | null;
  /** Whether it may have reached the server. */
  tried: boolean;
};

export const fromStored = ({ tried, error, ...entry }: StoredUnsent): Unsent => ({
  ...entry,
  error: error && new ChatError(error.code, error.detail),
});

/** What the interface looks into. The server checks the rest. */
const isExtras = ({ entities, reply_to, attachments }: NonNullable<Unsent["extras"]>) =>
  [entities, attachments].every((list) => list === undefined || Array.isArray(list)) &&
  (reply_to === undefined || Number.isSafeInteger(reply_to?.id));

const isUploads = (uploads: NonNullable<Unsent["uploads"]>) =>
  Array.isArray(uploads) &&
  uploads.every((upload) => typeof upload?.id === "string" && typeof upload.name === "string");

export class OutboxStorage {
  #storage: PersistentStore | null = null;
  /**
   * Messages that another tab may discard: taken over from the storage, or failed. One that waits in the tab that it was
   * written in is never given up, for two tabs that write at the same moment overwrite each other.
   */
  readonly #shared = new Set<string>();

  open(storage: PersistentStore) {
    this.#storage = storage;
  }

  /** Empties the storage, and writes nothing any more. */
  close() {
    this.#storage?.write("outbox", null);
    this.#storage = null;
  }

  /** What is stored, in order. Nothing that others write to the storage may break the chat. */
  read(): StoredUnsent[] {
    const stored = this.#storage?.read<StoredUnsent[]>("outbox");
    if (!Array.isArray(stored)) return [];
    return stored
      .filter(
        (entry) =>
          entry && isRoomKey(entry.room) && [entry.body, entry.client_id].every((text) => typeof text === "string"),
      )
      .filter(({ uploads }) => !uploads || isUploads(uploads))
      .map((entry) => (entry.extras && !isExtras(entry.extras) ? { ...entry, extras: {} } : entry))
      .map((entry) => ({ ...entry, order: Number.isSafeInteger(entry.order) ? entry.order : 0 })) // Earlier versions stored none.
      .sort(byOrder);
  }

  /** What is stored and not in `entries`: written by another tab. */
  readOthers(entries: readonly Unsent[]): StoredUnsent[] {
    const held = new Set(entries.map(({ client_id }) => client_id));
    return this.read().filter(({ client_id }) => !held.has(client_id));
  }

  share(clientId: string) {
    this.#shared.add(clientId);
  }

  forget(clientId: string) {
    this.#shared.delete(clientId);
  }

  /**
   * Writes the entries, and leaves what other tabs have stored as it is, except `removed`. Returns the entries that another
   * tab has discarded or sent; they are not written.
   */
  write(entries: readonly Unsent[], tried: ReadonlySet<string>, removed?: string): Unsent[] {
    if (!this.#storage) return [];
    const stored = this.read();
    const storedIds = new Set(stored.map(({ client_id }) => client_id));
    const gone = entries.filter(({ client_id }) => this.#shared.has(client_id) && !storedIds.has(client_id));
    const left = entries.filter((entry) => !gone.includes(entry));
    const own = new Set([removed, ...left.map(({ client_id }) => client_id)]);
    const others = stored.filter(({ client_id }) => !own.has(client_id));
    const written = left.map(
      ({ error, ...entry }): StoredUnsent => ({
        ...entry,
        error: error && { code: error.code, detail: error.detail },
        tried: tried.has(entry.client_id),
      }),
    );
    const all = [...others, ...written].sort(byOrder);
    this.#storage.write("outbox", all.length > 0 ? all : null);
    // Only what can be read back can be discarded elsewhere: a storage that is full stays silent.
    if (written.some(({ error }) => error))
      for (const { client_id, error } of this.read()) if (error) this.#shared.add(client_id);
    return gone;
  }
}
