// Whether it is still the owner who asks: before what an open session on a borrowed device must not be enough for.
import { and, eq, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { tokens, users } from "../../db/schema.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { logInAgain, notLoggedIn, wrongPassword } from "../../protocol/refusals.ts";
import type { Session } from "../../sessions/sessions.ts";
import { verifyPassword } from "./passwords.ts";

/** How old the log-in of an account without a password may be. */
const FRESH = "15 minutes";

/** In whose turn an account's passwords are hashed. */
export const accountClaim = (userId: number) => ({ party: `account ${userId}`, isKnown: true });

/** What a call takes that asks for the owner. */
export interface OwnerProof {
  current_password?: string | undefined;
}

/**
 * Confirms that the account's owner asks, by the password, or where there is none by a recent log-in; returns the account. Throws
 * `invalid`, `bad_credentials`, `log_in_again`, `slow_down`.
 */
export async function confirmOwner(core: Core, session: Session, { current_password }: OwnerProof) {
  const [user] = await core.db.select().from(users).where(eq(users.id, session.userId));
  if (!user) throw new ChatError(notLoggedIn);
  if (user.passwordHash === null) {
    const [fresh] = await core.db
      .select({ id: tokens.id })
      .from(tokens)
      .where(and(eq(tokens.id, session.id), sql`${tokens.createdAt} > now() - ${FRESH}::interval`));
    if (!fresh) throw new ChatError(logInAgain);
    return user;
  }
  if (current_password === undefined) throw invalid("current_password", "is required");
  // A session counts as a known device: ten attempts in 15 minutes, from whatever network.
  const account = String(session.userId);
  const fits = await core.limits.passwordAttempt({ account, network: "", device: "session" }, () =>
    verifyPassword(current_password, user.passwordHash, accountClaim(session.userId)),
  );
  if (!fits) {
    logSecurity(core.log, "owner_not_confirmed", { user: user.id, session: session.id });
    throw new ChatError(wrongPassword);
  }
  return user;
}
