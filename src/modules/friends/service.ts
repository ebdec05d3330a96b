// Friend requests and friendships. Whatever is decided about two people happens under the lock of both.
import { and, asc, desc, eq, gt, lt } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Database, Transaction } from "../../db/client.ts";
import { personColumns, toPerson } from "../../db/people.ts";
import { friendRequests, friends, users } from "../../db/schema.ts";
import { readCursor, toPage } from "../../http/pagination.ts";
import { ChatError } from "../../lib/errors.ts";
import type { Friend, FriendRequest } from "../../protocol/friends.ts";
import {
  alreadyAnswered,
  alreadyFriends,
  alreadyRequested,
  botsHaveNoFriends,
  cannotBefriendSelf,
  notFound,
  requestDeclined,
} from "../../protocol/refusals.ts";
import { requireUnblocked } from "../blocks/policy.ts";
import { includesBot } from "../users/policy.ts";
import { findUser, lockPair } from "../users/service.ts";
import { areFriends } from "./policy.ts";
import { publishCancelled, publishFriendshipRemoved, publishRequest } from "./publish.ts";
import {
  closeRequest,
  deletePendingRequests,
  findPendingRequest,
  getRequest,
  insertFriendship,
  removeFriendship,
  secondsUntilRetry,
  selectRequests,
  toRequest,
} from "./queries.ts";

/**
 * Sends a friend request. When the other side has sent one already, both are friends at once (status `accepted`). Throws
 * `not_found` (no such user, or one who blocks the caller), `blocked`, `already_friends`, `already_requested`, `bad_request`,
 * `slow_down` (sent too often, or declined within a day).
 */
export async function sendFriendRequest(core: Core, userId: number, idOrName: string): Promise<FriendRequest> {
  const found = await findUser(core, idOrName);
  if (!found) throw new ChatError(notFound("user"));
  if (found.id === userId) throw new ChatError(cannotBefriendSelf);
  const request = await core.db.transaction(async (tx) => {
    await lockPair(tx, userId, found.id);
    await requireUnblocked(tx, userId, found.id);
    if (await includesBot(tx, [userId, found.id])) throw new ChatError(botsHaveNoFriends);
    if (await areFriends(tx, userId, found.id)) throw new ChatError(alreadyFriends);
    const pending = await findPendingRequest(tx, userId, found.id);
    if (pending?.senderId === userId) throw new ChatError(alreadyRequested);
    if (pending) return accept(tx, pending.id, userId, found.id);
    const retryAfter = await secondsUntilRetry(tx, userId, found.id);
    if (retryAfter !== null) throw new ChatError(requestDeclined(retryAfter));
    core.limits.friendRequest(userId, found.id);
    const [inserted] = await tx
      .insert(friendRequests)
      .values({ senderId: userId, receiverId: found.id })
      .returning({ id: friendRequests.id });
    return getRequest(tx, inserted!.id);
  });
  await publishRequest(core, request);
  return request;
}

/** Pending requests, newest first. */
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
  return toPage(rows, limit, (row) => [row.id], toRequest);
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
    await closeRequest(tx, requestId, "declined");
    return getRequest(tx, requestId);
  });
  await publishRequest(core, answered);
  return answered;
}

/** Cancels a request of the caller's that is still pending. Throws `not_found`, `already_answered`. */
export async function cancelFriendRequest(core: Core, userId: number, requestId: number): Promise<void> {
  const request = await findRequest(core.db, requestId, "sender", userId);
  await core.db.transaction(async (tx) => {
    await lockPair(tx, userId, request.receiver.id);
    await requirePending(tx, requestId);
    await tx.delete(friendRequests).where(eq(friendRequests.id, requestId));
  });
  publishCancelled(core, request);
}

/** Friends in order of their ids. */
export async function listFriends(core: Core, userId: number, cursor: string | undefined, limit: number) {
  const after = readCursor(cursor, "id")?.[0];
  const rows = await core.db
    .select({
      ...personColumns(users),
      friends_since: friends.createdAt,
      last_seen_at: users.lastSeenAt,
      hidesPresence: friends.hidesPresence,
    })
    .from(friends)
    .innerJoin(users, eq(users.id, friends.friendId))
    .where(and(eq(friends.userId, userId), after === undefined ? undefined : gt(friends.friendId, Number(after))))
    .orderBy(asc(friends.friendId))
    .limit(limit + 1);
  const found = core.online(rows.map((row) => row.id));
  const online = found instanceof Promise ? await found : found;
  return toPage(
    rows,
    limit,
    (row) => [row.id],
    ({ friends_since, last_seen_at, hidesPresence, ...person }): Friend => ({
      ...toPerson(person),
      friends_since,
      last_seen_at: hidesPresence ? null : last_seen_at,
      online: !hidesPresence && online.has(person.id),
    }),
  );
}

/** Ends a friendship for both sides. Throws `not_found` when there is none. */
export async function deleteFriend(core: Core, userId: number, friendId: number): Promise<void> {
  await core.db.transaction(async (tx) => {
    await lockPair(tx, userId, friendId);
    if (!(await removeFriendship(tx, userId, friendId))) throw new ChatError(notFound("friendship"));
  });
  publishFriendshipRemoved(core, userId, friendId);
}

/**
 * Deletes the friendship and the pending requests of a locked pair. Returns what is to be called after the commit: it notifies both
 * sides.
 */
export async function endContact(core: Core, tx: Transaction, a: number, b: number): Promise<() => void> {
  const wereFriends = await removeFriendship(tx, a, b);
  const cancelled = await deletePendingRequests(tx, a, b);
  return () => {
    if (wereFriends) publishFriendshipRemoved(core, a, b);
    for (const request of cancelled) publishCancelled(core, request);
  };
}

async function findRequest(db: Database, requestId: number, side: "sender" | "receiver", userId: number) {
  const mine = side === "sender" ? friendRequests.senderId : friendRequests.receiverId;
  const [request] = await selectRequests(db).where(and(eq(friendRequests.id, requestId), eq(mine, userId)));
  if (!request) throw new ChatError(notFound("request"));
  return toRequest(request);
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
  await closeRequest(tx, requestId, "accepted");
  await insertFriendship(tx, a, b);
  return getRequest(tx, requestId);
}
