// People whom the operator's own system looks after, and what moderators and admins change about them.
import { eq, sql } from "drizzle-orm";
import { type Actor, logAudit, writeAudit } from "../../audit/audit.ts";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { users } from "../../db/schema.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import type { AdminUser, AdminUserUpdate, PasswordLink } from "../../protocol/admin.ts";
import { noPassword, notFound } from "../../protocol/refusals.ts";
import { findReferenced, parseIdentity } from "../../sessions/on-behalf-of.ts";
import { actingRole, requireScope } from "../../sessions/scopes.ts";
import type { Session } from "../../sessions/sessions.ts";
import { confirmOwner, type OwnerProof, requireStillOwner } from "../accounts/confirm.ts";
import { createIdentified } from "../accounts/identities.ts";
import { saveDisplayName } from "../accounts/profile.ts";
import { publishProfile } from "../accounts/publish.ts";
import { createResetLink, sendResetLink } from "../accounts/recovery.ts";
import { listSessions } from "../sessions/service.ts";
import { type AfterCommit, banUser, liftBan } from "./bans.ts";
import { getUser } from "./people.ts";
import { lockTarget, requireReferenced, requireTarget } from "./policy.ts";
import { setServerRole } from "./roles.ts";

/**
 * Creates the user whom an issuer calls so, if there is none, and changes what is given, all of it or nothing. Moderators ban and lift
 * bans; all else takes an admin, and a role one who proves that it is them. Throws what `confirmOwner` does, `forbidden`, `not_found`, `invalid`, `name_taken`.
 */
export async function putUser(
  core: Core,
  session: Session,
  actor: Actor,
  reference: string,
  input: AdminUserUpdate,
): Promise<AdminUser> {
  const { username, display_name, role, banned_until, reason, ...proof } = input;
  if (username !== undefined || display_name !== undefined || role !== undefined) requireScope(session, "admin");
  const identity = parseIdentity(reference);
  if (!identity && !/^\d+$/.test(reference)) throw invalid("user", "must be a user id, or `issuer:subject`");
  const known = (await findReferenced(core.sql, [reference])).get(reference);
  if (known === undefined && !identity) throw new ChatError(notFound("user"));
  if (known === undefined) requireScope(session, "admin");
  // An open page must not be enough to make another admin.
  const requireStillConfirmed = role === undefined ? undefined : await confirmFor(core, session, actor, known, proof);
  const userId = known ?? (await createIdentified(core, { ...identity!, username, name: display_name }));
  const after = await core.db.transaction(async (tx) => {
    const all: AfterCommit[] = [];
    await requireStillConfirmed?.(tx);
    if (display_name !== undefined) {
      const [user] = await tx.select().from(users).where(eq(users.id, userId)).for("no key update", { noWait: true });
      const isShown = user !== undefined && !user.deletedAt && (await saveDisplayName(tx, user, display_name));
      if (isShown) {
        const entry = {
          event: "user_changed_by_admin",
          actor,
          userId,
          details: { changed: ["display_name"] },
        } as const;
        await writeAudit(tx, entry);
        all.push(
          () => publishProfile(core, userId),
          () => logAudit(core.log, entry),
        );
      }
    }
    if (role !== undefined) all.push(await setServerRole(core, tx, actor, userId, { role, reason }));
    if (banned_until === null) all.push(await liftBan(core, tx, actor, userId, reason));
    else if (banned_until !== undefined)
      all.push(await banUser(core, tx, actor, userId, { until: banned_until, reason }));
    return all;
  });
  for (const act of after) act();
  const {
    sessions: _,
    groups: __,
    reports: ___,
    ...user
  } = await getUser(core, actingRole(session), userId, session.userId);
  if (user.deleted_at) throw new ChatError(notFound("user"));
  return user;
}

/**
 * That the owner of an admin's account asks; who may not do it at all is refused before they are asked for a password, and a key has
 * none. What is returned has to be the first thing in the transaction of the act: hashing takes its time.
 */
async function confirmFor(
  core: Core,
  session: Session,
  actor: Actor,
  userId: number | undefined,
  proof: OwnerProof,
): Promise<(tx: Transaction) => Promise<unknown>> {
  if (userId !== undefined) await requireTarget(core.db, actor, userId, "admin");
  const confirmed = session.scopes === null ? await confirmOwner(core, session, proof) : undefined;
  return (tx) => requireStillOwner(tx, session, confirmed);
}

/**
 * Ends all that acts for a user: sessions, keys, and the tokens of issuers that were made until now. Throws `not_found`, and `forbidden`
 * where a moderator does it to more than a user.
 */
export async function logOutUser(
  core: Pick<Core, "db" | "sql" | "sessions" | "log">,
  actor: Actor,
  userId: number,
): Promise<void> {
  const entry = { event: "logged_out_by_admin", actor, userId } as const;
  await core.sessions.endAll(userId, async (tx) => {
    // One's own log-ins are one's own to end.
    if (actor.id !== userId) await lockTarget(tx, actor, userId, "moderate");
    await tx.update(users).set({ tokensAfter: sql`clock_timestamp()` }).where(eq(users.id, userId));
    await writeAudit(tx, entry);
    return true;
  });
  logAudit(core.log, entry);
}

/** A user's log-ins, as they see them themselves; moderators see no addresses, and those of users alone. Throws `not_found`, `forbidden`. */
export async function listSessionsOf(
  core: Core,
  session: Session,
  reference: string,
  query: { cursor?: string; limit?: number },
) {
  const userId = await requireReferenced(core, reference);
  if (userId !== session.userId)
    await requireTarget(core.db, { id: session.userId, role: actingRole(session) }, userId, "moderate");
  const page = await listSessions(core, { id: session.id, userId }, query);
  if (actingRole(session) === "admin") return page;
  return { ...page, data: page.data.map(({ address: _, ...shown }) => shown) };
}

/** The same by a call, whose caller proves that it is them. Throws what `confirmOwner` does, `forbidden`, `not_found`. */
export async function resetPasswordOf(
  core: Core,
  session: Session,
  actor: Actor,
  reference: string,
  proof: OwnerProof,
): Promise<PasswordLink> {
  const userId = await requireReferenced(core, reference);
  return createPasswordLink(core, actor, userId, await confirmFor(core, session, actor, userId, proof));
}

/**
 * Has a user choose a new password, by a link that is good once and for a day: mailed, or where that can't be given to who asks. What
 * they have goes on until it is followed. `check` may throw, in the same transaction. Throws `forbidden`, `not_found`.
 */
export async function createPasswordLink(
  core: Pick<Core, "db" | "log" | "mail">,
  actor: Actor,
  userId: number,
  check?: (tx: Transaction) => Promise<unknown>,
): Promise<PasswordLink> {
  const { link, user, entry, expiresAt } = await core.db.transaction(async (tx) => {
    await check?.(tx);
    const { user } = await lockTarget(tx, actor, userId, "admin");
    if (user.isBot) throw new ChatError(noPassword);
    const isSent = core.mail.hasServer && user.email !== null;
    const { link, expiresAt } = await createResetLink(core, tx, { id: userId, email: isSent ? user.email : null });
    const entry = { event: "password_reset_by_admin", actor, userId, details: { is_sent: isSent } } as const;
    await writeAudit(tx, entry);
    return { link, expiresAt, user, entry };
  });
  logAudit(core.log, entry);
  const isSent = entry.details.is_sent;
  if (isSent) sendResetLink(core, user, link);
  return { is_sent: isSent, ...(!isSent && { link }), expires_at: expiresAt };
}
