// What of a browser uploads use, as far as they use it: the types of the whole would let anything else of the SDK use it too.

export interface Xhr {
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getResponseHeader(name: string): string | null;
  send(body: Blob): void;
  abort(): void;
  readonly status: number;
  readonly responseText: string;
  readonly upload: { onprogress: ((event: { loaded: number }) => void) | null; onload: (() => void) | null };
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
}

export interface IdbRequest<T> {
  readonly result: T;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

export interface IdbStore {
  get(key: string): IdbRequest<unknown>;
  getAll(): IdbRequest<unknown[]>;
  put(value: unknown, key: string): IdbRequest<unknown>;
  delete(key: string): IdbRequest<unknown>;
}

export interface IdbDatabase {
  createObjectStore(name: string): unknown;
  transaction(
    stores: string[],
    mode: "readonly" | "readwrite",
  ): {
    objectStore(name: string): IdbStore;
    readonly error: unknown;
    oncomplete: (() => void) | null;
    onabort: (() => void) | null;
    onerror: (() => void) | null;
  };
}

interface Locks {
  request(name: string, options: { ifAvailable: boolean }, held: (lock: unknown) => unknown): Promise<unknown>;
}

/** What of it there is here. */
export const browser = globalThis as {
  XMLHttpRequest?: new () => Xhr;
  indexedDB?: {
    open(name: string, version: number): IdbRequest<IdbDatabase> & { onupgradeneeded: (() => void) | null };
  };
  navigator?: { locks?: Locks };
};
