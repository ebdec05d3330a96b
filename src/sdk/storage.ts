// What outlives a page: unsent messages, read positions that the server has not heard of, and whose they are. Kept under
// the user's id, so that two people on one device never send each other's messages.

/** localStorage and sessionStorage fit. */
export interface StorageLike {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

// The end of a token tells it from any other, and is of no use to anybody else.
const FINGERPRINT = 16;

export class PersistentStore {
  /** `place` tells servers apart that are used from one origin. */
  constructor(
    private readonly storage: StorageLike | null,
    private readonly place: string,
  ) {}

  /** What was kept, or null. Whatever cannot be read counts as not there. */
  read<T>(name: string): T | null {
    try {
      const text = this.storage?.getItem(this.keyOf(name));
      return text ? (JSON.parse(text) as T) : null;
    } catch {
      return null;
    }
  }

  /** Null forgets. A storage that is full or forbidden costs only what it would have kept. */
  write(name: string, value: unknown) {
    try {
      if (value === null) this.storage?.removeItem(this.keyOf(name));
      else this.storage?.setItem(this.keyOf(name), JSON.stringify(value));
    } catch {
      // Goes on without.
    }
  }

  private keyOf(name: string) {
    return `chat ${this.place} ${name}`;
  }
}

export const fingerprintOf = (token: string) => token.slice(-FINGERPRINT);
