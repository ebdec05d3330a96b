// Invites to groups: created, listed and revoked by admins, shown to whoever has the code, and followed.
import { and, count, eq, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { groups, invites, members, users } from "../../db/schema.ts";
import { newestFirst, toPage } from "../../http/pagination.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import type { Group } from "../../protocol/groups.ts";
import type { Invite, InviteInfo, NewInvite } from "../../protocol/invites.ts";
import { INVITE_DAYS, INVITE_MAX_DAYS, INVITES_LIMIT } from "../../protocol/limits.ts";
import { notFound, youAreBanned } from "../../protocol/refusals.ts";
import { findInvite, isInForce, letsRegister, lookUpInvite, newInviteCode, takeInvite } from "../invites/policy.ts";
import { insertMember } from "./member-changes.ts";
import { findMember, requireMember, requireNotBanned, requirePermission } from "./policy.ts";
import { changeGroup, getGroup } from "./service.ts";

/**
 * Creates an invite; with a `client_id` that the caller has used in this group, returns that one. Throws `forbidden`, `not_found`,
 * `invalid`.
 */
export async function createInvite(core: Core, userId: number, groupId: number, input: NewInvite): Promise<Invite> {
  const { expires_at = null, max_uses: maxUses = null, client_id: clientId = null } = input;
  const code = await changeGroup(core, userId, groupId, async ({ tx }, actor) => {
    requirePermission(actor, "createInvite");
    const isOfGroup = eq(invites.roomId, groupId);
    if (clientId) {
      const [same] = await tx
        .select({ code: invites.code })
        .from(invites)
        .where(and(isOfGroup, eq(invites.creatorId, userId), eq(invites.clientId, clientId)));
      if (same) return same.code;
    }
    await tx.delete(invites).where(and(isOfGroup, sql`not ${isInForce}`));
    const [known] = await tx.select({ count: count() }).from(invites).where(isOfGroup);
    if (known!.count >= INVITES_LIMIT)
      throw invalid("group_id", `has ${INVITES_LIMIT} invites already: revoke some that are not needed`);
    const expiresAt = sql<string>`coalesce(${expires_at}::timestamptz, now() + ${INVITE_DAYS} * interval '1 day')`;
    const [created] = await tx
      .insert(invites)
      .values({
        code: newInviteCode(),
        roomId: groupId,
        creatorId: userId,
        clientId,
        maxUses,
        expiresAt: expiresAt as never,
      })
      .returning({
        code: invites.code,
        isInForce,
        isTooLong: sql<boolean>`${invites.expiresAt} > now() + ${INVITE_MAX_DAYS} * interval '1 day'`,
      });
    // By the database's clock, as the invite itself is judged. The error rolls it back.
    if (!created!.isInForce) throw invalid("expires_at", "must lie in the future");
    if (created!.isTooLong) throw invalid("expires_at", `must lie within ${INVITE_MAX_DAYS} days`);
    return created!.code;
  });
  const [row] = await selectInvites(core).where(eq(invites.code, code));
  // Revoked meanwhile.
  if (!row) throw new ChatError(notFound("invite"));
  return toInvite(core, row);
}

/** Those that have not run out, newest first. For admins. Throws `forbidden`, `not_found`. */
export async function listInvites(
  core: Core,
  userId: number,
  groupId: number,
  cursor: string | undefined,
  limit: number,
) {
  requirePermission(await requireMember(core.db, groupId, userId), "listInvites");
  const { isPast, orderBy } = newestFirst(invites.createdAt, invites.id, cursor);
  const rows = await selectInvites(core)
    .where(and(eq(invites.roomId, groupId), isInForce, isPast))
    .orderBy(...orderBy)
    .limit(limit + 1);
  return toPage(
    rows,
    limit,
    ({ created_at, id }) => [created_at, id],
    (row) => toInvite(core, row),
  );
}

/** Ends an invite; where there is none it changes nothing. For admins. Throws `forbidden`, `not_found`. */
export async function revokeInvite(core: Core, userId: number, groupId: number, code: string): Promise<void> {
  await changeGroup(core, userId, groupId, async ({ tx }, actor) => {
    requirePermission(actor, "revokeInvite");
    await tx.delete(invites).where(and(eq(invites.roomId, groupId), eq(invites.code, code)));
  });
}

/** What an invite is to, for whoever has it. Throws `not_found`, `closed`, `slow_down`. */
export async function getInvite(core: Core, code: string, network: string): Promise<InviteInfo> {
  const invite = await findInvite(core, code, network);
  const info = { can_register: letsRegister(core.config, invite), expires_at: invite.expiresAt };
  if (invite.roomId === null) return info;
  const [group] = await core.db
    .select({
      id: groups.roomId,
      name: groups.name,
      description: groups.description,
      member_count:
        sql`(${core.db.select({ count: count() }).from(members).where(eq(members.roomId, groups.roomId))})`.mapWith(
          Number,
        ),
    })
    .from(groups)
    .where(eq(groups.roomId, invite.roomId));
  if (!group) throw new ChatError(notFound("invite"));
  return { group, ...info };
}

/** Joins the group of an invite; for a member it changes nothing. Throws `not_found`, `closed`, `banned`, `slow_down`. */
export async function joinByInvite(
  core: Core,
  user: { userId: number; username: string },
  code: string,
  network: string,
): Promise<Group> {
  const { userId } = user;
  core.limits.send(userId);
  const { invite } = await lookUpInvite(core, code, network);
  const { roomId: groupId } = invite;
  if (groupId === null) throw new ChatError(notFound("group"));
  await core.timeline.transaction({ id: groupId, kind: "group" }, userId, async (change) => {
    if (await findMember(change.tx, groupId, userId)) return;
    await requireNotBanned(change.tx, groupId, userId, youAreBanned);
    const { creatorId } = await takeInvite(change.tx, code, userId);
    await insertMember(change, userId, user, "member", undefined, creatorId === null ? {} : { invite_by: creatorId });
    core.limits.join(userId, groupId);
  });
  return getGroup(core, userId, groupId);
}

const selectInvites = (core: Core) =>
  core.db
    .select({
      id: invites.id,
      code: invites.code,
      creator_id: users.id,
      creator_name: users.username,
      uses: invites.uses,
      max_uses: invites.maxUses,
      expires_at: invites.expiresAt,
      created_at: invites.createdAt,
    })
    .from(invites)
    .innerJoin(users, eq(users.id, invites.creatorId))
    .$dynamic();

const toInvite = ({ mail }: Core, { id: _, ...row }: Awaited<ReturnType<typeof selectInvites>>[number]): Invite => ({
  ...row,
  url: mail.link(`invite/${row.code}`),
});
