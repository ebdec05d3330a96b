// Groups themselves: creating, finding, changing and deleting them. Their members are in members.ts.
import { and, eq, sql } from "drizzle-orm";
import type { RoomSignal } from "../../bus/bus.ts";
import type { Core } from "../../core.ts";
import { notify } from "../../db/notify.ts";
import { groups, members, rooms } from "../../db/schema.ts";
import { newestFirst, toPage } from "../../http/pagination.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { trimmedText } from "../../lib/validation.ts";
import { wordsOf, wordsQuery } from "../../lib/words.ts";
import { type Group, type GroupField, groupDeleted } from "../../protocol/groups.ts";
import { GROUP_DESCRIPTION_LIMIT, GROUP_NAME_LIMIT, PAGE_LIMIT } from "../../protocol/limits.ts";
import type { GroupAction } from "../../protocol/permissions.ts";
import { notFound } from "../../protocol/refusals.ts";
import type { RoomTransaction } from "../../timeline/room-transaction.ts";
import { lockPrivacy } from "../users/policy.ts";
import { lockMembers, type Membership, requireMember, requirePermission } from "./policy.ts";
import { selectGroups, toGroup, withSummaries } from "./queries.ts";

/** Creates a group with the caller as its owner and only member; one that another system keeps under `externalId`. */
export async function createGroup(
  core: Core,
  userId: number,
  input: { name: string; description?: string; is_private?: boolean },
  externalId: string | null = null,
): Promise<Group> {
  const name = cleanName(input.name);
  if (externalId === null) core.limits.createGroup(userId);
  const joined = (roomId: number): RoomSignal => ({ type: "member.joined", kind: "group", roomId, userId, seq: 0 });
  const groupId = await core.db.transaction(async (tx) => {
    const [room] = await tx.insert(rooms).values({ kind: "group" }).returning({ id: rooms.id });
    await tx.insert(groups).values({
      roomId: room!.id,
      name,
      nameWords: toWords(name),
      description: cleanDescription(input.description ?? ""),
      ownerId: userId,
      isPrivate: input.is_private ?? true,
      externalId,
    });
    const privacy = (await lockPrivacy(tx, [userId], userId)).get(userId);
    await tx.insert(members).values({ roomId: room!.id, userId, role: "owner", hidesReads: !privacy!.read_receipts });
    await notify(tx, core.bus.notificationOf(joined(room!.id)));
    return room!.id;
  });
  core.bus.signal(joined(groupId));
  return getGroup(core, userId, groupId);
}

/** A group as the caller sees it. A private one that isn't theirs is `not_found`. */
export async function getGroup(core: Core, userId: number, groupId: number): Promise<Group> {
  const [row] = await selectGroups(core, userId).where(eq(groups.roomId, groupId));
  if (!row || (row.is_private && !row.role)) throw new ChatError(notFound("group"));
  const { rows, summaries } = await withSummaries(core, userId, [row]);
  return toGroup(rows[0]!, summaries);
}

/**
 * The caller's groups, newest activity first; or with `scope` public those anyone may join, newest first. With a `query` only
 * those with a word in their name for each of its words that begins with it.
 */
export async function listGroups(
  core: Core,
  userId: number,
  scope: "mine" | "public",
  { cursor, query = "", limit = PAGE_LIMIT }: { cursor?: string; query?: string; limit?: number },
) {
  const at = scope === "mine" ? rooms.lastEventAt : rooms.createdAt;
  const { isPast, orderBy } = newestFirst(at, groups.roomId, cursor);
  const found = await selectGroups(core, userId)
    .where(
      and(
        scope === "mine" ? eq(members.userId, userId) : sql`not ${groups.isPrivate}`,
        query.trim() === "" ? undefined : sql`${groups.nameWords} @@ ${wordsQuery(query)}::tsquery`,
        isPast,
      ),
    )
    .orderBy(...orderBy)
    .limit(limit + 1);
  const { rows, summaries } = await withSummaries(core, userId, found);
  return toPage(
    rows,
    limit,
    (row) => [scope === "mine" ? row.last_activity_at : row.created_at, row.id],
    (row) => toGroup(row, summaries),
  );
}

/** Renames or describes; an admin may. What stays the same is no change. Throws `not_found`, `forbidden`, `invalid`. */
export async function updateGroup(
  core: Core,
  userId: number,
  groupId: number,
  input: { name?: string; description?: string },
): Promise<Group> {
  if (input.name === undefined && input.description === undefined)
    throw invalid("name", "give a name, a description or both");
  const wanted = {
    ...(input.name === undefined ? {} : { name: cleanName(input.name) }),
    ...(input.description === undefined ? {} : { description: cleanDescription(input.description) }),
  };
  return setGroup(core, userId, groupId, "updateGroup", wanted);
}

/** Opens a group to everyone, or closes it. For the owner alone. */
export const setVisibility = (core: Core, userId: number, groupId: number, isPrivate: boolean): Promise<Group> =>
  setGroup(core, userId, groupId, "setVisibility", { isPrivate });

/** Deletes a group with everything in it. For the owner alone. */
export async function deleteGroup(core: Core, userId: number, groupId: number): Promise<void> {
  await changeGroup(core, userId, groupId, async (change, actor) => {
    requirePermission(actor, "deleteGroup");
    await removeGroup(core, change, userId);
  });
}

/** The same, once it is decided. */
export async function removeGroup(core: Core, change: RoomTransaction, actorId: number): Promise<void> {
  const groupId = change.room.id;
  await lockMembers(change.tx, groupId);
  await change.tx.delete(members).where(eq(members.roomId, groupId));
  await change.tx.delete(groups).where(eq(groups.roomId, groupId));
  const deleted: RoomSignal = { type: "room.deleted", kind: "group", roomId: groupId };
  await notify(change.tx, core.bus.notificationOf(deleted));
  change.onCommit(() => {
    const data = { group_id: groupId, actor_id: actorId };
    core.bus.publishToRoom({ kind: "group", id: groupId }, groupDeleted.frames.group.encode(data));
    core.bus.signal(deleted);
    core.timeline.purge();
  });
}

/** Runs a change of the group with the caller as `actor`, both as they stand under the room's lock. It counts as a send. */
export async function changeGroup<T>(
  core: Core,
  userId: number,
  groupId: number,
  work: (change: RoomTransaction, actor: Membership) => Promise<T>,
): Promise<T> {
  core.limits.send(userId);
  return core.timeline.transaction({ id: groupId, kind: "group" }, userId, async (change) =>
    work(change, await requireMember(change.tx, groupId, userId)),
  );
}

async function setGroup(
  core: Core,
  userId: number,
  groupId: number,
  action: GroupAction,
  wanted: Partial<GroupSettings>,
) {
  await changeGroup(core, userId, groupId, async (change, actor) => {
    requirePermission(actor, action);
    const [before] = await change.tx.select().from(groups).where(eq(groups.roomId, groupId));
    await saveGroup(change, userId, before!, wanted);
  });
  return getGroup(core, userId, groupId);
}

type GroupSettings = Omit<typeof groups.$inferSelect, "roomId" | "nameWords">;

/** Changes a group's settings, with an event that names those that differ; none does nothing. */
export async function saveGroup(
  change: RoomTransaction,
  actorId: number,
  before: typeof groups.$inferSelect,
  wanted: Partial<GroupSettings>,
): Promise<void> {
  const toFields = ({ name, description, isPrivate, ownerId }: GroupSettings) => {
    return { name, description, is_private: isPrivate, owner_id: ownerId };
  };
  const [old, fields] = [toFields(before), toFields({ ...before, ...wanted })];
  const changes = (Object.keys(fields) as GroupField[]).filter((field) => fields[field] !== old[field]);
  if (changes.length === 0) return;
  const words = wanted.name === undefined ? {} : { nameWords: toWords(wanted.name) };
  await change.tx
    .update(groups)
    .set({ ...wanted, ...words })
    .where(eq(groups.roomId, before.roomId));
  const data = { group_id: before.roomId, ...fields, changes, actor_id: actorId };
  await change.append({ kind: "group.updated", actorId, data });
}

const toWords = (name: string) => sql<string>`array_to_tsvector(${sql.param(wordsOf(name))}::text[])`;
export const cleanName = (name: string) => trimmedText("name", name, GROUP_NAME_LIMIT, { as: "name" });
export const cleanDescription = (description: string) =>
  trimmedText("description", description, GROUP_DESCRIPTION_LIMIT, { minLength: 0 });
