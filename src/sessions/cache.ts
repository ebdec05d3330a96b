// Sessions that were read from the database, by the key of their token, so that the hot path asks no database. One that ended
// is marked rather than deleted: a look-up under way must not bring it back.
import { boundedCache } from "../lib/bounded-cache.ts";
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
// Each counts for as long as a read of the database may take.
const MAX_OUTDATED = 10_000;

interface Entry {
  session: Session;
  /** By the monotonic clock. */
  checkedAt: number;
}

export class SessionCache {
  private readonly entries = boundedCache<string, Entry | "ended">(MAX_SESSIONS);
  private readonly keys = boundedCache<number, string>(MAX_SESSIONS);
  /** When what was read of a user's sessions became outdated, by the monotonic clock. */
  private readonly outdated = boundedCache<number, number>(MAX_OUTDATED);

  get(key: string) {
    return this.entries.get(key);
  }

  /**
   * Remembers a session as it was read at `checkedAt`, by the monotonic clock. False when that was before its user's sessions changed: it
   * must be read again.
   */
  set(key: string, session: Session, checkedAt: number): boolean {
    if ((this.outdated.get(session.userId) ?? Number.NEGATIVE_INFINITY) >= checkedAt) return false;
    this.entries.set(key, { session, checkedAt });
    this.keys.set(session.id, key);
    return true;
  }

  /** Forgets the user's sessions, which go on: they are read anew, and so is what is being read. */
  forget(userId: number) {
    this.outdated.set(userId, performance.now());
    for (const [key, entry] of [...this.entries.entries()])
      if (entry !== "ended" && entry.session.userId === userId) this.entries.delete(key);
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
    this.outdated.clear();
  }
}
