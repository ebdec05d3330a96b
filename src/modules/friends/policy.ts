// Whether two people are friends, for other modules.
import { and, eq } from "drizzle-orm";
import type { Database, Transaction } from "../../db/client.ts";
import { friends } from "../../db/schema.ts";

export async function areFriends(db: Database | Transaction, userId: number, otherId: number): Promise<boolean> {
  const [friend] = await db
    .select({ friendId: friends.friendId })
    .from(friends)
    .where(and(eq(friends.userId, userId), eq(friends.friendId, otherId)));
  return friend !== undefined;
}
