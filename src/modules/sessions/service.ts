// One's own sessions: where they are, and ending them.
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { tokens } from "../../db/schema.ts";
import { newestFirst, toPage } from "../../http/pagination.ts";
import { ChatError } from "../../lib/errors.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { PAGE_LIMIT } from "../../protocol/limits.ts";
import { notFound } from "../../protocol/refusals.ts";
import type { SessionInfo } from "../../protocol/sessions.ts";
import { LOG_INS, type Session } from "../../sessions/sessions.ts";

/** A user's sessions that have not ended, the newest login first; `id` is the one that asks. */
export async function listSessions(
  core: Core,
  session: Pick<Session, "id" | "userId">,
  query: { cursor?: string; limit?: number },
) {
  const { limit = PAGE_LIMIT } = query;
  const { orderBy, isPast } = newestFirst(tokens.createdAt, tokens.id, query.cursor);
  const rows = await core.db
    .select()
    .from(tokens)
    .where(
      and(
        eq(tokens.userId, session.userId),
        inArray(tokens.kind, [...LOG_INS]),
        sql`${tokens.expiresAt} > now()`,
        isPast,
      ),
    )
    .orderBy(...orderBy)
    .limit(limit + 1);
  return toPage(
    rows,
    limit,
    (row) => [row.createdAt, row.id],
    ({ id, device, address, createdAt, lastUsedAt, expiresAt }): SessionInfo => ({
      id,
      device,
      ...(address !== null && { address }),
      created_at: createdAt,
      last_used_at: lastUsedAt,
      expires_at: expiresAt,
      is_current: id === session.id,
    }),
  );
}

/** Ends one of the caller's sessions, this one too. Throws `not_found`. */
export async function endSession(core: Core, { userId }: Session, sessionId: number): Promise<void> {
  if (!(await core.sessions.end({ id: sessionId, userId }))) throw new ChatError(notFound("session"));
  logSecurity(core.log, "logged_out", { user: userId, session: sessionId });
}
