// Sessions: one a login, signed as a JWT, revocable. A token is checked against a cache in memory, so that the hot path asks
// no database, and ended sessions are struck from the cache at once.
import { jwt } from "@elysiajs/jwt";
import { and, eq, sql } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import type { Bus } from "../bus/bus.ts";
import type { Database, SqlClient, Transaction } from "../db/client.ts";
import { tokens, users } from "../db/schema.ts";
import { unavailable } from "../lib/errors.ts";
import { Loader } from "../lib/loader.ts";
import { isoFromPg } from "../lib/time.ts";

/** Who is calling. `expiresAt` is in milliseconds since 1970. */
export interface Session {
  id: number;
  userId: number;
  username: string;
  expiresAt: number;
}

const ISSUER = "realtime-chat";
const CACHED = 100_000;
// Bounds how long another process on the same database may go on believing in a session that ended here.
export const RECHECK_MS = 15_000;
const DEVICE_LIMIT = 255;
// `last_used_at` is kept about this exactly, so that being active writes next to nothing.
const USE_RESOLUTION = "5 minutes";

type Cached = { session: Session; checkedAt: number } | "ended";

export class Sessions {
  private readonly cache = new LRUCache<string, Cached>({ max: CACHED });
  private readonly keyOf = new LRUCache<number, string>({ max: CACHED });
  /** Counts how often everything was forgotten. */
  private generation = 0;
  private readonly rows = new Loader((keys: string[]) => this.read(keys));
  private readonly jwt;

  constructor(
    private readonly parts: {
      db: Database;
      sql: SqlClient;
      bus: Bus;
      /** Whether what is remembered holds (timeline/epoch.ts). */
      epoch: { readonly isUncertain: boolean; verified(): Promise<void> };
      secret: string;
      ttl: number;
    },
  ) {
    this.jwt = jwt({ name: "jwt", secret: parts.secret, alg: "HS256", iss: ISSUER, aud: ISSUER }).decorator.jwt;
  }

  /**
   * A new session and the only copy of its token; null when the password is no longer the one that was checked.
   * `device` is what the client calls itself.
   */
  async create(
    userId: number,
    device: string,
    passwordHash: string,
  ): Promise<{ token: string; expiresAt: number } | null> {
    const tokenId = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
    const expiresAt = (Math.floor(Date.now() / 1000) + this.parts.ttl) * 1000;
    const made = await this.parts.db.transaction(async (tx) => {
      // A change of the password waits for this lock, and then ends this session with the others.
      const [user] = await tx
        .select({ id: users.id })
        .from(users)
        .where(and(eq(users.id, userId), eq(users.passwordHash, passwordHash)))
        .for("share", { noWait: true });
      if (!user) return false;
      await tx.insert(tokens).values({
        userId,
        tokenHash: hashOf(tokenId),
        device: device.toWellFormed().replaceAll("\0", "").slice(0, DEVICE_LIMIT),
        expiresAt: new Date(expiresAt).toISOString(),
      });
      return true;
    });
    if (!made) return null;
    const token = await this.jwt.sign({ sub: String(userId), jti: tokenId, exp: expiresAt / 1000 });
    return { token, expiresAt };
  }

  /** The session of a token, or null when it is forged, expired or ended. */
  async find(token: string): Promise<Session | null> {
    const claims = await this.jwt.verify(token, {
      algorithms: ["HS256"],
      requiredClaims: ["exp", "jti", "sub"],
      issuer: ISSUER,
      audience: ISSUER,
    });
    if (!claims || typeof claims.jti !== "string") return null;
    const key = hashOf(claims.jti);
    if (this.parts.epoch.isUncertain) await this.parts.epoch.verified();
    const cached = this.cache.get(key);
    if (cached === "ended") return null;
    if (cached && cached.checkedAt + RECHECK_MS > performance.now())
      return cached.session.expiresAt > Date.now() ? cached.session : null;
    return this.load(key);
  }

  /** Ends one session everywhere: its token is refused and its sockets are closed. */
  async end(session: Session): Promise<void> {
    await this.parts.db.delete(tokens).where(eq(tokens.id, session.id));
    this.forget(session.id);
  }

  /** Ends all sessions of a user but one, together with `why`: both happen, or neither. */
  async endOthers(session: Session, why: (tx: Transaction) => Promise<unknown>): Promise<void> {
    const gone = await this.parts.db.transaction(async (tx) => {
      await why(tx);
      return tx
        .delete(tokens)
        .where(and(eq(tokens.userId, session.userId), sql`${tokens.id} <> ${session.id}`))
        .returning({ id: tokens.id, key: tokens.tokenHash });
    });
    for (const { id, key } of gone) {
      this.keyOf.set(id, key);
      this.forget(id);
    }
  }

  /**
   * Of sessions with open sockets: ends those that ended elsewhere, by another process or because their user was banned. To be
   * called about every RECHECK_MS.
   */
  async recheck(sessionIds: number[]): Promise<void> {
    if (sessionIds.length === 0) return;
    const rows = await this.parts.sql<{ id: number }[]>`
      select t.id from tokens t join users u on u.id = t.user_id
      where t.id = any (${sessionIds}::bigint[]) and u.banned_at is null`;
    const alive = new Set(rows.map(({ id }) => id));
    for (const id of sessionIds) if (!alive.has(id)) this.forget(id);
  }

  /** Forgets what was read: the database's history has changed. */
  clear() {
    this.generation++;
    this.cache.clear();
    this.keyOf.clear();
    this.rows.cancel(unavailable());
  }

  /** Deletes sessions that have run out. */
  async sweep(): Promise<void> {
    await this.parts.db.delete(tokens).where(sql`${tokens.expiresAt} < now()`);
  }

  private forget(sessionId: number) {
    const key = this.keyOf.get(sessionId);
    // Marked rather than deleted: a look-up under way must not bring it back.
    if (key) this.cache.set(key, "ended");
    this.parts.bus.signal({ type: "session.ended", sessionId });
  }

  private async load(key: string): Promise<Session | null> {
    const { generation } = this;
    const row = await this.rows.load(key);
    if (generation !== this.generation) throw unavailable();
    const known = this.cache.get(key);
    if (known === "ended") return null;
    if (!row) {
      // Ended by another process: its sockets here go as well.
      if (known) this.forget(known.session.id);
      return null;
    }
    const session = {
      id: row.id,
      userId: row.user_id,
      username: row.username,
      expiresAt: Date.parse(isoFromPg(row.expires_at)),
    };
    this.cache.set(key, { session, checkedAt: performance.now() });
    this.keyOf.set(session.id, key);
    return session;
  }

  /** The stored sessions of these keys, null for those that are not valid; notes that they are in use. */
  private async read(keys: string[]): Promise<(StoredSession | null)[]> {
    const { sql } = this.parts;
    const rows = await sql<StoredSession[]>`
      select t.token_hash as key, t.id, t.user_id, u.username, t.expires_at, t.last_used_at < now() - ${USE_RESOLUTION}::interval as is_stale
      from tokens t join users u on u.id = t.user_id
      where t.token_hash = any (${keys}::text[]) and t.expires_at > now() and u.banned_at is null`;
    const stale = rows.flatMap(({ id, is_stale }) => (is_stale ? id : []));
    if (stale.length > 0)
      await sql`update tokens set last_used_at = now() where id in (
      select id from tokens where id = any (${stale}::bigint[]) for no key update skip locked)`;
    const byKey = new Map(rows.map((row) => [row.key, row]));
    return keys.map((key) => byKey.get(key) ?? null);
  }
}

interface StoredSession {
  key: string;
  id: number;
  user_id: number;
  username: string;
  expires_at: string;
  is_stale: boolean;
}

const hashOf = (tokenId: string) => new Bun.CryptoHasher("sha256").update(tokenId).digest("base64url");
