// Blocks: while one exists, no requests, conversations or messages pass in either direction.
import { and, eq } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Database, Transaction } from "../../db/client.ts";
import { personSeenBy, toPerson } from "../../db/people.ts";
import { blocks, members, users } from "../../db/schema.ts";
import { newestFirst, toPage } from "../../http/pagination.ts";
import { ChatError } from "../../lib/errors.ts";
import type { Block } from "../../protocol/blocks.ts";
import { cannotBlockSelf, notFound } from "../../protocol/refusals.ts";
import { lockConversation } from "../conversations/service.ts";
import { endContact } from "../friends/service.ts";
import { lockPair } from "../users/service.ts";

/** Blocks someone; blocking twice changes nothing. Ends the friendship and pending requests. Throws `not_found`, `bad_request`. */
export async function blockUser(core: Core, userId: number, otherId: number): Promise<Block> {
  if (otherId === userId) throw new ChatError(cannotBlockSelf);
  const { block, notify } = await core.db.transaction(async (tx) => {
    await lockPair(tx, userId, otherId);
    // A message that is being stored comes before the block; none comes after it.
    const conversationId = await lockConversation(tx, userId, otherId);
    const notify = await endContact(core, tx, userId, otherId);
    await tx.insert(blocks).values({ blockerId: userId, blockedId: otherId }).onConflictDoNothing();
    await markBlocked(tx, conversationId, true);
    const [block] = await selectBlocks(tx, userId).where(isBlock(userId, otherId));
    return { block: toBlock(block!), notify };
  });
  notify();
  return block;
}

/** The users that the caller blocks, newest first. */
export async function listBlocks(core: Core, userId: number, cursor: string | undefined, limit: number) {
  const { isPast, orderBy } = newestFirst(blocks.createdAt, blocks.blockedId, cursor);
  const rows = await selectBlocks(core.db, userId)
    .where(and(eq(blocks.blockerId, userId), isPast))
    .orderBy(...orderBy)
    .limit(limit + 1);
  return toPage(rows, limit, (row) => [row.blocked_at, row.id], toBlock);
}

const selectBlocks = (db: Database | Transaction, userId: number) =>
  db
    .select({ ...personSeenBy(userId), blocked_at: blocks.createdAt })
    .from(blocks)
    .innerJoin(users, eq(users.id, blocks.blockedId));

const toBlock = ({ blocked_at, ...person }: Awaited<ReturnType<typeof selectBlocks>>[number]): Block => ({
  ...toPerson(person),
  blocked_at,
});

/** Throws `not_found` when there is no such block. */
export async function unblockUser(core: Core, userId: number, otherId: number): Promise<void> {
  const unblocked = await core.db.transaction(async (tx) => {
    // Under the same locks as a block, so that the mark agrees with the blocks that are left.
    await lockPair(tx, userId, otherId);
    const conversationId = await lockConversation(tx, userId, otherId);
    const gone = await tx.delete(blocks).where(isBlock(userId, otherId)).returning({ id: blocks.blockedId });
    const [theirs] = await tx.select().from(blocks).where(isBlock(otherId, userId));
    await markBlocked(tx, conversationId, theirs !== undefined);
    return gone.length > 0;
  });
  if (!unblocked) throw new ChatError(notFound("block"));
}

/** Marks the conversation for the append statement, which reads nothing else of blocks. Needs the conversation's lock. */
async function markBlocked(tx: Transaction, conversationId: number | null, isBlocked: boolean) {
  if (conversationId === null) return;
  // In the order in which receipts lock them.
  const those = eq(members.roomId, conversationId);
  await tx.select().from(members).where(those).orderBy(members.userId).for("no key update");
  await tx.update(members).set({ isBlocked }).where(those);
}

const isBlock = (blockerId: number, blockedId: number) =>
  and(eq(blocks.blockerId, blockerId), eq(blocks.blockedId, blockedId));
