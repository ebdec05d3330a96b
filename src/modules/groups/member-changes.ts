// Changes of a membership inside a room's transaction, each with its event. Whether they are allowed is decided before.
import { and, eq } from "drizzle-orm";
import { formerMembers, groupMutes, members } from "../../db/schema.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import type { MemberChange } from "../../protocol/groups.ts";
import type { Role } from "../../protocol/permissions.ts";
import type { Privacy } from "../../protocol/privacy.ts";
import { notFound, userIsMember, youAreMember } from "../../protocol/refusals.ts";
import type { MemberEventKind, RoomTransaction } from "../../timeline/room-transaction.ts";
import { lockPrivacy } from "../users/policy.ts";
import { findMember, type Membership } from "./policy.ts";

/** What an event of a membership may say besides. */
type Details = Pick<MemberChange, "banned" | "invite_by">;

/** The member that an action is aimed at. Throws `not_found`. */
export async function requireTarget(change: RoomTransaction, memberId: number): Promise<Membership> {
  const target = await findMember(change.tx, change.room.id, memberId);
  if (!target) throw new ChatError(notFound("member"));
  return target;
}

/** Begins a membership; a mute from an earlier one returns for a plain member. Throws `already_member`. */
export async function insertMember(
  change: RoomTransaction,
  actorId: number,
  user: { userId: number; username: string },
  role: "admin" | "member" = "member",
  requireConsent: (privacy: Privacy) => void = () => {},
  more: Details = {},
) {
  const roomId = change.room.id;
  const [mute] = await change.tx
    .delete(groupMutes)
    .where(and(eq(groupMutes.roomId, roomId), eq(groupMutes.userId, user.userId)))
    .returning({ until: groupMutes.mutedUntil });
  const mutedUntil = role === "member" && mute ? mute.until : null;
  const privacy = (await lockPrivacy(change.tx, [user.userId])).get(user.userId)!;
  // Earlier messages stay readable, but do not count as unread.
  const seq = change.lastSeq;
  const inserted = await change.tx
    .insert(members)
    .values({
      roomId,
      userId: user.userId,
      role,
      mutedUntil,
      hidesReads: !privacy.read_receipts,
      readSeq: seq,
      deliveredSeq: seq,
    })
    .onConflictDoNothing()
    .returning({ userId: members.userId });
  if (inserted.length === 0) throw new ChatError(actorId === user.userId ? youAreMember : userIsMember);
  requireConsent(privacy);
  const now = mutedUntil ? await requireTarget(change, user.userId) : { isMuted: false, mutedUntil: null };
  await append(change, "member.joined", actorId, { ...now, ...user, role }, more);
}

/** Ends a membership; a mute outlives it. */
export async function deleteMember(change: RoomTransaction, actorId: number, target: Membership, more: Details = {}) {
  const [deleted] = await change.tx
    .delete(members)
    .where(isMember(change, target.userId))
    .returning({ roomId: members.roomId, userId: members.userId, mutedUntil: members.mutedUntil });
  await change.tx.insert(formerMembers).values({ roomId: change.room.id, userId: target.userId }).onConflictDoNothing();
  const mutedUntil = deleted!.mutedUntil;
  if (target.isMuted && mutedUntil) {
    await change.tx
      .insert(groupMutes)
      .values({ ...deleted!, mutedUntil })
      .onConflictDoUpdate({ target: [groupMutes.roomId, groupMutes.userId], set: { mutedUntil } });
  }
  await append(change, "member.left", actorId, target, more);
}

/** Sets a role; one above a plain member's ends a mute. */
export async function saveRole(change: RoomTransaction, actorId: number, target: Membership, role: Role) {
  const unmuted = role === "member" ? {} : { isMuted: false, mutedUntil: null };
  await change.tx
    .update(members)
    .set({ role, ...(role === "member" ? {} : { mutedUntil: null }) })
    .where(isMember(change, target.userId));
  await append(change, "member.role", actorId, { ...target, ...unmuted, role });
}

/** Mutes until a moment, or (null) unmutes. Throws `invalid` for a moment that has passed. */
export async function saveMute(
  change: RoomTransaction,
  actorId: number,
  target: Membership,
  mutedUntil: string | null,
) {
  await change.tx.update(members).set({ mutedUntil }).where(isMember(change, target.userId));
  const now = await requireTarget(change, target.userId);
  // By the database's clock, as the mute itself is judged. The error rolls the update back.
  if (mutedUntil !== null && !now.isMuted) throw invalid("until", "must lie in the future");
  await append(change, now.isMuted ? "member.muted" : "member.unmuted", actorId, now);
}

const append = (
  change: RoomTransaction,
  kind: MemberEventKind,
  actorId: number,
  member: Membership,
  more: Details = {},
) =>
  change.append({
    kind,
    actorId,
    data: {
      group_id: change.room.id,
      user_id: member.userId,
      username: member.username,
      role: member.role,
      is_muted: member.isMuted,
      muted_until: member.mutedUntil,
      ...more,
      actor_id: actorId,
    },
  });

const isMember = (change: RoomTransaction, userId: number) =>
  and(eq(members.roomId, change.room.id), eq(members.userId, userId));
