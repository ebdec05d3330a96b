// A deleted account leaves its rooms: groups go on without it, under another owner where it was that, and conversations stay for the
// other side, who can't write in them any more.
import { and, asc, desc, eq, ne, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { formerMembers, groups, members, users } from "../../db/schema.ts";
import type { RoomKind } from "../../protocol/rooms.ts";
import { purgeRoom } from "../../timeline/purge.ts";
import type { RoomTransaction } from "../../timeline/room-transaction.ts";
import { deleteMember, saveRole } from "../groups/member-changes.ts";
import { findMember, lockMembers, type Membership } from "../groups/policy.ts";
import { removeGroup, saveGroup } from "../groups/service.ts";
import { inRoom, type Purge } from "./bites.ts";

const SLICE = 100;

/** False when the server closes before that is done. */
export async function leaveRooms({ core, userId, frame, goOn }: Purge): Promise<boolean> {
  for (;;) {
    const rooms = await core.sql<{ id: number; kind: RoomKind }[]>`
      select r.id, r.kind from members m join rooms r on r.id = m.room_id where m.user_id = ${userId}
      order by r.id limit ${SLICE}`;
    if (rooms.length === 0) return true;
    for (const room of rooms) {
      if (room.kind === "group") await leaveGroup(core, userId, room.id);
      else if (!(await leaveConversation(core, userId, room.id)) && !(await purgeRoom(core.sql, room.id, () => false)))
        return false;
      core.bus.publishToRoom(room, frame);
      if (!(await goOn())) return false;
    }
  }
}

const leaveGroup = (core: Core, userId: number, id: number) =>
  inRoom(core, userId, { id, kind: "group" }, async (change) => {
    const member = await findMember(change.tx, id, userId);
    if (!member) return;
    if (member.role === "owner") {
      const successor = await findSuccessor(change, userId);
      if (!successor) return removeGroup(core, change, userId);
      await handOver(change, userId, successor);
    }
    await deleteMember(change, userId, member);
  });

async function handOver(change: RoomTransaction, userId: number, successor: Membership) {
  const groupId = change.room.id;
  await lockMembers(change.tx, groupId, [userId, successor.userId]);
  await saveRole(change, userId, successor, "owner");
  const [group] = await change.tx.select().from(groups).where(eq(groups.roomId, groupId));
  await saveGroup(change, userId, group!, { ownerId: successor.userId });
}

/** Who has been an admin for the longest, or else a member; null when no person is left. */
async function findSuccessor({ tx, room }: RoomTransaction, userId: number): Promise<Membership | null> {
  const [next] = await tx
    .select({ userId: members.userId })
    .from(members)
    .innerJoin(users, and(eq(users.id, members.userId), sql`${users.deletedAt} is null and not ${users.isBot}`))
    .where(and(eq(members.roomId, room.id), ne(members.userId, userId)))
    .orderBy(desc(sql`${members.role} = 'admin'`), asc(members.joinedAt), asc(members.userId))
    .limit(1);
  return next ? findMember(tx, room.id, next.userId) : null;
}

/** False, and nothing is done, when nobody would be left: the conversation goes as a whole. */
async function leaveConversation(core: Core, userId: number, id: number): Promise<boolean> {
  let isLeft = true;
  await inRoom(core, userId, { id, kind: "direct" }, async ({ tx }) => {
    await lockMembers(tx, id);
    const isHere = eq(members.roomId, id);
    const isOther = and(isHere, ne(members.userId, userId));
    // As with a block the statements that store messages ask for nothing more.
    const others = await tx.update(members).set({ isBlocked: true }).where(isOther).returning({ id: members.userId });
    isLeft = others.length > 0;
    if (!isLeft) return;
    await tx.insert(formerMembers).values({ roomId: id, userId }).onConflictDoNothing();
    await tx.delete(members).where(and(isHere, eq(members.userId, userId)));
  });
  return isLeft;
}
