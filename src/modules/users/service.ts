// Finding people, and locking pairs of them.
import { and, arrayOverlaps, asc, eq, gt, inArray, isNull, like, ne, notExists, or, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Database, Transaction } from "../../db/client.ts";
import { personColumns, toPerson } from "../../db/people.ts";
import { blocks, users } from "../../db/schema.ts";
import { readCursor, toPage } from "../../http/pagination.ts";
import { ChatError } from "../../lib/errors.ts";
import { keysOf, skeletonsOf } from "../../lib/names.ts";
import { notFound } from "../../protocol/refusals.ts";

/** People whose name starts with `query`, without the caller and those who block them; by name. */
export async function searchUsers(
  core: Core,
  userId: number,
  query: string,
  cursor: string | undefined,
  limit: number,
) {
  const after = readCursor(cursor, "text")?.[0];
  const prefixes = keysOf(query).map((key) => like(users.usernameKey, `${key.replace(/[\\%_]/g, "\\$&")}%`));
  const rows = await core.db
    .select({ ...personColumns(users), key: users.usernameKey })
    .from(users)
    .where(
      and(
        or(...prefixes),
        ne(users.id, userId),
        isNull(users.deletedAt),
        after === undefined ? undefined : gt(users.usernameKey, String(after)),
        notExists(
          core.db
            .select({ one: sql`1` })
            .from(blocks)
            .where(and(eq(blocks.blockerId, users.id), eq(blocks.blockedId, userId))),
        ),
      ),
    )
    .orderBy(asc(users.usernameKey))
    .limit(limit + 1);
  return toPage(rows, limit, (row) => [row.key], toPerson);
}

/** Who a user is, without what they show of themselves. */
export interface User {
  id: number;
  username: string;
}

/** A user by id, also a deleted one, or by name (names are never all digits). Null when there is none. */
export async function findUser(core: { db: Database | Transaction }, idOrName: string): Promise<User | null> {
  const asId = /^[1-9][0-9]*$/.test(idOrName) ? Number(idOrName) : null;
  if (asId !== null && !Number.isSafeInteger(asId)) return null;
  const keys = keysOf(idOrName);
  const found = await core.db
    .select({ id: users.id, username: users.username, key: users.usernameKey })
    .from(users)
    .where(asId === null ? and(inArray(users.usernameKey, keys), isNull(users.deletedAt)) : eq(users.id, asId));
  const user = found.find(({ key }) => key === keys[0]) ?? found[0];
  return user ? { id: user.id, username: user.username } : null;
}

/** Users with this name, or with one that can be mistaken for it. */
export const hasName = (name: string) =>
  or(inArray(users.usernameKey, keysOf(name)), arrayOverlaps(users.usernameSkeletons, skeletonsOf(name)))!;

/**
 * Locks two users, in order of id, for a decision about the pair: requests, friendship, blocks, their conversation. Returns the other
 * one. Throws `not_found`. It does not wait for a lock: the pool retries the transaction.
 */
export async function lockPair(tx: Transaction, userId: number, otherId: number): Promise<User> {
  const pair = await tx
    .select({ id: users.id, username: users.username })
    .from(users)
    .where(and(inArray(users.id, [userId, otherId]), isNull(users.deletedAt)))
    .orderBy(asc(users.id))
    .for("no key update", { noWait: true });
  const other = pair.find((user) => user.id === otherId);
  if (!other || pair.length < 2) throw new ChatError(notFound("user"));
  return other;
}
