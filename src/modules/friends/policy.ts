// Who is friends with whom, for the modules that ask before they act.
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
