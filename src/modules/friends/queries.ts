// The statements about friend requests and friendships.
import { aliasedTable, and, desc, eq, or, sql } from "drizzle-orm";
import type { Database, Transaction } from "../../db/client.ts";
import { personColumns, toPerson } from "../../db/people.ts";
import { friendRequests, friends, users } from "../../db/schema.ts";
import type { FriendRequest } from "../../protocol/friends.ts";
import { lockPrivacy } from "../users/policy.ts";

const sender = aliasedTable(users, "sender");
const receiver = aliasedTable(users, "receiver");

export const selectRequests = (db: Database | Transaction) =>
  db
    .select({
      id: friendRequests.id,
      sender: personColumns(sender),
      receiver: personColumns(receiver),
      status: friendRequests.status,
      created_at: friendRequests.createdAt,
    })
    .from(friendRequests)
    .innerJoin(sender, eq(sender.id, friendRequests.senderId))
    .innerJoin(receiver, eq(receiver.id, friendRequests.receiverId));

export const toRequest = ({
  id,
  sender,
  receiver,
  ...row
}: Awaited<ReturnType<typeof selectRequests>>[number]): FriendRequest => ({
  id,
  sender: toPerson(sender),
  receiver: toPerson(receiver),
  ...row,
});

export async function getRequest(tx: Transaction, requestId: number): Promise<FriendRequest> {
  const [request] = await selectRequests(tx).where(eq(friendRequests.id, requestId));
  return toRequest(request!);
}

const isPending = (a: number, b: number) =>
  and(
    or(
      and(eq(friendRequests.senderId, a), eq(friendRequests.receiverId, b)),
      and(eq(friendRequests.senderId, b), eq(friendRequests.receiverId, a)),
    ),
    eq(friendRequests.status, "pending"),
  );

/** The pending request between two people, in either direction; undefined when there is none. */
export async function findPendingRequest(tx: Transaction, a: number, b: number) {
  const [request] = await tx
    .select({ id: friendRequests.id, senderId: friendRequests.senderId })
    .from(friendRequests)
    .where(isPending(a, b));
  return request;
}

/** Deletes the pending requests of a locked pair, and returns them. */
export async function deletePendingRequests(tx: Transaction, a: number, b: number): Promise<FriendRequest[]> {
  const pending = await selectRequests(tx).where(isPending(a, b));
  await tx.delete(friendRequests).where(isPending(a, b));
  return pending.map(toRequest);
}

export const closeRequest = (tx: Transaction, requestId: number, status: "accepted" | "declined") =>
  tx.update(friendRequests).set({ status, answeredAt: sql`clock_timestamp()` }).where(eq(friendRequests.id, requestId));

/** Seconds until the sender may ask the receiver again, who declined within a day; null where nothing forbids it. */
export async function secondsUntilRetry(tx: Transaction, senderId: number, receiverId: number): Promise<number | null> {
  const [declined] = await tx
    .select({
      left: sql`extract(epoch from ${friendRequests.answeredAt} + interval '1 day' - clock_timestamp())`.mapWith(
        Number,
      ),
    })
    .from(friendRequests)
    .where(
      and(
        eq(friendRequests.senderId, senderId),
        eq(friendRequests.receiverId, receiverId),
        eq(friendRequests.status, "declined"),
        sql`${friendRequests.answeredAt} > clock_timestamp() - interval '1 day'`,
      ),
    )
    .orderBy(desc(friendRequests.answeredAt))
    .limit(1);
  // The clock may have been set back since.
  return declined ? Math.min(86_400, Math.ceil(declined.left)) : null;
}

/** Of a locked pair. */
export async function insertFriendship(tx: Transaction, a: number, b: number) {
  const privacy = await lockPrivacy(tx, [a, b]);
  const hidesPresence = privacy.values().some(({ last_seen }) => !last_seen);
  await tx.insert(friends).values([
    { userId: a, friendId: b, hidesPresence },
    { userId: b, friendId: a, hidesPresence },
  ]);
}

/** Deletes the friendship of a locked pair; false when there was none. */
export async function removeFriendship(tx: Transaction, a: number, b: number): Promise<boolean> {
  const removed = await tx
    .delete(friends)
    .where(or(and(eq(friends.userId, a), eq(friends.friendId, b)), and(eq(friends.userId, b), eq(friends.friendId, a))))
    .returning({ id: friends.userId });
  return removed.length > 0;
}
