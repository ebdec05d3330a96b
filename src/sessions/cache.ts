// Sessions that were read from the database, by the key of their token, so that the hot path asks no database. One that ended
// is marked rather than deleted: a look-up under way must not bring it back.
import { LRUCache } from "lru-cache";
import type { Scope, ServerRole } from "../protocol/scopes.ts";

/** The caller of a request. `expiresAt` is in milliseconds since 1970. */
export interface Session {
  id: number;
  userId: number;
  username: string;
  expiresAt: number;
  /** Whether the user gets no read receipts of others. */
  isQuiet: boolean;
  /** What the user may do on the whole server. */
  role: ServerRole;
  /** What it is confined to; null for one that may do everything. */
  scopes: readonly Scope[] | null;
}

const MAX_SESSIONS = 100_000;

interface Entry {
  session: Session;
  /** By the monotonic clock. */
  checkedAt: number;
}

export class SessionCache {
  private readonly entries = new LRUCache<string, Entry | "ended">({ max: MAX_SESSIONS });
  private readonly keys = new LRUCache<number, string>({ max: MAX_SESSIONS });

  get(key: string) {
    return this.entries.get(key);
  }

  /** Remembers a session that was valid at `checkedAt`, by the monotonic clock. */
  set(key: string, session: Session, checkedAt: number) {
    this.entries.set(key, { session, checkedAt });
    this.keys.set(session.id, key);
  }

  /** `key` is given where the session may not have been seen here. */
  markEnded(sessionId: number, key = this.keys.get(sessionId)) {
    if (key) this.entries.set(key, "ended");
  }

  setQuiet(userId: number, isQuiet: boolean) {
    for (const entry of this.entries.values())
      if (entry !== "ended" && entry.session.userId === userId) entry.session.isQuiet = isQuiet;
  }

  setUsername(userId: number, username: string) {
    for (const entry of this.entries.values())
      if (entry !== "ended" && entry.session.userId === userId) entry.session.username = username;
  }

  clear() {
    this.entries.clear();
    this.keys.clear();
  }
}
