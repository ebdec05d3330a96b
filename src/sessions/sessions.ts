// Sessions: one for each login, revocable at once. A token is checked against a cache; a session that ends is marked in it, and
// its sockets are closed. What a user proves to get one is not known here.
import { type SQL, sql } from "drizzle-orm";
import type { Bus, Signal } from "../bus/bus.ts";
import { isBannedIn } from "../db/bans.ts";
import type { Database, SqlClient, Transaction } from "../db/client.ts";
import { isTransientDatabaseError } from "../db/errors.ts";
import { notify } from "../db/notify.ts";
import { tokens } from "../db/schema.ts";
import { boundedCache } from "../lib/bounded-cache.ts";
import { ChatError, unavailable } from "../lib/errors.ts";
import { Loader } from "../lib/loader.ts";
import type { Logger } from "../lib/log.ts";
import { logSecurity } from "../lib/security-log.ts";
import { isoFromPg } from "../lib/time.ts";
import type { Scope, ServerRole } from "../protocol/scopes.ts";
import { type Session, SessionCache } from "./cache.ts";
import { hashOf, isKey } from "./keys.ts";
import { actOnBehalfOf } from "./on-behalf-of.ts";
import { Tokens } from "./tokens.ts";

export type { Session } from "./cache.ts";

// How long what was read of a session is used: it bounds how long one is accepted that was ended by hand in the database.
export const RECHECK_MS = 15_000;
/** The same while other servers end sessions as well, for one whose notification was lost. */
export const SHARED_RECHECK_MS = 5_000;
const DEVICE_LIMIT = 255;
/** How often the log says that a key acts for somebody. */
const ACTED_FOR_MS = 3_600_000;
// The resolution of `last_used_at`, so that being active writes next to nothing.
const USE_RESOLUTION = "5 minutes";

type Kind = NonNullable<(typeof tokens.$inferInsert)["kind"]>;
/** The kinds that are log-ins. */
export const LOG_INS = ["session", "issuer"] as const satisfies Kind[];
/** What ends with the user's other sessions: the log-ins, or whatever acts for them. */
const ALL_KINDS = [...LOG_INS, "key"] as const satisfies Kind[];

/** What stands for a device in the sessions of an issuer's tokens, which are found by it. */
export const deviceOfIssuer = (name: string) => `Token of ${name}`;

/** What takes the tokens of issuers (modules/issuers). */
export interface Issuers {
  /**
   * Whether the token is a good one of an issuer's; it is stored under `key` then, unless it has been ended. Throws `unavailable`.
   */
  admit(token: string, key: string): Promise<boolean>;
  /** Who they are has changed. */
  forget(): void;
}

export class Sessions {
  private readonly tokens: Tokens;
  private readonly cache = new SessionCache();
  /** When the log said which key acts for whom: once an hour, and not at each call. */
  private readonly actedFor = boundedCache<string, number>(10_000);
  /** Counts how often the cache was cleared. */
  private generation = 0;
  /**
   * Counts what may have made a session that `find` has just returned outdated: whoever keeps one, as sockets do, finds it again where
   * the count has changed meanwhile.
   */
  changes = 0;
  /** What was read before this moment of the monotonic clock is read anew. */
  private trustedSince = Number.NEGATIVE_INFINITY;
  private readonly rows = new Loader((keys: string[]) => this.read(keys), { isShared: isTransientDatabaseError });

  constructor(
    private readonly parts: {
      db: Database;
      sql: SqlClient;
      bus: Pick<Bus, "signal" | "notificationOf">;
      log: Logger;
      /** Whether the cache still agrees with the database (timeline/epoch.ts). */
      epoch: { readonly isUncertain: boolean; verified(): Promise<void> };
      /** The first signs; tokens of the others are still taken. */
      secrets: [string, ...string[]];
      /** How long a session lasts that is not renewed, and at most, in seconds. */
      ttl: number;
      maxAge: number;
      /** How long the address of a session is kept that is not used, in days. */
      addressDays: number;
      /** Null where no issuers' tokens are taken. */
      issuers?: Issuers | null;
      /** How long what was read of a session may be used at this moment, in milliseconds; RECHECK_MS when left out. */
      maxAgeMs?: (() => number) | undefined;
    },
  ) {
    this.tokens = new Tokens(parts.secrets);
  }

  /**
   * A new session and the only copy of its token; `device` is the client's own name, `address` where it is in the network. It is stored
   * in the transaction `db`, so that a caller decides in the same one whether the user may have it.
   */
  async create(
    userId: number,
    device: string,
    { address = null, db = this.parts.db }: { address?: string | null; db?: Database | Transaction } = {},
  ): Promise<{ token: string; expiresAt: number }> {
    const expiresAt = (Math.floor(Date.now() / 1000) + Math.min(this.parts.ttl, this.parts.maxAge)) * 1000;
    const { token, key } = await this.tokens.issue(userId, expiresAt);
    await db.insert(tokens).values({
      userId,
      tokenHash: key,
      device: device.toWellFormed().replaceAll("\0", "").slice(0, DEVICE_LIMIT),
      address,
      expiresAt: new Date(expiresAt).toISOString(),
    });
    return { token, expiresAt };
  }

  /** The session of a token or a key, or null when it is forged, expired or ended. */
  async find(token: string): Promise<Session | null> {
    const claims = await this.tokens.verify(token);
    return claims ? this.ofKey(claims) : ((await this.findOther(token))?.session ?? null);
  }

  /** The session of a key that acts for somebody else, who is named by `reference`. Throws `forbidden`, `not_found`. */
  async actOnBehalfOf(session: Session, reference: string): Promise<Session> {
    const acting = await actOnBehalfOf(this.parts.sql, session, reference);
    const pair = `${session.id} ${acting.userId}`;
    const now = performance.now();
    if ((this.actedFor.get(pair) ?? Number.NEGATIVE_INFINITY) + ACTED_FOR_MS <= now) {
      this.actedFor.set(pair, now);
      logSecurity(this.parts.log, "acted_for", { user: acting.userId, by: session.userId, key: session.id });
    }
    return acting;
  }

  /**
   * Another token of the same session, which lasts for the full time again, as long as the session is not older than the bound; null
   * as with `find`, and for what was not issued here. The former token stays good until its own end: an answer that gets lost costs nobody their session.
   */
  async renew(token: string, address: string): Promise<{ token: string; expiresAt: number } | null> {
    const claims = await this.tokens.verify(token);
    const session = claims && (await this.ofKey(claims));
    if (!session) return null;
    const { sql, ttl, maxAge } = this.parts;
    const [row] = await sql<{ expires_at: string }[]>`
      update tokens set last_used_at = now(), address = ${address}, expires_at = greatest(expires_at, date_trunc('second',
        least(now() + ${ttl} * interval '1 second', created_at + ${maxAge} * interval '1 second')))
      where id = ${session.id} returning expires_at`;
    if (!row) return null;
    const expiresAt = Math.floor(Date.parse(isoFromPg(row.expires_at)) / 1000) * 1000;
    session.expiresAt = expiresAt;
    const renewed = await this.tokens.reissue(token, expiresAt);
    return renewed === null ? null : { token: renewed, expiresAt };
  }

  /**
   * A token by which files are read in the name of a session for so many seconds, and until that ends; where its key acts for somebody
   * else (`userId`), in theirs, and for as long as it may. Null as with `find`.
   */
  async createFileToken(
    token: string,
    userId: number,
    seconds: number,
  ): Promise<{ token: string; expiresAt: number } | null> {
    const claims = await this.tokens.verify(token);
    const session = claims && (await this.ofKey(claims));
    const found = claims ? session && { key: claims.key, session } : await this.findOther(token);
    if (!found) return null;
    const expiresAt = Math.min(found.session.expiresAt, (Math.floor(Date.now() / 1000) + seconds) * 1000);
    const actsFor = userId === found.session.userId ? null : userId;
    return { token: await this.tokens.issueForFiles(found.key, expiresAt, actsFor), expiresAt };
  }

  /** The session of a token for files, and when that expires; null when it is no such token, or either has ended. */
  async findByFileToken(token: string): Promise<{ session: Session; expiresAt: number } | null> {
    const claims = await this.tokens.verifyForFiles(token);
    const session = claims && (await this.ofKey(claims));
    if (!session || claims.actsFor === null) return session && { session, expiresAt: claims.expiresAt };
    const acting = await this.actOnBehalfOf(session, String(claims.actsFor)).catch((error) => {
      if (error instanceof ChatError) return null;
      throw error;
    });
    return acting && { session: acting, expiresAt: claims.expiresAt };
  }

  /** The session of a token that is none of ours: an API key, or a token of an issuer. */
  private async findOther(token: string): Promise<{ key: string; session: Session } | null> {
    const { issuers } = this.parts;
    const isApiKey = isKey(token);
    if (!isApiKey && !issuers) return null;
    const key = hashOf(token);
    const claims = { key, expiresAt: 0 };
    // What is in the cache has been checked here before.
    const isKnown = isApiKey || this.cache.get(key) !== undefined || (await issuers!.admit(token, key));
    const session = isKnown ? await this.ofKey(claims) : null;
    return session && { key, session };
  }

  private async ofKey({ key, expiresAt }: { key: string; expiresAt: number }): Promise<Session | null> {
    if (this.parts.epoch.isUncertain) await this.parts.epoch.verified();
    const cached = this.cache.get(key);
    if (cached === "ended") return null;
    // A token that outlives its session as it was read: that was renewed, on another server.
    if (cached && this.isFresh(cached.checkedAt) && cached.session.expiresAt >= expiresAt)
      return cached.session.expiresAt > Date.now() ? cached.session : null;
    return this.load(key);
  }

  /**
   * Ends one session everywhere: its token is refused and its sockets are closed. Returns false when the user has no such session, of
   * one of these kinds.
   */
  async end({ id, userId }: { id: number; userId: number }, kinds: readonly Kind[] = LOG_INS): Promise<boolean> {
    const { bus, db } = this.parts;
    const remove = (on: Database | Transaction) =>
      endRows(on, sql`id = ${id} and user_id = ${userId} and kind = any (${sql.param([...kinds])}::text[])`);
    // Alone it need not be a transaction.
    const [ended] =
      bus.notificationOf(toEnded(id, undefined)) === null
        ? await remove(db)
        : await db.transaction(async (tx) => {
            const deleted = await remove(tx);
            for (const { key } of deleted) await notify(tx, bus.notificationOf(toEnded(id, key)));
            return deleted;
          });
    if (ended) this.revoke(id, ended.key);
    return ended !== undefined;
  }

  /** Ends all log-ins of a user but one. API keys go on. */
  endOthers({ userId, id }: Session): Promise<void> {
    return this.endWhere(async () => ofUsers([userId], LOG_INS, id));
  }

  /** Ends all that acts for a user, log-ins and API keys, but one; in one transaction with `change`: both happen, or neither. */
  endOthersWith({ userId, id }: Session, change: (tx: Transaction) => Promise<unknown>): Promise<void> {
    return this.endWhere(async (tx) => {
      await change(tx);
      return ofUsers([userId], ALL_KINDS, id);
    });
  }

  /**
   * Ends all that acts for a user, in one transaction with `change`, unless that returns false. It may return the ids of others, for whom
   * all ends as well.
   */
  endAll(userId: number, change: (tx: Transaction) => Promise<boolean | number[]>): Promise<void> {
    return this.endWhere(async (tx) => {
      const more = await change(tx);
      return more && ofUsers(more === true ? [userId] : [userId, ...more], ALL_KINDS);
    });
  }

  /** Ends the sessions of tokens of this issuer, in one transaction with `change`, unless that returns false. */
  endIssued(issuer: string, change: (tx: Transaction) => Promise<boolean>): Promise<void> {
    return this.endWhere(
      async (tx) => (await change(tx)) && sql`kind = 'issuer' and device = ${deviceOfIssuer(issuer)}`,
    );
  }

  /** `choose` says which, or false for none. */
  private async endWhere(choose: (tx: Transaction) => Promise<SQL | false>): Promise<void> {
    const ended = await this.parts.db.transaction(async (tx) => {
      const which = await choose(tx);
      if (!which) return [];
      const all = await endRows(tx, which);
      for (const { id, key } of all) await notify(tx, this.parts.bus.notificationOf(toEnded(id, key)));
      return all;
    });
    for (const { id, key } of ended) this.revoke(id, key);
  }

  /**
   * Of sessions with open sockets: ends those that ended elsewhere, by another process, and closes the sockets of the banned. To be called about every RECHECK_MS, or SHARED_RECHECK_MS where there may be other servers. Returns those of their users who get no read
   * receipts of others.
   */
  async recheck(sessionIds: number[]): Promise<Set<number>> {
    if (sessionIds.length === 0) return new Set();
    const { sql } = this.parts;
    const rows = await sql<{ id: number; user_id: number; is_quiet: boolean; is_banned: boolean }[]>`
      select t.id, t.user_id, ${isQuiet(sql)} as is_quiet, ${isBannedIn(sql, "u")} as is_banned
      from tokens t join users u on u.id = t.user_id
      where t.id = any (${sessionIds}::bigint[]) and t.kind <> 'ended' and u.deleted_at is null`;
    const stored = new Set(rows.map(({ id }) => id));
    for (const id of sessionIds) if (!stored.has(id)) this.revoke(id);
    const banned = new Set(rows.flatMap(({ user_id, is_banned }) => (is_banned ? user_id : [])));
    for (const userId of banned) this.parts.bus.signal({ type: "user.banned", userId });
    return new Set(rows.flatMap(({ user_id, is_quiet }) => (is_quiet ? user_id : [])));
  }

  /** Notifications of sessions that ended may have been missed: what was read before is used no more. */
  distrust() {
    this.trustedSince = performance.now();
  }

  /** Forgets what was read: the database's history has changed. */
  clear() {
    this.generation++;
    this.cache.clear();
    this.rows.cancel(unavailable());
  }

  /** Deletes expired sessions, and addresses that are kept no longer. */
  async sweep(): Promise<void> {
    const { db, addressDays } = this.parts;
    await db.delete(tokens).where(sql`${tokens.expiresAt} < now()`);
    await db
      .update(tokens)
      .set({ address: null })
      .where(sql`${tokens.address} is not null and ${tokens.lastUsedAt} < now() - ${addressDays} * interval '1 day'`);
  }

  /** A session has ended on another server. */
  onSignal(signal: Signal) {
    if (signal.type === "session.ended" || signal.type === "user.banned") this.changes++;
    if (signal.type === "session.ended") this.cache.markEnded(signal.sessionId, signal.key);
    if (signal.type === "receipts.changed") this.cache.setQuiet(signal.userId, signal.isQuiet);
    if (signal.type === "issuers.changed") this.parts.issuers?.forget();
    if (signal.type === "user.renamed") this.cache.setUsername(signal.userId, signal.username);
    if (signal.type === "user.banned" || signal.type === "role.changed") this.cache.forget(signal.userId);
  }

  private revoke(sessionId: number, key?: string) {
    this.cache.markEnded(sessionId, key);
    this.parts.bus.signal({ type: "session.ended", sessionId });
  }

  private async load(key: string): Promise<Session | null> {
    const { generation } = this;
    const readAt = performance.now();
    const row = await this.rows.load(key);
    if (generation !== this.generation) throw unavailable();
    const known = this.cache.get(key);
    if (known === "ended") return null;
    if (!row) {
      // Ended by another process: its sockets here go as well.
      if (known) this.revoke(known.session.id, key);
      return null;
    }
    if (row.is_banned) {
      // By another process: the session goes on once the ban is over, its sockets do not.
      if (known) this.parts.bus.signal({ type: "user.banned", userId: row.user_id });
      return null;
    }
    const session = {
      id: row.id,
      userId: row.user_id,
      username: row.username,
      expiresAt: Date.parse(isoFromPg(row.expires_at)),
      isQuiet: row.is_quiet,
      role: row.role,
      scopes: row.scopes,
    };
    return this.cache.set(key, session, readAt) ? session : this.load(key);
  }

  private isFresh(checkedAt: number): boolean {
    const maxAgeMs = this.parts.maxAgeMs?.() ?? RECHECK_MS;
    return checkedAt > this.trustedSince && checkedAt + maxAgeMs > performance.now();
  }

  /** The stored sessions of these keys, also of the banned, and null for those that are not valid; records that they are in use. */
  private async read(keys: string[]): Promise<(StoredSession | null)[]> {
    const { sql } = this.parts;
    const rows = await sql<StoredSession[]>`
      select t.token_hash as key, t.id, t.user_id, u.username, t.expires_at, ${isQuiet(sql)} as is_quiet,
        coalesce(u.role, 'user') as role, t.scopes, ${isBannedIn(sql, "u")} as is_banned, t.last_used_at < now() - ${USE_RESOLUTION}::interval as is_stale
      from tokens t join users u on u.id = t.user_id
      where t.token_hash = any (${keys}::text[]) and t.expires_at > now() and t.kind <> 'ended' and u.deleted_at is null`;
    const stale = rows.flatMap(({ id, is_stale, is_banned }) => (is_stale && !is_banned ? id : []));
    if (stale.length > 0)
      await sql`update tokens set last_used_at = now() where id in (
      select id from tokens where id = any (${stale}::bigint[]) for no key update skip locked)`;
    const byKey = new Map(rows.map((row) => [row.key, row]));
    return keys.map((key) => byKey.get(key) ?? null);
  }
}

const ofUsers = (userIds: number[], kinds: readonly Kind[], but = 0) =>
  sql`user_id = any (${sql.param(userIds)}::bigint[]) and id <> ${but} and kind = any (${sql.param([...kinds])}::text[])`;

const isQuiet = (sql: SqlClient) => sql`coalesce(u.settings @> '{"read_receipts": false}', false)`;

/**
 * Deletes these rows, but keeps those of issuers' tokens until they expire, so that what ended is not taken for a new one. Returns the
 * sessions that were theirs.
 */
async function endRows(db: Database | Transaction, which: SQL): Promise<{ id: number; key: string }[]> {
  const rows = await db.execute<{ id: string; key: string }>(sql`
    with kept as (
      update tokens set kind = 'ended', address = null where ${which} and kind = 'issuer' returning id, token_hash as key
    ), gone as (
      delete from tokens where ${which} and kind not in ('issuer', 'ended') returning id, token_hash as key
    )
    select id, key from kept union all select id, key from gone`);
  return [...rows].map(({ id, key }) => ({ id: Number(id), key }));
}

const toEnded = (sessionId: number, key: string | undefined): Signal => ({
  type: "session.ended",
  sessionId,
  ...(key !== undefined && { key }),
});

interface StoredSession {
  key: string;
  id: number;
  user_id: number;
  username: string;
  expires_at: string;
  is_quiet: boolean;
  role: ServerRole;
  scopes: Scope[] | null;
  is_banned: boolean;
  is_stale: boolean;
}
