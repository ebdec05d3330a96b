// A cache of bounded size that forgets what was used longest ago.
import { LRUCache } from "lru-cache";

/** For so many entries. It grows with them: told by `max`, the library would take the memory for all of them at once. */
export const boundedCache = <Key extends {}, Value extends {}>(entries: number) =>
  new LRUCache<Key, Value>({ maxSize: entries, sizeCalculation: () => 1 });
