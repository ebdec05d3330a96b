// What a block forbids, for other modules. (A message is checked in the statement that stores it.)
import { and, eq, or } from "drizzle-orm";
import type { Database, Transaction } from "../../db/client.ts";
import { blocks } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { notFound, userBlocked } from "../../protocol/refusals.ts";

/** Throws `blocked` for the one who blocks, and `not_found` for the other one, as if there were no such user. */
export async function requireUnblocked(db: Database | Transaction, userId: number, otherId: number): Promise<void> {
  const rows = await db
    .select({ blockerId: blocks.blockerId })
    .from(blocks)
    .where(
      or(
        and(eq(blocks.blockerId, userId), eq(blocks.blockedId, otherId)),
        and(eq(blocks.blockerId, otherId), eq(blocks.blockedId, userId)),
      ),
    );
  if (rows.some((row) => row.blockerId === userId)) {
    throw new ChatError(userBlocked);
  }
  if (rows.length > 0) throw new ChatError(notFound("user"));
}
