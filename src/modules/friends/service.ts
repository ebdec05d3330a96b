// Friend requests and friendships. Everything about a pair of people happens under the lock of both.
import { aliasedTable, and, asc, desc, eq, gt, inArray, lt, or, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Database, Transaction } from "../../db/client.ts";
import { friendRequests, friends, users } from "../../db/schema.ts";
import { readCursor, toPage } from "../../http/pagination.ts";
import { ChatError } from "../../lib/errors.ts";
import {
  type Friend,
  type FriendRequest,
  friendAccepted,
  friendCancelled,
  friendDeclined,
  friendRemoved,
  friendRequested,
} from "../../protocol/friends.ts";
import { presenceFrame } from "../../protocol/presence.ts";
import {
  alreadyAnswered,
  alreadyFriends,
  alreadyRequested,
  cannotBefriendSelf,
  notFound,
  requestDeclined,
} from "../../protocol/refusals.ts";
import { userTopic } from "../../protocol/rooms.ts";
import { requireUnblocked } from "../blocks/policy.ts";
import { findUser, lockPair } from "../users/service.ts";

const sender = aliasedTable(users, "sender");
const receiver = aliasedTable(users, "receiver");

const selectRequests = (db: Database | Transaction) =>
  db
    .select({
      id: friendRequests.id,
      sender: { id: sender.id, username: sender.username },
      receiver: { id: receiver.id, username: receiver.username },
      status: friendRequests.status,
      created_at: friendRequests.createdAt,
    })
    .from(friendRequests)
    .innerJoin(sender, eq(sender.id, friendRequests.senderId))
    .innerJoin(receiver, eq(receiver.id, friendRequests.receiverId));

const between = (a: number, b: number) =>
  or(
    and(eq(friendRequests.senderId, a), eq(friendRequests.receiverId, b)),
    and(eq(friendRequests.senderId, b), eq(friendRequests.receiverId, a)),
  );

/**
 * Asks for a friendship. When the other side has asked already, both are friends at once (status `accepted`). Throws
 * `not_found` (no such user, or one who blocks the caller), `blocked`, `already_friends`, `already_requested`, `bad_request`,
 * `slow_down` (asked too often, or declined within a day).
 */
export async function sendFriendRequest(core: Core, userId: number, idOrName: string): Promise<FriendRequest> {
  const found = await findUser(core, idOrName);
  if (!found) throw new ChatError(notFound("user"));
  if (found.id === userId) throw new ChatError(cannotBefriendSelf);
  const request = await core.db.transaction(async (tx) => {
    await lockPair(tx, userId, found.id);
    await requireUnblocked(tx, userId, found.id);
    const [friend] = await tx
      .select()
      .from(friends)
      .where(and(eq(friends.userId, userId), eq(friends.friendId, found.id)));
    if (friend) throw new ChatError(alreadyFriends);
    const [open] = await tx
      .select({ id: friendRequests.id, senderId: friendRequests.senderId })
      .from(friendRequests)
      .where(and(between(userId, found.id), eq(friendRequests.status, "pending")));
    if (open?.senderId === userId) throw new ChatError(alreadyRequested);
    if (open) return accept(tx, open.id, userId, found.id);
    await requireNotDeclined(tx, userId, found.id);
    core.limits.friendRequest(userId, found.id);
    const [made] = await tx
      .insert(friendRequests)
      .values({ senderId: userId, receiverId: found.id })
      .returning({ id: friendRequests.id });
    return getRequest(tx, made!.id);
  });
  await announce(core, request);
  return request;
}

/** Open requests, newest first. */
export async function listFriendRequests(
  core: Core,
  userId: number,
  direction: "incoming" | "outgoing",
  cursor: string | undefined,
  limit: number,
) {
  const before = readCursor(cursor, "id")?.[0];
  const mine = direction === "incoming" ? friendRequests.receiverId : friendRequests.senderId;
  const rows = await selectRequests(core.db)
    .where(
      and(
        eq(mine, userId),
        eq(friendRequests.status, "pending"),
        before === undefined ? undefined : lt(friendRequests.id, Number(before)),
      ),
    )
    .orderBy(desc(friendRequests.id))
    .limit(limit + 1);
  return toPage(
    rows,
    limit,
    (row) => [row.id],
    (row): FriendRequest => row,
  );
}

/** Accepts or declines a request made to the caller. Throws `not_found`, `already_answered`. */
export async function answerFriendRequest(
  core: Core,
  userId: number,
  requestId: number,
  answer: "accepted" | "declined",
): Promise<FriendRequest> {
  const request = await findRequest(core.db, requestId, "receiver", userId);
  const answered = await core.db.transaction(async (tx) => {
    await lockPair(tx, userId, request.sender.id);
    await requirePending(tx, requestId);
    if (answer === "accepted") return accept(tx, requestId, userId, request.sender.id);
    await close(tx, requestId, "declined");
    return getRequest(tx, requestId);
  });
  await announce(core, answered);
  return answered;
}

/** Takes back a request of the caller's that nobody has answered. Throws `not_found`, `already_answered`. */
export async function cancelFriendRequest(core: Core, userId: number, requestId: number): Promise<void> {
  const request = await findRequest(core.db, requestId, "sender", userId);
  await core.db.transaction(async (tx) => {
    await lockPair(tx, userId, request.receiver.id);
    await requirePending(tx, requestId);
    await tx.delete(friendRequests).where(eq(friendRequests.id, requestId));
  });
  announceCancelled(core, request);
}

/** Friends in order of their ids. */
export async function listFriends(core: Core, userId: number, cursor: string | undefined, limit: number) {
  const after = readCursor(cursor, "id")?.[0];
  const rows = await core.db
    .select({
      id: users.id,
      username: users.username,
      friends_since: friends.createdAt,
      last_seen_at: users.lastSeenAt,
    })
    .from(friends)
    .innerJoin(users, eq(users.id, friends.friendId))
    .where(and(eq(friends.userId, userId), after === undefined ? undefined : gt(friends.friendId, Number(after))))
    .orderBy(asc(friends.friendId))
    .limit(limit + 1);
  return toPage(
    rows,
    limit,
    (row) => [row.id],
    (row): Friend => ({ ...row, online: core.isOnline(row.id) }),
  );
}

/** Ends a friendship for both sides. Throws `not_found` when there is none. */
export async function deleteFriend(core: Core, userId: number, friendId: number): Promise<void> {
  await core.db.transaction(async (tx) => {
    await lockPair(tx, userId, friendId);
    if (!(await removeFriendship(tx, userId, friendId))) throw new ChatError(notFound("friendship"));
  });
  announceFriendshipRemoved(core, userId, friendId);
}

/** Removes the friendship of a locked pair; false when there was none. */
export async function removeFriendship(tx: Transaction, a: number, b: number): Promise<boolean> {
  const gone = await tx
    .delete(friends)
    .where(or(and(eq(friends.userId, a), eq(friends.friendId, b)), and(eq(friends.userId, b), eq(friends.friendId, a))))
    .returning({ id: friends.userId });
  return gone.length > 0;
}

/** Removes what is open between a locked pair, and answers it. */
export async function deleteOpenRequests(tx: Transaction, a: number, b: number): Promise<FriendRequest[]> {
  const open = await selectRequests(tx).where(and(between(a, b), eq(friendRequests.status, "pending")));
  await tx.delete(friendRequests).where(and(between(a, b), eq(friendRequests.status, "pending")));
  return open;
}

/** Tells both sides of a request that was taken back. */
export const announceCancelled = (core: Core, request: FriendRequest) => tellBoth(core, friendCancelled, request);

/** Tells both sides of a friendship that it has ended. */
export function announceFriendshipRemoved(core: Core, a: number, b: number) {
  for (const [userId, other] of [
    [a, b],
    [b, a],
  ] as const) {
    core.bus.publish(userTopic(userId), friendRemoved.frames.account.encode({ user_id: other }));
  }
}

const EVENTS = { pending: friendRequested, accepted: friendAccepted, declined: friendDeclined };

/** Tells both sides how a request stands now; new friends learn of each other's presence as well. */
async function announce(core: Core, request: FriendRequest) {
  tellBoth(core, EVENTS[request.status], request);
  if (request.status !== "accepted") return;
  const ids = [request.sender.id, request.receiver.id];
  const pair = await core.db
    .select({ id: users.id, lastSeenAt: users.lastSeenAt })
    .from(users)
    .where(inArray(users.id, ids))
    .catch(() => []); // The friendship stands; presence can be missed.
  for (const { id, lastSeenAt } of pair) {
    const frame = presenceFrame(id, core.isOnline(id), lastSeenAt);
    for (const other of ids) if (other !== id) core.bus.publish(userTopic(other), frame);
  }
}

function tellBoth(
  core: Core,
  event: typeof friendCancelled | (typeof EVENTS)[FriendRequest["status"]],
  request: FriendRequest,
) {
  const frame = event.frames.account.encode(request);
  core.bus.publish(userTopic(request.sender.id), frame);
  core.bus.publish(userTopic(request.receiver.id), frame);
}

async function findRequest(db: Database, requestId: number, side: "sender" | "receiver", userId: number) {
  const mine = side === "sender" ? friendRequests.senderId : friendRequests.receiverId;
  const [request] = await selectRequests(db).where(and(eq(friendRequests.id, requestId), eq(mine, userId)));
  if (!request) throw new ChatError(notFound("request"));
  return request;
}

async function requirePending(tx: Transaction, requestId: number) {
  const [now] = await tx
    .select({ status: friendRequests.status })
    .from(friendRequests)
    .where(eq(friendRequests.id, requestId));
  if (!now) throw new ChatError(notFound("request"));
  if (now.status !== "pending") throw new ChatError(alreadyAnswered(now.status));
}

async function accept(tx: Transaction, requestId: number, a: number, b: number): Promise<FriendRequest> {
  await close(tx, requestId, "accepted");
  await tx.insert(friends).values([
    { userId: a, friendId: b },
    { userId: b, friendId: a },
  ]);
  return getRequest(tx, requestId);
}

/** A "no" holds for a day. */
async function requireNotDeclined(tx: Transaction, userId: number, otherId: number) {
  const [declined] = await tx
    .select({
      left: sql`extract(epoch from ${friendRequests.answeredAt} + interval '1 day' - clock_timestamp())`.mapWith(
        Number,
      ),
    })
    .from(friendRequests)
    .where(
      and(
        eq(friendRequests.senderId, userId),
        eq(friendRequests.receiverId, otherId),
        eq(friendRequests.status, "declined"),
        sql`${friendRequests.answeredAt} > clock_timestamp() - interval '1 day'`,
      ),
    )
    .orderBy(desc(friendRequests.answeredAt))
    .limit(1);
  if (!declined) return;
  // (The clock may have been set back since.)
  const retryAfter = Math.min(86_400, Math.ceil(declined.left));
  throw new ChatError(requestDeclined(retryAfter));
}

const close = (tx: Transaction, requestId: number, status: "accepted" | "declined") =>
  tx.update(friendRequests).set({ status, answeredAt: sql`clock_timestamp()` }).where(eq(friendRequests.id, requestId));

async function getRequest(tx: Transaction, requestId: number): Promise<FriendRequest> {
  const [request] = await selectRequests(tx).where(eq(friendRequests.id, requestId));
  return request!;
}
