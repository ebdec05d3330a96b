// Bans of groups. They are enforced where a user joins or is added (members.ts).
import { and, eq, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { personSeenBy, toMemberPerson } from "../../db/people.ts";
import { groupBans, invites, users } from "../../db/schema.ts";
import { newestFirst, toPage } from "../../http/pagination.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { trimmedText } from "../../lib/validation.ts";
import type { Ban, NewBan } from "../../protocol/groups.ts";
import { BAN_REASON_LIMIT, LAST_TIMESTAMP } from "../../protocol/limits.ts";
import { cannotBanSelf, notFound } from "../../protocol/refusals.ts";
import type { RoomTransaction } from "../../timeline/room-transaction.ts";
import { findUser } from "../users/service.ts";
import { deleteMember } from "./member-changes.ts";
import { findMember, isBanInForce, type Membership, requireMember, requirePermission } from "./policy.ts";
import { changeGroup } from "./service.ts";

/**
 * Keeps a user out of a group, and removes them if they are a member. Banning again replaces the reason and the end. Throws
 * `forbidden`, `not_found`, `bad_request`, `invalid`.
 */
export async function banUser(
  core: Core,
  userId: number,
  groupId: number,
  bannedId: number,
  input: NewBan,
): Promise<Ban> {
  const reason = trimmedText("reason", input.reason ?? "", BAN_REASON_LIMIT, { minLength: 0 });
  const until = input.until ?? null;
  await changeGroup(core, userId, groupId, (change, actor) => banInGroup(change, actor, bannedId, { reason, until }));
  const [row] = await selectBans(core, userId).where(isBan(groupId, bannedId));
  // Lifted meanwhile.
  if (!row) throw new ChatError(notFound("ban"));
  return toBan(row);
}

/** The same within a change of the group. Throws the same. */
export async function banInGroup(
  change: RoomTransaction,
  actor: Membership,
  bannedId: number,
  { reason, until }: { reason: string; until: string | null },
): Promise<void> {
  const { id: groupId } = change.room;
  requirePermission(actor, "banUser");
  if (bannedId === actor.userId) throw new ChatError(cannotBanSelf);
  if (!(await findUser({ db: change.tx }, String(bannedId)))) throw new ChatError(notFound("user"));
  const member = await findMember(change.tx, groupId, bannedId);
  if (member) requirePermission(actor, "banUser", member);
  const [ban] = await change.tx
    .insert(groupBans)
    .values({ roomId: groupId, userId: bannedId, actorId: actor.userId, reason, until })
    .onConflictDoUpdate({
      target: [groupBans.roomId, groupBans.userId],
      set: {
        actorId: actor.userId,
        reason,
        until,
        // An expired one starts anew.
        createdAt: sql`case when ${isBanInForce} then ${groupBans.createdAt} else clock_timestamp() end`,
      },
    })
    .returning({ isInForce: sql<boolean>`${isBanInForce}` });
  // By the database's clock, as the ban itself is judged. The error rolls the ban back.
  if (!ban!.isInForce) throw invalid("until", "must lie in the future");
  // Their links would let their friends in again.
  await change.tx.delete(invites).where(and(eq(invites.roomId, groupId), eq(invites.creatorId, bannedId)));
  if (member) await deleteMember(change, actor.userId, member, { banned: true });
}

/** The bans in force, newest first. For an admin or the owner. Throws `forbidden`, `not_found`. */
export async function listBans(core: Core, userId: number, groupId: number, cursor: string | undefined, limit: number) {
  requirePermission(await requireMember(core.db, groupId, userId), "listBans");
  const { isPast, orderBy } = newestFirst(groupBans.createdAt, groupBans.userId, cursor);
  const rows = await selectBans(core, userId)
    .where(and(eq(groupBans.roomId, groupId), isBanInForce, isPast))
    .orderBy(...orderBy)
    .limit(limit + 1);
  return toPage(rows, limit, ({ banned_at, person }) => [banned_at, person.id], toBan);
}

/** Ends a ban; where there is none it changes nothing. For an admin or the owner. */
export async function liftBan(core: Core, userId: number, groupId: number, bannedId: number): Promise<void> {
  await changeGroup(core, userId, groupId, async (change, actor) => {
    requirePermission(actor, "liftBan");
    await change.tx.delete(groupBans).where(isBan(groupId, bannedId));
  });
}

const isBan = (groupId: number, userId: number) => and(eq(groupBans.roomId, groupId), eq(groupBans.userId, userId));

const selectBans = (core: Core, viewerId: number) =>
  core.db
    .select({
      person: personSeenBy(viewerId),
      reason: groupBans.reason,
      until: groupBans.until,
      actor_id: groupBans.actorId,
      banned_at: groupBans.createdAt,
    })
    .from(groupBans)
    .innerJoin(users, eq(users.id, groupBans.userId))
    .$dynamic();

const toBan = ({ person, ...row }: Awaited<ReturnType<typeof selectBans>>[number]): Ban => ({
  ...toMemberPerson(person),
  ...row,
  until: row.until === LAST_TIMESTAMP ? null : row.until,
});
