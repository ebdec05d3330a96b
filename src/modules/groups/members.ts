// Members of groups: joining, adding, leaving, removing, roles and mutes.
import { and, asc, eq, gt } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { groups, members } from "../../db/schema.ts";
import { readCursor, toPage } from "../../http/pagination.ts";
import { ChatError } from "../../lib/errors.ts";
import type { Group, Member } from "../../protocol/groups.ts";
import { can, type Role } from "../../protocol/permissions.ts";
import { notFound, onlyFriendsAdd, ownerMustStay, ownRole, userBanned, youAreBanned } from "../../protocol/refusals.ts";
import { requireUnblocked } from "../blocks/policy.ts";
import { areFriends } from "../friends/policy.ts";
import { findUser } from "../users/service.ts";
import { deleteMember, insertMember, requireTarget, saveMute, saveRole } from "./member-changes.ts";
import { findMember, lockMembers, requireMember, requireNotBanned, requirePermission } from "./policy.ts";
import { getMember, selectMembers, toMember } from "./queries.ts";
import { changeGroup, getGroup, saveGroup } from "./service.ts";

/**
 * Adds a user, as an admin if the owner wants it. Throws `forbidden`, `banned`, `not_found` (also for a user who blocks
 * the caller), `blocked`, `already_member`, `slow_down` for too many users who are not the caller's friends.
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
    const areStrangers = !(await areFriends(tx, userId, newUserId));
    await insertMember(change, userId, { userId: newUserId, username: user.username }, role, (privacy) => {
      if (areStrangers && privacy.groups_from === "friends") throw new ChatError(onlyFriendsAdd);
    });
    if (areStrangers) core.limits.addStranger(userId);
  });
  return getMember(core, userId, groupId, newUserId);
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
  const rows = await selectMembers(core, userId)
    .where(and(eq(members.roomId, groupId), after === undefined ? undefined : gt(members.userId, Number(after))))
    .orderBy(asc(members.userId))
    .limit(limit + 1);
  return toPage(rows, limit, ({ person }) => [person.id], toMember);
}

/** Leaves a group; the owner hands it over or deletes it first (`owner_must_stay`). */
export async function leaveGroup(core: Core, userId: number, groupId: number): Promise<void> {
  await changeGroup(core, userId, groupId, async (change, actor) => {
    if (!can(actor.role, "leaveGroup")) throw new ChatError(ownerMustStay);
    core.limits.leave(userId, groupId);
    await deleteMember(change, userId, actor);
  });
}

/** Removes a member of lower rank. Throws `forbidden`, `not_found`. */
export async function removeMember(core: Core, userId: number, groupId: number, memberId: number): Promise<void> {
  if (memberId === userId) return leaveGroup(core, userId, groupId);
  await changeGroup(core, userId, groupId, async (change, actor) => {
    const target = await requireTarget(change, memberId);
    requirePermission(actor, "removeMember", target);
    await deleteMember(change, userId, target);
  });
}

/** Makes a member an admin or a plain member, or hands the group over to them (`owner`). For the owner alone. */
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
  return getMember(core, userId, groupId, memberId);
}

/** Mutes a member of lower rank until a moment, or (null) until unmuted. Throws `forbidden`, `not_found`, `invalid`. */
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
    await saveMute(change, userId, target, mutedUntil);
  });
  return getMember(core, userId, groupId, memberId);
}
