// What outlives a page: unsent messages, read receipts that the server has not acknowledged, and whose they are. Stored under
// the user's id, so that two people on one device never send each other's messages.

/** localStorage and sessionStorage fit. */
export interface StorageLike {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

// The last characters of a token identify it, and grant nothing.
const FINGERPRINT = 16;

export class PersistentStore {
  readonly #storage: StorageLike | null;
  readonly #namespace: string;
  /** `namespace` separates the servers and users of one origin. */
  constructor(storage: StorageLike | null, namespace: string) {
    this.#storage = storage;
    this.#namespace = namespace;
  }

  /** Null for what is not stored, or can't be read. */
  read<T>(name: string): T | null {
    try {
      const text = this.#storage?.getItem(this.#keyOf(name));
      return text ? (JSON.parse(text) as T) : null;
    } catch {
      return null;
    }
  }

  /** Null removes. A storage that is full or forbidden is no error. */
  write(name: string, value: unknown) {
    try {
      if (value === null) this.#storage?.removeItem(this.#keyOf(name));
      else this.#storage?.setItem(this.#keyOf(name), JSON.stringify(value));
    } catch {
      // Works without.
    }
  }

  #keyOf(name: string) {
    return `chat ${this.#namespace} ${name}`;
  }
}

export const fingerprintOf = (token: string) => token.slice(-FINGERPRINT);
