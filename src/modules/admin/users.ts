// People whom the operator's own system looks after.
import { eq, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { toPerson } from "../../db/people.ts";
import { users } from "../../db/schema.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { logSecurity } from "../../lib/security-log.ts";
import type { AdminUserUpdate } from "../../protocol/admin.ts";
import { notFound } from "../../protocol/refusals.ts";
import type { Person } from "../../protocol/users.ts";
import { findReferenced, parseIdentity } from "../../sessions/on-behalf-of.ts";
import { createIdentified } from "../accounts/identities.ts";
import { saveDisplayName } from "../accounts/profile.ts";
import { publishProfile } from "../accounts/publish.ts";

/** The id of a user. Throws `not_found`. */
async function requireReferenced(core: Core, reference: string): Promise<number> {
  const userId = (await findReferenced(core.sql, [reference])).get(reference);
  if (userId === undefined) throw new ChatError(notFound("user"));
  return userId;
}

/** Creates the user whom an issuer calls so, if there is none, and changes what is given. Throws `not_found`, `invalid`, `name_taken`. */
export async function putUser(core: Core, reference: string, input: AdminUserUpdate): Promise<Person> {
  const identity = parseIdentity(reference);
  if (!identity && !/^\d+$/.test(reference)) throw invalid("user", "must be a user id, or `issuer:subject`");
  const known = (await findReferenced(core.sql, [reference])).get(reference);
  if (known === undefined && !identity) throw new ChatError(notFound("user"));
  const { username, display_name } = input;
  const userId = known ?? (await createIdentified(core, { ...identity!, username, name: display_name }));
  const isShown =
    display_name !== undefined &&
    (await core.db.transaction(async (tx) => {
      const [user] = await tx.select().from(users).where(eq(users.id, userId)).for("no key update", { noWait: true });
      return user !== undefined && !user.deletedAt && (await saveDisplayName(tx, user, display_name));
    }));
  if (isShown) publishProfile(core, userId);
  const [row] = await core.db.select().from(users).where(eq(users.id, userId));
  if (!row || row.deletedAt) throw new ChatError(notFound("user"));
  return toPerson(row);
}

/** Ends all that acts for a user: sessions, keys, and the tokens of issuers that were made until now. Throws `not_found`. */
export async function logOutUser(core: Core, adminId: number, reference: string): Promise<void> {
  const userId = await requireReferenced(core, reference);
  await core.sessions.endAll(userId, async (tx) => {
    await tx.update(users).set({ tokensAfter: sql`clock_timestamp()` }).where(eq(users.id, userId));
    return true;
  });
  logSecurity(core.log, "logged_out_by_admin", { user: userId, admin: adminId });
}
