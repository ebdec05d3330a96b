// What outlives the page: the browser's own storage, or where that is forbidden a memory that goes with the page.
import type { StorageLike } from "../../../sdk/index.ts";

const memory = new Map<string, string>();

function open(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

const kept = open();

/** Never throws: what doesn't fit any more is not kept. */
export const storage = {
  getItem: (key) => (kept ? kept.getItem(key) : (memory.get(key) ?? null)),
  setItem(key, value) {
    if (!kept) return void memory.set(key, value);
    try {
      kept.setItem(key, value);
    } catch {
      // It is full.
    }
  },
  removeItem(key) {
    kept?.removeItem(key);
    memory.delete(key);
  },
  keys: () => (kept ? Object.keys(kept) : [...memory.keys()]),
} satisfies StorageLike & { keys(): string[] };
