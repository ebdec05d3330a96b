// Messages and groups that moderators and admins take away, and the list of groups, without what is said in them.
import { and, desc, eq, getTableColumns, lt, sql } from "drizzle-orm";
import { type Actor, logAudit, writeAudit } from "../../audit/audit.ts";
import type { Core } from "../../core.ts";
import { personColumns, toPerson } from "../../db/people.ts";
import { events, groups, members, rooms, users } from "../../db/schema.ts";
import { readCursor, toPage } from "../../http/pagination.ts";
import { ChatError } from "../../lib/errors.ts";
import { wordsQuery } from "../../lib/words.ts";
import type { AdminGroup } from "../../protocol/admin.ts";
import { PAGE_LIMIT } from "../../protocol/limits.ts";
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

/** All groups, private ones as well, newest first; with a `query` those with such a name. Throws `bad_request`. */
export async function listAllGroups(
  { db }: Pick<Core, "db">,
  { query = "", cursor, limit = PAGE_LIMIT }: { query?: string; cursor?: string; limit?: number },
) {
  const after = readCursor(cursor, "id")?.[0];
  const rows = await db
    .select({
      group: getTableColumns(groups),
      room: getTableColumns(rooms),
      owner: personColumns(users),
      memberCount: sql<number>`(select count(*) from ${members} where ${members.roomId} = ${groups.roomId})`.mapWith(
        Number,
      ),
    })
    .from(groups)
    .innerJoin(rooms, eq(rooms.id, groups.roomId))
    .innerJoin(users, eq(users.id, groups.ownerId))
    .where(
      and(
        after === undefined ? undefined : lt(groups.roomId, Number(after)),
        query.trim() === "" ? undefined : sql`${groups.nameWords} @@ ${wordsQuery(query)}::tsquery`,
      ),
    )
    .orderBy(desc(groups.roomId))
    .limit(limit + 1);
  return toPage(
    rows,
    limit,
    ({ room }) => [room.id],
    ({ group, room, owner, memberCount }): AdminGroup => ({
      id: room.id,
      name: group.name,
      description: group.description,
      is_private: group.isPrivate,
      owner: toPerson(owner),
      member_count: memberCount,
      event_count: room.lastSeq,
      created_at: room.createdAt,
      last_activity_at: room.lastEventAt,
    }),
  );
}
