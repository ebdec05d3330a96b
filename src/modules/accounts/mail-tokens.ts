// Tokens in links that are sent by mail: 192 random bits, stored as a hash, good once and for a while.
import { and, eq, sql } from "drizzle-orm";
import type { Database, Transaction } from "../../db/client.ts";
import { mailTokens, users } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { notLoggedIn } from "../../protocol/refusals.ts";

type Purpose = typeof mailTokens.$inferSelect.purpose;

const LIFE: Record<Purpose, string> = { reset: "1 hour", verify: "7 days" };

const hashOf = (token: string) => new Bun.CryptoHasher("sha256").update(token).digest("base64url");

/** A new token; those of the user for the same purpose end with it. `check` may throw, in the same transaction. */
export async function issueMailToken(
  db: Database | Transaction,
  userId: number,
  purpose: Purpose,
  email: string,
  { life = LIFE[purpose], check }: { life?: string; check?: (tx: Transaction) => Promise<unknown> } = {},
): Promise<string> {
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
  await db.transaction(async (tx) => {
    const [user] = await tx
      .select({ deletedAt: users.deletedAt })
      .from(users)
      .where(eq(users.id, userId))
      .for("key share");
    if (!user || user.deletedAt) throw new ChatError(notLoggedIn);
    await check?.(tx);
    await endMailTokens(tx, userId, purpose);
    await tx.delete(mailTokens).where(sql`${mailTokens.expiresAt} < now()`);
    await tx.insert(mailTokens).values({
      tokenHash: hashOf(token),
      userId,
      purpose,
      email,
      expiresAt: sql`now() + ${life}::interval` as never,
    });
  });
  return token;
}

/** Ends the links of a user: of one purpose, or all. */
export const endMailTokens = (db: Transaction, userId: number, purpose?: Purpose) =>
  db.delete(mailTokens).where(and(eq(mailTokens.userId, userId), purpose && eq(mailTokens.purpose, purpose)));

const isGood = (token: string, purpose: Purpose) =>
  and(eq(mailTokens.tokenHash, hashOf(token)), eq(mailTokens.purpose, purpose), sql`${mailTokens.expiresAt} > now()`);

/** Whose it is and to which address it was sent; null of one that is unknown, used up or too old. */
export async function findMailToken(db: Database, token: string, purpose: Purpose) {
  const [found] = await db.select().from(mailTokens).where(isGood(token, purpose));
  return found ?? null;
}

/** The same, and uses it up. */
export async function takeMailToken(db: Transaction, token: string, purpose: Purpose) {
  const [taken] = await db.delete(mailTokens).where(isGood(token, purpose)).returning();
  return taken ?? null;
}
