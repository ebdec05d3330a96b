// API keys of people and bots. What a key may do is decided where it is used (sessions/scopes.ts).
import { and, count, desc, eq, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { tokens, users } from "../../db/schema.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { isoFromText } from "../../lib/time.ts";
import { trimmedText } from "../../lib/validation.ts";
import type { ApiKey, CreatedKey, NewBotKey } from "../../protocol/bots.ts";
import { API_KEYS_LIMIT, KEY_NAME_LIMIT } from "../../protocol/limits.ts";
import { notFound } from "../../protocol/refusals.ts";
import { hashOf, keyOfSalt } from "../../sessions/keys.ts";

type KeyRow = typeof tokens.$inferSelect;

/** What it takes to create keys, also without a server. */
type KeyMaker = Pick<Core, "db" | "log"> & { config: Pick<Core["config"], "jwtSecret"> };

/** In place of an end that there is not. */
const NEVER = "9999-12-31T00:00:00.000000+00:00";
/** How long a request that is repeated gets the key once more. */
const REPEAT = "1 hour";

/**
 * Creates a key, or gives the one that this `client_id` created a moment ago; `check` may throw, in the same transaction. `by` is
 * whose act it is, of a bot's key its owner's. Throws `invalid`, `not_found`.
 */
export async function createKey(
  core: KeyMaker,
  userId: number,
  input: NewBotKey,
  { check, by = userId }: { check?: (tx: Transaction) => Promise<unknown>; by?: number } = {},
): Promise<CreatedKey> {
  const name = trimmedText("name", input.name, KEY_NAME_LIMIT, { as: "name" });
  const expiresAt = input.expires_at === undefined ? NEVER : isoFromText(input.expires_at);
  if (Date.parse(expiresAt) <= Date.now()) throw invalid("expires_at", "must lie in the future");
  const created = await core.db.transaction(async (tx) => {
    const [user] = await tx.select().from(users).where(eq(users.id, userId)).for("no key update", { noWait: true });
    if (!user || user.deletedAt) throw new ChatError(notFound("user"));
    await check?.(tx);
    const repeated = await findRepeated(core, tx, userId, input.client_id);
    if (repeated) return repeated;
    if (input.scopes.includes("admin") && user.role !== "admin")
      throw invalid("scopes", "may hold admin for those alone who run the server");
    if (input.scopes.includes("moderate") && user.role === null)
      throw invalid("scopes", "may hold moderate for moderators alone, and those who run the server");
    const [keys] = await tx
      .select({ count: count() })
      .from(tokens)
      .where(and(isKeyOf(userId), isInForce));
    if (keys!.count >= API_KEYS_LIMIT) throw invalid("name", `at most ${API_KEYS_LIMIT} keys; delete one first`);
    const salt = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
    const key = keyOfSalt(core.config.jwtSecret, salt);
    const [row] = await tx
      .insert(tokens)
      .values({
        userId,
        tokenHash: hashOf(key),
        kind: "key",
        device: name,
        scopes: [...input.scopes],
        clientId: input.client_id,
        salt,
        expiresAt,
      })
      .returning();
    return { row: row!, key };
  });
  logSecurity(core.log, "key_created", { user: userId, by, key: created.row.id, scopes: created.row.scopes });
  return { data: toKey(created.row), key: created.key };
}

async function findRepeated(core: KeyMaker, tx: Transaction, userId: number, clientId: string) {
  const [row] = await tx
    .select({ row: tokens, isRecent: sql<boolean>`${tokens.createdAt} > now() - ${REPEAT}::interval` })
    .from(tokens)
    .where(and(eq(tokens.userId, userId), eq(tokens.clientId, clientId)));
  if (!row) return null;
  const key = keyOfSalt(core.config.jwtSecret, row.row.salt!);
  // (The secret may have been replaced since.)
  if (!row.isRecent || hashOf(key) !== row.row.tokenHash) throw invalid("client_id", "was used for an earlier key");
  return { row: row.row, key };
}

/** The keys of a user that have not ended, the newest first. */
export async function listKeys(core: Pick<Core, "db">, userId: number) {
  const rows = await core.db
    .select()
    .from(tokens)
    .where(and(isKeyOf(userId), isInForce))
    .orderBy(desc(tokens.id));
  return { data: rows.map(toKey), next_cursor: null };
}

/** Ends a key, and closes its sockets on every server. Throws `not_found`. */
export async function deleteKey(
  core: Pick<Core, "sessions" | "log">,
  userId: number,
  keyId: number,
  by = userId,
): Promise<void> {
  if (!(await core.sessions.end({ id: keyId, userId }, ["key"]))) throw new ChatError(notFound("key"));
  logSecurity(core.log, "key_deleted", { user: userId, by, key: keyId });
}

const isKeyOf = (userId: number) => and(eq(tokens.userId, userId), eq(tokens.kind, "key"));
const isInForce = sql`${tokens.expiresAt} > now()`;

const toKey = ({ id, device, scopes, createdAt, lastUsedAt, expiresAt }: KeyRow): ApiKey => ({
  id,
  name: device,
  scopes: scopes ?? [],
  created_at: createdAt,
  last_used_at: lastUsedAt,
  ...(expiresAt !== NEVER && { expires_at: expiresAt }),
});
