// Who may do what to whom on the whole server: admins to everybody else, moderators to users, nobody to themselves; and the last admin
// keeps that role. Both sides are locked, so that of two admins who demote each other one is too late.
import { and, asc, eq, inArray, isNull, ne, sql } from "drizzle-orm";
import type { Actor } from "../../audit/audit.ts";
import type { Core } from "../../core.ts";
import { isBanned } from "../../db/bans.ts";
import type { Transaction } from "../../db/client.ts";
import { users } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import {
  adminsOnly,
  lastAdmin,
  moderatorsActOnUsers,
  moderatorsOnly,
  notFound,
  notOnYourself,
} from "../../protocol/refusals.ts";
import { isId } from "../../protocol/types.ts";
import { findReferenced } from "../../sessions/on-behalf-of.ts";

// Any constant will do, as long as every process uses the same one.
const ADMINS_LOCK = 7_214_021_558_309;

/** What an act takes. */
export type Required = "moderate" | "admin";

type User = typeof users.$inferSelect;

interface Party {
  user: User;
  isBanned: boolean;
  /** Of a bot the role of its owner. */
  rank: "moderator" | "admin" | null;
}

/** Of a bot the role counts that its owner has. */
const rank = sql<Party["rank"]>`coalesce(users.role, (select o.role from users o where o.id = users.owner_id))`;

/** The id of a user who is not deleted. Throws `not_found`. */
export async function requireReferenced(core: Pick<Core, "sql">, reference: string): Promise<number> {
  const userId = (await findReferenced(core.sql, [reference])).get(reference);
  if (userId === undefined) throw new ChatError(notFound("user"));
  return userId;
}

/** The same, also of a deleted one by the id. */
export async function requireKnown(core: Pick<Core, "sql">, reference: string): Promise<number> {
  return isId(reference) ? Number(reference) : requireReferenced(core, reference);
}

/**
 * The user whom an act is about, locked together with who acts. Does not wait for the locks: the pool retries the transaction. Throws
 * `not_found`, and `forbidden` for an actor who may not (any more).
 */
export async function lockTarget(
  tx: Transaction,
  actor: Actor,
  userId: number,
  required: Required,
): Promise<Omit<Party, "rank">> {
  // (The command line has no row that would keep two of them apart.)
  if (actor.id === null) await tx.execute(sql`select pg_advisory_xact_lock(${ADMINS_LOCK})`);
  const parties = await tx
    .select({ user: users, isBanned, rank })
    .from(users)
    .where(inArray(users.id, actor.id === null ? [userId] : [actor.id, userId]))
    .orderBy(asc(users.id))
    .for("no key update", { noWait: true });
  return requireMayAct(parties, actor, userId, required);
}

/** The same for an act that changes neither of them, without locks; of what somebody has left behind also after their deletion. */
export async function requireTarget(
  tx: Transaction | Core["db"],
  actor: Actor,
  userId: number,
  required: Required,
  { mayBeDeleted = false } = {},
): Promise<void> {
  const parties = await tx
    .select({ user: users, isBanned, rank })
    .from(users)
    .where(inArray(users.id, actor.id === null ? [userId] : [actor.id, userId]));
  requireMayAct(parties, actor, userId, required, mayBeDeleted);
}

function requireMayAct(
  parties: Party[],
  actor: Actor,
  userId: number,
  required: Required,
  mayBeDeleted = false,
): Party {
  const target = parties.find(({ user }) => user.id === userId);
  if (actor.id !== null) {
    const own = parties.find(({ user }) => user.id === actor.id);
    // As it stands now: the session may have been read before a demotion or a ban.
    const stored = own && !own.isBanned && !own.user.deletedAt ? own.user.role : null;
    const role = stored === "admin" && actor.role === "moderator" ? "moderator" : stored;
    if (required === "admin" && role !== "admin") throw new ChatError(adminsOnly);
    if (role === null) throw new ChatError(moderatorsOnly);
    if (actor.id === userId) throw new ChatError(notOnYourself);
    if (target && role === "moderator" && target.rank !== null) throw new ChatError(moderatorsActOnUsers);
  }
  if (!target || (target.user.deletedAt && !mayBeDeleted)) throw new ChatError(notFound("user"));
  return target;
}

/** Throws `forbidden` when nobody else who is not banned has the role. A person can't be: they act on others, and keep their own. */
export async function requireOtherAdmin(tx: Transaction, actor: Actor, userId: number): Promise<void> {
  if (actor.id !== null) return;
  const others = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.role, "admin"), ne(users.id, userId), isNull(users.deletedAt), sql`not ${isBanned}`))
    .limit(1);
  if (others.length === 0) throw new ChatError(lastAdmin);
}
