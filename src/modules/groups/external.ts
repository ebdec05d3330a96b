// Groups that another system keeps, under ids of its own and with members as it says: whatever role or consent it would otherwise take.
import { and, asc, eq, inArray } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { groups, members, users } from "../../db/schema.ts";
import { userBanned } from "../../protocol/refusals.ts";
import type { RoomTransaction } from "../../timeline/room-transaction.ts";
import { deleteMember, insertMember, saveRole } from "./member-changes.ts";
import { findMember, lockMembers, requireNotBanned } from "./policy.ts";
import { saveGroup } from "./service.ts";

/** Membership changes in one transaction, which holds up the messages of all rooms. */
const SLICE = 20;

/** The group that another system calls so, with its present owner; null when there is none. */
export async function findExternalGroup(core: Core, externalId: string) {
  const [found] = await core.db
    .select({ groupId: groups.roomId, ownerId: groups.ownerId })
    .from(groups)
    .where(eq(groups.externalId, externalId));
  return found ?? null;
}

/** Changes the settings that are given. Repeated it changes nothing. */
export const saveExternalGroup = (
  core: Core,
  { groupId, ownerId }: { groupId: number; ownerId: number },
  wanted: { name: string; description?: string; isPrivate?: boolean },
) =>
  changeAs(core, groupId, ownerId, async (change) => {
    const [before] = await change.tx.select().from(groups).where(eq(groups.roomId, groupId));
    if (before) await saveGroup(change, ownerId, before, wanted);
  });

/** Adds whom the group lacks, hands it over, and removes whom it should not have. Throws `banned`, `not_found`. */
export async function saveExternalMembers(
  core: Core,
  { groupId, ownerId }: { groupId: number; ownerId: number },
  wantedIds: ReadonlySet<number>,
  newOwnerId: number,
): Promise<void> {
  const rows = await core.db
    .select({ userId: members.userId })
    .from(members)
    .where(eq(members.roomId, groupId))
    .orderBy(asc(members.userId));
  const present = new Set(rows.map(({ userId }) => userId));
  const wanted = new Set([...wantedIds, newOwnerId]);
  await inSlices([...wanted.difference(present)], (ids) =>
    changeAs(core, groupId, ownerId, (change) => add(change, ownerId, ids)),
  );
  if (newOwnerId !== ownerId) await changeAs(core, groupId, ownerId, (change) => handOver(change, ownerId, newOwnerId));
  await inSlices([...present.difference(wanted)], (ids) =>
    changeAs(core, groupId, newOwnerId, (change) => remove(change, newOwnerId, ids)),
  );
}

/**
 * Adds somebody to a group as another system says, unless they are in it; `record` runs in the same transaction. Throws `banned`.
 */
export const addExternalMember = (
  core: Core,
  { groupId, ownerId }: { groupId: number; ownerId: number },
  userId: number,
  record: (tx: Transaction) => Promise<unknown>,
) =>
  changeAs(core, groupId, ownerId, async (change) => {
    if (await findMember(change.tx, groupId, userId)) return;
    await add(change, ownerId, [userId]);
    await record(change.tx);
  });

/** Removes them, unless they own it; `record` runs in the same transaction whether or not they were there. */
export const removeExternalMember = (
  core: Core,
  { groupId, ownerId }: { groupId: number; ownerId: number },
  userId: number,
  record: (tx: Transaction) => Promise<unknown>,
) =>
  changeAs(core, groupId, ownerId, async (change) => {
    await remove(change, ownerId, [userId]);
    await record(change.tx);
  });

const changeAs = <T>(core: Core, groupId: number, actorId: number, work: (change: RoomTransaction) => Promise<T>) =>
  core.timeline.transaction({ id: groupId, kind: "group" }, actorId, work);

async function inSlices(ids: number[], work: (ids: number[]) => Promise<unknown>) {
  for (let from = 0; from < ids.length; from += SLICE) await work(ids.slice(from, from + SLICE));
}

async function add(change: RoomTransaction, actorId: number, ids: number[]) {
  const people = await change.tx
    .select({ userId: users.id, username: users.username })
    .from(users)
    .where(inArray(users.id, ids))
    .orderBy(asc(users.id));
  for (const person of people) {
    // Another request may have been faster.
    if (await findMember(change.tx, change.room.id, person.userId)) continue;
    await requireNotBanned(change.tx, change.room.id, person.userId, userBanned);
    await insertMember(change, actorId, person);
  }
}

async function remove(change: RoomTransaction, actorId: number, ids: number[]) {
  await lockMembers(change.tx, change.room.id, ids);
  for (const id of ids) {
    const target = await findMember(change.tx, change.room.id, id);
    if (target && target.role !== "owner") await deleteMember(change, actorId, target);
  }
}

async function handOver(change: RoomTransaction, fromId: number, toId: number) {
  const { tx, room } = change;
  await lockMembers(tx, room.id, [fromId, toId]);
  const [from, to] = [await findMember(tx, room.id, fromId), await findMember(tx, room.id, toId)];
  const [group] = await tx
    .select()
    .from(groups)
    .where(and(eq(groups.roomId, room.id), eq(groups.ownerId, fromId)));
  if (!group || !from || !to) return;
  await saveRole(change, fromId, to, "owner");
  await saveRole(change, fromId, from, "admin");
  await saveGroup(change, fromId, group, { ownerId: toId });
}
