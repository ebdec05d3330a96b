// People as moderators and admins see them: who they are on the server, without what they write.
import { and, count, desc, eq, inArray, isNotNull, isNull, like, lt, or, type SQL, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { isBanInForce } from "../../db/bans.ts";
import { personColumns, toProfile } from "../../db/people.ts";
import { members, reports, rooms, tokens, users } from "../../db/schema.ts";
import { readCursor, toPage } from "../../http/pagination.ts";
import { ChatError } from "../../lib/errors.ts";
import { keysOf } from "../../lib/names.ts";
import { type AdminUser, type AdminUserDetails, type AdminUserFilter, FOREVER } from "../../protocol/admin.ts";
import { PAGE_LIMIT } from "../../protocol/limits.ts";
import { notFound } from "../../protocol/refusals.ts";
import type { ServerRole } from "../../protocol/scopes.ts";
import { isId } from "../../protocol/types.ts";
import { LOG_INS } from "../../sessions/sessions.ts";

/** Newest first, as somebody with this role sees them: e-mail addresses are shown to admins alone. Throws `bad_request`. */
export async function listUsers(
  { db }: Pick<Core, "db">,
  viewer: ServerRole,
  { query, role, state, cursor, limit = PAGE_LIMIT }: AdminUserFilter & { cursor?: string; limit?: number },
) {
  const after = readCursor(cursor, "id")?.[0];
  const rows = await selectUsers(db)
    .where(
      and(
        after === undefined ? undefined : lt(users.id, Number(after)),
        query === undefined || query.trim() === "" ? undefined : matches(query.trim(), viewer),
        role === undefined ? undefined : role === "user" ? isNull(users.role) : eq(users.role, role),
        state === "deleted" ? isNotNull(users.deletedAt) : isNull(users.deletedAt),
        // (The first condition is that of an index.)
        state === "banned" ? and(isNotNull(users.bannedAt), isBanInForce) : undefined,
        state === "bot" ? eq(users.isBot, true) : undefined,
      ),
    )
    .orderBy(desc(users.id))
    .limit(limit + 1);
  return toPage(rows, limit, ({ id }) => [id], toAdminUser(viewer));
}

function matches(query: string, viewer: ServerRole): SQL | undefined {
  const prefixes = keysOf(query).map((key) => like(users.usernameKey, `${key.replace(/[\\%_]/g, "\\$&")}%`));
  return or(
    ...prefixes,
    isId(query) ? eq(users.id, Number(query)) : undefined,
    viewer === "admin" && query.includes("@") ? inArray(users.emailKey, keysOf(query)) : undefined,
  );
}

/** One of them, also a deleted one, with what there is of theirs; `viewerId` is null on the command line. Throws `not_found`. */
export async function getUser(
  { db }: Pick<Core, "db">,
  viewer: ServerRole,
  userId: number,
  viewerId: number | null,
): Promise<AdminUserDetails> {
  const [row] = await selectUsers(db).where(eq(users.id, userId));
  if (!row) throw new ChatError(notFound("user"));
  const [sessions] = await db
    .select({ count: count() })
    .from(tokens)
    .where(and(eq(tokens.userId, userId), inArray(tokens.kind, [...LOG_INS]), sql`${tokens.expiresAt} > now()`));
  const [groups] = await db
    .select({ count: count() })
    .from(members)
    .innerJoin(rooms, eq(rooms.id, members.roomId))
    .where(and(eq(members.userId, userId), eq(rooms.kind, "group")));
  const counts = { sessions: sessions!.count, groups: groups!.count };
  // Nobody is told that they were reported.
  if (userId === viewerId) return { ...toAdminUser(viewer)(row), ...counts };
  const [about] = await db.select({ count: count() }).from(reports).where(eq(reports.userId, userId));
  return { ...toAdminUser(viewer)(row), ...counts, reports: about!.count };
}

const selectUsers = (db: Core["db"]) =>
  db
    .select({
      ...personColumns(users),
      email: users.email,
      role: users.role,
      createdAt: users.createdAt,
      lastSeenAt: users.lastSeenAt,
      isBanInForce,
      bannedAt: users.bannedAt,
      bannedUntil: users.bannedUntil,
      banReason: users.banReason,
      ownerId: users.ownerId,
    })
    .from(users)
    .$dynamic();

const toAdminUser =
  (viewer: ServerRole) =>
  (row: Awaited<ReturnType<typeof selectUsers>>[number]): AdminUser => ({
    id: row.id,
    username: row.username,
    ...toProfile(row),
    ...(viewer === "admin" && row.email !== null && { email: row.email }),
    role: row.role ?? "user",
    created_at: row.createdAt,
    last_seen_at: row.lastSeenAt,
    ...(row.isBanInForce && { banned_at: row.bannedAt!, banned_until: row.bannedUntil ?? FOREVER }),
    ...(row.isBanInForce && row.banReason && { ban_reason: row.banReason }),
    ...(row.deletedAt !== null && { deleted_at: row.deletedAt }),
    ...(row.ownerId !== null && { owner_id: row.ownerId }),
  });
