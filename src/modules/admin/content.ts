// Messages and groups that moderators and admins take away.
import { and, eq } from "drizzle-orm";
import { type Actor, logAudit, writeAudit } from "../../audit/audit.ts";
import type { Core } from "../../core.ts";
import { events, groups, rooms } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { notFound } from "../../protocol/refusals.ts";
import { removeMessage } from "../../timeline/remove-message.ts";
import type { RoomTransaction } from "../../timeline/room-transaction.ts";
import { removeGroup } from "../groups/service.ts";
import { type AfterCommit, cleanReason } from "./bans.ts";
import { requireTarget } from "./policy.ts";

type Acting = Pick<Core, "db" | "log" | "timeline" | "config">;

const LEFT_BEHIND = { mayBeDeleted: true };

/** In whose turn what the command line does is done. */
const turnOf = ({ id }: Actor) => id ?? 0;

/**
 * Empties a message, wherever it is, as its author could; one that is deleted already stays as it is. Throws `not_found`, and
 * `forbidden` where a moderator does it to more than a user.
 */
export async function deleteAnyMessage(core: Acting, actor: Actor, messageId: number, why?: string): Promise<void> {
  const reason = cleanReason(why);
  const [found] = await core.db
    .select({ roomId: events.roomId, kind: rooms.kind, authorId: events.actorId })
    .from(events)
    .innerJoin(rooms, eq(rooms.id, events.roomId))
    .where(and(eq(events.id, messageId), eq(events.kind, "message")));
  if (!found) throw new ChatError(notFound("message"));
  const { roomId, kind, authorId } = found;
  const after = await core.timeline.transaction({ id: roomId, kind }, turnOf(actor), (change) =>
    deleteMessageIn(core, change, actor, { id: messageId, authorId }, reason),
  );
  after();
}

/** The same in a transaction of its room. Where there is no such message any more nothing is done. */
export async function deleteMessageIn(
  core: Pick<Core, "log" | "config">,
  change: RoomTransaction,
  actor: Actor,
  { id: messageId, authorId }: { id: number; authorId: number },
  reason: string,
): Promise<AfterCommit> {
  const { id: roomId, kind } = change.room;
  const entry = {
    event: "message_deleted_by_admin",
    actor,
    userId: authorId,
    messageId,
    ...(kind === "group" && { groupId: roomId }),
    details: { reason, ...(kind === "direct" && { conversation: roomId }) },
  } as const;
  if (actor.id !== authorId) await requireTarget(change.tx, actor, authorId, "moderate", LEFT_BEHIND);
  if (!(await removeMessage(change, actor.id ?? authorId, messageId, core.config.search))) return () => {};
  await writeAudit(change.tx, entry);
  return () => logAudit(core.log, entry);
}

/** Deletes a group with everything in it, as its owner could. Throws `not_found`, `forbidden`. */
export async function deleteAnyGroup(core: Core, actor: Actor, groupId: number, why?: string): Promise<void> {
  const reason = cleanReason(why);
  const after = await core.timeline.transaction({ id: groupId, kind: "group" }, turnOf(actor), (change) =>
    deleteGroupIn(core, change, actor, reason),
  );
  after();
}

/** The same in a transaction of the group. */
export async function deleteGroupIn(
  core: Core,
  change: RoomTransaction,
  actor: Actor,
  reason: string,
): Promise<AfterCommit> {
  const { id: groupId } = change.room;
  const [group] = await change.tx.select().from(groups).where(eq(groups.roomId, groupId));
  if (!group) throw new ChatError(notFound("group"));
  const { ownerId } = group;
  if (actor.id !== ownerId) await requireTarget(change.tx, actor, ownerId, "moderate", LEFT_BEHIND);
  await removeGroup(core, change, actor.id ?? ownerId);
  const entry = { event: "group_deleted_by_admin", actor, groupId, userId: ownerId, details: { reason } } as const;
  await writeAudit(change.tx, entry);
  return () => logAudit(core.log, entry);
}
