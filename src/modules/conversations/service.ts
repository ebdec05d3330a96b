// Direct conversations: one for each pair of people.
import { and, eq, or, sql } from "drizzle-orm";
import type { RoomSignal } from "../../bus/bus.ts";
import type { Core } from "../../core.ts";
import type { Database, Transaction } from "../../db/client.ts";
import { notify } from "../../db/notify.ts";
import { personSeenBy, toPerson } from "../../db/people.ts";
import { conversations, members, rooms, users } from "../../db/schema.ts";
import { newestFirst, toPage } from "../../http/pagination.ts";
import { ChatError } from "../../lib/errors.ts";
import type { Conversation } from "../../protocol/conversations.ts";
import type { DirectMessage } from "../../protocol/messages.ts";
import { botMayNotBegin, cannotConverseWithSelf, notFound } from "../../protocol/refusals.ts";
import { toMessage } from "../../timeline/events.ts";
import { summarizeRooms } from "../../timeline/room-summaries.ts";
import { requireUnblocked } from "../blocks/policy.ts";
import { areFriends } from "../friends/policy.ts";
import { includesBot, lockPrivacy } from "../users/policy.ts";
import { lockPair } from "../users/service.ts";

/**
 * The id of the conversation of two people, who need not be friends; created when there is none. Concurrent requests, from either
 * side, create one. Throws `not_found` (also where only friends may begin one), `blocked`, `bad_request`, `slow_down`.
 */
export async function openConversation(core: Core, userId: number, otherId: number): Promise<number> {
  if (otherId === userId) throw new ChatError(cannotConverseWithSelf);
  const { id, seq } = await core.db.transaction(async (tx) => {
    await lockPair(tx, userId, otherId);
    await requireUnblocked(tx, userId, otherId);
    const [existing] = await tx
      .select({ id: rooms.id, seq: rooms.lastSeq })
      .from(conversations)
      .innerJoin(rooms, eq(rooms.id, conversations.roomId))
      .where(isPair(userId, otherId));
    if (existing) return existing;
    if (await includesBot(tx, [userId])) throw new ChatError(botMayNotBegin);
    const privacy = await lockPrivacy(tx, [userId, otherId]);
    if (!(await areFriends(tx, userId, otherId))) {
      if (privacy.get(otherId)!.messages_from === "friends") throw new ChatError(notFound("user"));
      core.limits.openConversation(userId);
    }
    const hidesReads = privacy.values().some(({ read_receipts }) => !read_receipts);
    const [room] = await tx.insert(rooms).values({ kind: "direct" }).returning({ id: rooms.id });
    await tx.insert(conversations).values({ roomId: room!.id, ...pairOf(userId, otherId) });
    await tx.insert(members).values([
      { roomId: room!.id, userId, hidesReads },
      { roomId: room!.id, userId: otherId, hidesReads },
    ]);
    for (const member of [userId, otherId]) {
      await notify(tx, core.bus.notificationOf(joined(room!.id, member, 0)));
    }
    return { id: room!.id, seq: 0 };
  });
  core.peerCache.set(id, userId, otherId);
  // Also for an existing one: the response to the transaction that created it may have been lost. Repeated, it does nothing.
  for (const member of [userId, otherId]) {
    core.bus.signal(joined(id, member, seq));
  }
  return id;
}

const joined = (roomId: number, userId: number, seq: number): RoomSignal => ({
  type: "member.joined",
  kind: "direct",
  roomId,
  userId,
  seq,
});

/**
 * Locks the conversation of two people: waits for writes in progress, and holds up others until the transaction ends. Returns its id;
 * null when they have none.
 */
export async function lockConversation(tx: Transaction, userId: number, otherId: number): Promise<number | null> {
  const [room] = await tx
    .select({ id: rooms.id })
    .from(rooms)
    .innerJoin(conversations, eq(conversations.roomId, rooms.id))
    .where(isPair(userId, otherId))
    .for("no key update", { of: rooms });
  return room?.id ?? null;
}

/** The caller's conversations, newest activity first. */
export async function listConversations(core: Core, userId: number, cursor: string | undefined, limit: number) {
  const { isPast, orderBy } = newestFirst(rooms.lastEventAt, rooms.id, cursor);
  const rows = await core.db
    .select({
      id: rooms.id,
      peer: personSeenBy(userId),
      seq: rooms.lastSeq,
      last_activity_at: rooms.lastEventAt,
      created_at: rooms.createdAt,
    })
    .from(members)
    .innerJoin(rooms, eq(rooms.id, members.roomId))
    .innerJoin(conversations, eq(conversations.roomId, rooms.id))
    .innerJoin(users, eq(users.id, peerOf(userId)))
    .where(and(eq(members.userId, userId), isPast))
    .orderBy(...orderBy)
    .limit(limit + 1);
  const summaries = await summarizeRooms(
    core,
    userId,
    rows.map((row) => row.id),
  );
  return toPage(
    rows,
    limit,
    (row) => [row.last_activity_at, row.id],
    ({ id, peer, ...row }): Conversation => {
      const summary = summaries.get(id);
      return {
        id,
        peer: toPerson(peer),
        ...row,
        // Of the same moment as the count: the list itself was read before.
        seq: summary?.seq ?? row.seq,
        last_activity_at: summary?.lastActivityAt ?? row.last_activity_at,
        unread_count: summary?.unread ?? 0,
        ...(summary?.mentions && { mention_count: summary.mentions }),
        last_message: summary?.lastMessage ? (toMessage("direct", summary.lastMessage) as DirectMessage) : null,
      };
    },
  );
}

/** The other person in a conversation of this user's. Throws `not_found`, also for one that is not theirs. */
export async function requirePeer(db: Database | Transaction, conversationId: number, userId: number): Promise<number> {
  const [row] = await db
    .select({ peerId: peerOf(userId).mapWith(Number) })
    .from(conversations)
    .where(
      and(
        eq(conversations.roomId, conversationId),
        or(eq(conversations.userLow, userId), eq(conversations.userHigh, userId)),
      ),
    );
  if (!row) throw new ChatError(notFound("conversation"));
  return row.peerId;
}

const pairOf = (userId: number, otherId: number) => ({
  userLow: Math.min(userId, otherId),
  userHigh: Math.max(userId, otherId),
});

function isPair(userId: number, otherId: number) {
  const { userLow, userHigh } = pairOf(userId, otherId);
  return and(eq(conversations.userLow, userLow), eq(conversations.userHigh, userHigh));
}

const peerOf = (userId: number) =>
  sql`case ${conversations.userLow} when ${userId} then ${conversations.userHigh} else ${conversations.userLow} end`;
