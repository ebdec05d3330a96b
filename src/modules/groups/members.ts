// Members of groups: joining, adding, removing, roles and mutes. Each change takes a place in the room's order.
import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { events, groupMutes, groups, members, users } from "../../db/schema.ts";
import { readCursor, toPage } from "../../http/pagination.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import type { Group, Member } from "../../protocol/groups.ts";
import { can, type Role } from "../../protocol/permissions.ts";
import {
  notFound,
  ownerMustStay,
  ownRole,
  userBanned,
  userIsMember,
  youAreBanned,
  youAreMember,
} from "../../protocol/refusals.ts";
import type { MemberEventKind, RoomTransaction } from "../../timeline/room-transaction.ts";
import { requireUnblocked } from "../blocks/policy.ts";
import { areFriends } from "../friends/policy.ts";
import { findUser } from "../users/service.ts";
import {
  findMember,
  lockMembers,
  type Membership,
  muteEnd,
  requireMember,
  requireNotBanned,
  requirePermission,
} from "./policy.ts";
import { changeGroup, getGroup, saveGroup } from "./service.ts";

/**
 * Adds someone, as an admin if the owner says so. Throws `forbidden`, `banned`, `not_found` (also for somebody who blocks the
 * caller), `blocked`, `already_member`, `slow_down` for too many who are not the caller's friends.
 */
export async function addMember(
  core: Core,
  userId: number,
  groupId: number,
  newUserId: number,
  role: "admin" | "member" = "member",
): Promise<Member> {
  await changeGroup(core, userId, groupId, async (change, actor) => {
    requirePermission(actor, role === "admin" ? "addAdmin" : "addMember");
    const { tx } = change;
    const user = await findUser({ db: tx }, String(newUserId));
    if (!user) throw new ChatError(notFound("user"));
    await requireUnblocked(tx, userId, newUserId);
    await requireNotBanned(tx, groupId, newUserId, userBanned);
    await insertMember(change, userId, { userId: newUserId, username: user.username }, role);
    if (!(await areFriends(tx, userId, newUserId))) core.limits.addStranger(userId);
  });
  return getMember(core, groupId, newUserId);
}

/** Joins a public group. A private one is `not_found`. Throws `banned`, `already_member`, `slow_down`. */
export async function joinGroup(
  core: Core,
  user: { userId: number; username: string },
  groupId: number,
): Promise<Group> {
  core.limits.send(user.userId);
  await core.timeline.transaction({ id: groupId, kind: "group" }, user.userId, async (change) => {
    const member = await findMember(change.tx, groupId, user.userId);
    const [group] = await change.tx.select().from(groups).where(eq(groups.roomId, groupId));
    if (!group || (group.isPrivate && !member)) throw new ChatError(notFound("group"));
    await requireNotBanned(change.tx, groupId, user.userId, youAreBanned);
    await insertMember(change, user.userId, user);
    core.limits.join(user.userId, groupId);
  });
  return getGroup(core, user.userId, groupId);
}

/** Members in order of their ids. Throws `not_found`, `forbidden`. */
export async function listMembers(
  core: Core,
  userId: number,
  groupId: number,
  cursor: string | undefined,
  limit: number,
) {
  await requireMember(core.db, groupId, userId);
  const after = readCursor(cursor, "id")?.[0];
  const rows = await selectMembers(core)
    .where(and(eq(members.roomId, groupId), after === undefined ? undefined : gt(members.userId, Number(after))))
    .orderBy(asc(members.userId))
    .limit(limit + 1);
  return toPage(rows, limit, (row) => [row.user_id], toMember);
}

/** Leaves a group; the owner hands it over or deletes it first (`owner_must_stay`). */
export async function leaveGroup(core: Core, userId: number, groupId: number): Promise<void> {
  await changeGroup(core, userId, groupId, async (change, actor) => {
    if (!can(actor.role, "leaveGroup")) throw new ChatError(ownerMustStay);
    core.limits.leave(userId, groupId);
    await deleteMember(change, userId, actor);
  });
}

/** Removes someone of lower rank. Throws `forbidden`, `not_found`. */
export async function removeMember(core: Core, userId: number, groupId: number, memberId: number): Promise<void> {
  if (memberId === userId) return leaveGroup(core, userId, groupId);
  await changeGroup(core, userId, groupId, async (change, actor) => {
    const target = await requireTarget(change, memberId);
    requirePermission(actor, "removeMember", target);
    await deleteMember(change, userId, target);
  });
}

/** Makes someone an admin or a plain member, or hands the group over to them (`owner`). The owner's alone. */
export async function setRole(
  core: Core,
  userId: number,
  groupId: number,
  memberId: number,
  role: Role,
): Promise<Member> {
  await changeGroup(core, userId, groupId, async (change, actor) => {
    requirePermission(actor, "setRole");
    const target = await requireTarget(change, memberId);
    if (memberId === userId) throw new ChatError(ownRole);
    if (target.role === role) return;
    if (role === "owner") await lockMembers(change.tx, groupId, [userId, memberId]);
    await saveRole(change, userId, target, role);
    if (role !== "owner") return;
    await saveRole(change, userId, actor, "admin");
    const [group] = await change.tx.select().from(groups).where(eq(groups.roomId, groupId));
    await saveGroup(change, userId, group!, { ownerId: memberId });
  });
  return getMember(core, groupId, memberId);
}

/** Mutes someone of lower rank until a moment, or (null) until unmuted. Throws `forbidden`, `not_found`, `invalid`. */
export async function muteMember(
  core: Core,
  userId: number,
  groupId: number,
  memberId: number,
  until: string | null,
): Promise<Member> {
  return setMute(core, userId, groupId, memberId, until ?? "infinity");
}

export const unmuteMember = (core: Core, userId: number, groupId: number, memberId: number): Promise<Member> =>
  setMute(core, userId, groupId, memberId, null);

async function setMute(core: Core, userId: number, groupId: number, memberId: number, mutedUntil: string | null) {
  await changeGroup(core, userId, groupId, async (change, actor) => {
    const target = await requireTarget(change, memberId);
    requirePermission(actor, mutedUntil === null ? "unmuteMember" : "muteMember", target);
    if (mutedUntil === null && !target.isMuted) return;
    await change.tx.update(members).set({ mutedUntil }).where(isMember(change, memberId));
    const now = await requireTarget(change, memberId);
    // By the database's clock, as the mute itself is judged. What was changed goes back with the transaction.
    if (mutedUntil !== null && !now.isMuted) throw invalid("until", "must lie in the future");
    await append(change, now.isMuted ? "member.muted" : "member.unmuted", userId, now);
  });
  return getMember(core, groupId, memberId);
}

async function insertMember(
  change: RoomTransaction,
  actorId: number,
  user: { userId: number; username: string },
  role: "admin" | "member" = "member",
) {
  const roomId = change.room.id;
  const [mute] = await change.tx
    .delete(groupMutes)
    .where(and(eq(groupMutes.roomId, roomId), eq(groupMutes.userId, user.userId)))
    .returning({ until: groupMutes.mutedUntil });
  // The owner and the admins can always speak.
  const mutedUntil = role === "member" && mute ? mute.until : null;
  // What was said before stays readable, but does not count as unread.
  const seq = change.lastSeq;
  const made = await change.tx
    .insert(members)
    .values({ roomId, userId: user.userId, role, mutedUntil, readSeq: seq, deliveredSeq: seq })
    .onConflictDoNothing()
    .returning({ userId: members.userId });
  if (made.length === 0) {
    throw new ChatError(actorId === user.userId ? youAreMember : userIsMember);
  }
  const now = mutedUntil ? await requireTarget(change, user.userId) : { isMuted: false, mutedUntil: null };
  await append(change, "member.joined", actorId, { ...now, ...user, role });
}

/** Ends a membership; a mute outlives it. */
export async function deleteMember(
  change: RoomTransaction,
  actorId: number,
  target: Membership,
  more: { banned?: true } = {},
) {
  const [gone] = await change.tx
    .delete(members)
    .where(isMember(change, target.userId))
    .returning({ roomId: members.roomId, userId: members.userId, mutedUntil: members.mutedUntil });
  const mutedUntil = gone!.mutedUntil;
  if (target.isMuted && mutedUntil) {
    await change.tx
      .insert(groupMutes)
      .values({ ...gone!, mutedUntil })
      .onConflictDoUpdate({ target: [groupMutes.roomId, groupMutes.userId], set: { mutedUntil } });
  }
  await append(change, "member.left", actorId, target, more);
}

async function saveRole(change: RoomTransaction, actorId: number, target: Membership, role: Role) {
  // The owner and the admins can always speak.
  const freed = role === "member" ? {} : { mutedUntil: null };
  await change.tx
    .update(members)
    .set({ role, ...freed })
    .where(isMember(change, target.userId));
  const now = role === "member" ? target : { ...target, isMuted: false, mutedUntil: null };
  await append(change, "member.role", actorId, { ...now, role });
}

const append = (
  change: RoomTransaction,
  kind: MemberEventKind,
  actorId: number,
  who: Membership,
  more: { banned?: true } = {},
) =>
  change.append({
    kind,
    actorId,
    data: {
      group_id: change.room.id,
      user_id: who.userId,
      username: who.username,
      role: who.role,
      is_muted: who.isMuted,
      muted_until: who.mutedUntil,
      ...more,
      actor_id: actorId,
    },
  });

async function requireTarget(change: RoomTransaction, memberId: number): Promise<Membership> {
  const target = await findMember(change.tx, change.room.id, memberId);
  if (!target) throw new ChatError(notFound("member"));
  return target;
}

const isMember = (change: RoomTransaction, userId: number) =>
  and(eq(members.roomId, change.room.id), eq(members.userId, userId));

async function getMember(core: Core, groupId: number, userId: number): Promise<Member> {
  const [row] = await selectMembers(core).where(and(eq(members.roomId, groupId), eq(members.userId, userId)));
  if (!row) throw new ChatError(notFound("member"));
  return toMember(row);
}

const selectMembers = (core: Core) =>
  core.db
    .select({
      user_id: users.id,
      username: users.username,
      role: members.role,
      mutedUntil: members.mutedUntil,
      isMuted: sql<boolean>`coalesce(${members.mutedUntil} > clock_timestamp(), false)`,
      joined_at: members.joinedAt,
      read_seq: members.readSeq,
      delivered_seq: members.deliveredSeq,
      last_read_message_id: sql<number | null>`(
        select e.id from ${events} e where e.room_id = ${members.roomId} and e.seq <= ${members.readSeq} and e.kind = 'message'
        order by e.seq desc limit 1)`.mapWith((id) => (id === null ? null : Number(id))),
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .$dynamic();

const toMember = ({ isMuted, mutedUntil, ...row }: Awaited<ReturnType<typeof selectMembers>>[number]): Member => ({
  ...row,
  is_muted: isMuted,
  muted_until: muteEnd({ isMuted, mutedUntil }),
});
