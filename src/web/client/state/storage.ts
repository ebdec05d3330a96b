// The browser's localStorage, or memory where that is forbidden.
import type { StorageLike } from "../../../sdk/index.ts";

const memory = new Map<string, string>();

function openLocalStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

const local = openLocalStorage();

/** Never throws: what exceeds the quota is not stored. */
export const storage = {
  getItem: (key) => (local ? local.getItem(key) : (memory.get(key) ?? null)),
  setItem(key, value) {
    if (!local) return void memory.set(key, value);
    try {
      local.setItem(key, value);
    } catch {
      // The quota is exceeded.
    }
  },
  removeItem(key) {
    local?.removeItem(key);
    memory.delete(key);
  },
  keys: () => (local ? Object.keys(local) : [...memory.keys()]),
} satisfies StorageLike & { keys(): string[] };
