// Names that were given up, by a new name or with the account: nobody else gets one for a while, so that nobody is taken for who had it.
// The names themselves are kept nowhere: what is stored are keyed hashes, which say nothing without the server's secret.
import { and, count, eq, gt, inArray, isNull, min, ne, or, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Database, Transaction } from "../../db/client.ts";
import { heldNames } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { keysOf, skeletonsOf } from "../../lib/names.ts";
import { HELD_NAME_DAYS } from "../../protocol/limits.ts";
import { usernameTaken } from "../../protocol/refusals.ts";

type Secrets = Pick<Core["config"], "jwtSecret" | "jwtSecretPrevious">;

/** Of what a name is found by, and what it looks like. */
const hashesOf = (secret: string, name: string) =>
  [
    ...new Set([
      ...keysOf(name).map((key) => `key ${key}`),
      ...skeletonsOf(name).map((skeleton) => `look ${skeleton}`),
    ]),
  ].map((text) => new Bun.CryptoHasher("sha256", secret).update(`held name\n${text}`).digest("base64url"));

/** Keeps a name from others; its owner (null: nobody is that any more) may have it back. */
export async function holdName({ config }: { config: Secrets }, tx: Transaction, name: string, userId: number | null) {
  await tx.delete(heldNames).where(sql`${heldNames.until} < now()`);
  const until = sql`now() + ${HELD_NAME_DAYS} * interval '1 day'`;
  await tx
    .insert(heldNames)
    .values(hashesOf(config.jwtSecret, name).map((hash) => ({ hash, userId, until: until as never })))
    .onConflictDoUpdate({ target: heldNames.hash, set: { userId, until } });
}

/** To be asked after whether somebody has the name now: who gives it up does both at once. Throws `username_taken`. */
export async function requireNotHeld(
  { config }: { config: Secrets },
  db: Database | Transaction,
  name: string,
  userId: number | null,
) {
  if (await isHeld({ config }, db, name, userId)) throw new ChatError(usernameTaken);
}

/** Whether somebody other than this user gave the name up lately. */
export async function isHeld(
  { config }: { config: Secrets },
  db: Database | Transaction,
  name: string,
  userId: number | null,
): Promise<boolean> {
  const secrets = [config.jwtSecret, ...(config.jwtSecretPrevious ? [config.jwtSecretPrevious] : [])];
  const hashes = secrets.flatMap((secret) => hashesOf(secret, name));
  const [held] = await db
    .select({ hash: heldNames.hash })
    .from(heldNames)
    .where(
      and(
        inArray(heldNames.hash, hashes),
        gt(heldNames.until, sql`now()`),
        userId === null ? undefined : or(isNull(heldNames.userId), ne(heldNames.userId, userId)),
      ),
    )
    .limit(1);
  return held !== undefined;
}

/** How many names a user gave up within so many days, and when the first of those was, in seconds ago. */
export async function countGivenUp(
  tx: Transaction,
  userId: number,
  days: number,
): Promise<{ times: number; firstAgo: number }> {
  const givenUp = tx
    .selectDistinct({ until: heldNames.until })
    .from(heldNames)
    .where(
      and(eq(heldNames.userId, userId), gt(heldNames.until, sql`now() + ${HELD_NAME_DAYS - days} * interval '1 day'`)),
    )
    .as("given_up");
  const [row] = await tx
    .select({
      times: count(),
      firstAgo:
        sql`coalesce(extract(epoch from now() + ${HELD_NAME_DAYS} * interval '1 day' - ${min(givenUp.until)}), 0)`.mapWith(
          Number,
        ),
    })
    .from(givenUp);
  return row!;
}
