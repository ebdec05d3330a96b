// Memberships of groups, and what they permit.
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { Database, Transaction } from "../../db/client.ts";
import { groupBans, groups, members, users } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { LAST_TIMESTAMP } from "../../protocol/limits.ts";
import { can, type GroupAction, PERMISSIONS, type Role, rankOf } from "../../protocol/permissions.ts";
import {
  adminRequired,
  notFound,
  notMember,
  ownerRequired,
  type Refusal,
  rankTooLow,
} from "../../protocol/refusals.ts";

export interface Membership {
  userId: number;
  username: string;
  role: Role;
  isMuted: boolean;
  /** Null when not muted, or muted without an end. */
  mutedUntil: string | null;
}

/** A member of the group, or null. */
export async function findMember(
  db: Database | Transaction,
  groupId: number,
  userId: number,
): Promise<Membership | null> {
  const [row] = await db
    .select({
      userId: users.id,
      username: users.username,
      role: members.role,
      mutedUntil: members.mutedUntil,
      isMuted: sql<boolean>`coalesce(${members.mutedUntil} > clock_timestamp(), false)`,
    })
    .from(members)
    .innerJoin(groups, eq(groups.roomId, members.roomId))
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.roomId, groupId), eq(members.userId, userId)));
  return row ? { ...row, mutedUntil: muteEnd(row) } : null;
}

/** What the wire shows of a mute: when it ends, null for none or for one without an end, such as `infinity`. */
export const muteEnd = ({ isMuted, mutedUntil }: { isMuted: boolean; mutedUntil: string | null }) =>
  isMuted && mutedUntil !== LAST_TIMESTAMP ? mutedUntil : null;

/**
 * Locks members' rows in order of their ids, as receipts do, so that transactions which change more than one of them can't
 * deadlock. Without `userIds`, all of them.
 */
export async function lockMembers(tx: Transaction, groupId: number, userIds?: number[]): Promise<void> {
  await tx
    .select({ userId: members.userId })
    .from(members)
    .where(and(eq(members.roomId, groupId), userIds && inArray(members.userId, userIds)))
    .orderBy(asc(members.userId))
    .for("no key update");
}

/** The caller as a member. Throws `not_found` for a private group, or none; `forbidden` for a public one not joined. */
export async function requireMember(db: Database | Transaction, groupId: number, userId: number): Promise<Membership> {
  const member = await findMember(db, groupId, userId);
  if (member) return member;
  const [group] = await db.select({ isPrivate: groups.isPrivate }).from(groups).where(eq(groups.roomId, groupId));
  if (!group || group.isPrivate) throw new ChatError(notFound("group"));
  throw new ChatError(notMember);
}

/** Rethrows the error of a write; outsiders of a public group get `forbidden` where the statement could only say `not_found`. */
export async function explainForbidden(db: Database, groupId: number, userId: number, error: unknown): Promise<never> {
  if (error instanceof ChatError && error.code === "not_found") await requireMember(db, groupId, userId);
  throw error;
}

/** Throws `why` for a user who is banned from the group. */
export async function requireNotBanned(tx: Transaction, groupId: number, userId: number, why: Refusal) {
  const [ban] = await tx
    .select({ userId: groupBans.userId })
    .from(groupBans)
    .where(and(eq(groupBans.roomId, groupId), eq(groupBans.userId, userId), isBanInForce));
  if (ban) throw new ChatError(why);
}

export const isBanInForce = sql`(${groupBans.until} is null or ${groupBans.until} > clock_timestamp())`;

/**
 * Throws `forbidden` unless the actor may do it, to `target` if it is aimed at a member. Without a target it refuses those who may
 * do it to nobody, before the target is looked up.
 */
export function requirePermission(actor: Membership, action: GroupAction, target?: Membership): void {
  if (can(actor.role, action, target?.role)) return;
  const { minRole } = PERMISSIONS[action];
  if (rankOf(actor.role) >= rankOf(minRole)) throw new ChatError(rankTooLow);
  throw new ChatError(minRole === "owner" ? ownerRequired : adminRequired);
}
