// What is left of uploads when a page is reloaded. In a browser it is kept by IndexedDB, which takes files as they are.
import { browser, type IdbDatabase, type IdbRequest, type IdbStore } from "./browser.ts";
import type { UploadInfo } from "./upload.ts";

export interface StoredUpload extends UploadInfo {
  /** The server and the user. */
  owner: string;
  draft: string | null;
  isPaused: boolean;
  /** Milliseconds since 1970. */
  createdAt: number;
}

export interface UploadStorage {
  list(): Promise<StoredUpload[]>;
  /** Null when it is not there, or can't be read any more. */
  readBlob(id: string): Promise<Blob | null>;
  /** Stores it, or what has changed of it; the blob is passed the first time. */
  put(upload: StoredUpload, blob?: Blob): Promise<void>;
  remove(id: string): Promise<void>;
}

const DATABASE = "chat uploads";
const STORES = ["uploads", "blobs"];

/** Null where there is no IndexedDB. */
export function browserStorage(): UploadStorage | null {
  if (!browser.indexedDB) return null;
  let opening: Promise<IdbDatabase> | null = null;
  const open = () => {
    opening ??= openDatabase().catch((error) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  const run = async (
    mode: "readonly" | "readwrite",
    work: (uploads: IdbStore, blobs: IdbStore) => IdbRequest<unknown>,
  ) => {
    const transaction = (await open()).transaction(STORES, mode);
    const [uploads, blobs] = STORES.map((name) => transaction.objectStore(name));
    const request = work(uploads!, blobs!);
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    return request.result;
  };
  return {
    list: async () => (await run("readonly", (uploads) => uploads.getAll())) as StoredUpload[],
    readBlob: async (id) => ((await run("readonly", (_, blobs) => blobs.get(id))) as Blob | undefined) ?? null,
    async put(upload, blob) {
      await run("readwrite", (uploads, blobs) => {
        if (blob) blobs.put(blob, upload.id);
        return uploads.put(upload, upload.id);
      });
    },
    async remove(id) {
      await run("readwrite", (uploads, blobs) => {
        blobs.delete(id);
        return uploads.delete(id);
      });
    },
  };
}

function openDatabase(): Promise<IdbDatabase> {
  return new Promise((resolve, reject) => {
    const request = browser.indexedDB!.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      for (const name of STORES) request.result.createObjectStore(name);
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => resolve(request.result);
  });
}

/**
 * Takes what only one page of a browser may have at a time, and returns what gives it back; null when another one has it and `isWaited` is
 * false. Where pages can't know of each other all of them may have it.
 */
export async function lock(name: string, isWaited: boolean): Promise<(() => void) | null> {
  const locks = browser.navigator?.locks;
  if (!locks) return () => {};
  return new Promise((resolve) => {
    const held = (taken: unknown) => (taken ? new Promise<void>((release) => resolve(release)) : resolve(null));
    // (Where it is forbidden, as in some frames, pages don't share a storage either.)
    locks.request(name, { ifAvailable: !isWaited }, held).catch(() => resolve(() => {}));
  });
}
