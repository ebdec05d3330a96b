// Whether it is still the owner who asks: before what an open session on a borrowed device must not be enough for.
import { and, eq, ne, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { tokens, users } from "../../db/schema.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { logInAgain, notLoggedIn, secondFactor, wrongCode, wrongPassword } from "../../protocol/refusals.ts";
import type { Session } from "../../sessions/sessions.ts";
import { hasTotp } from "../factors/policy.ts";
import { verifyPassword } from "./passwords.ts";

/** How old the log-in of an account without a password may be. */
const FRESH = "15 minutes";

/** In whose turn an account's passwords are hashed. */
export const accountClaim = (userId: number) => ({ party: `account ${userId}`, isKnown: true });

/** What a call takes that asks for the owner. */
export interface OwnerProof {
  current_password?: string | undefined;
  /** Of an account with a second factor: a code of it. */
  code?: string | undefined;
}

/**
 * Whether the code is the account's second factor; uses it up. Throws `second_factor` without one: within an attempt that is counted,
 * so that a right password alone neither counts as a failure nor forgives those of wrong codes.
 */
export async function isSecondFactor(core: Core, userId: number, code: string | undefined): Promise<boolean> {
  if (code === undefined) throw new ChatError(secondFactor);
  return (await import("../factors/codes.ts")).takeCode(core, userId, code);
}

/** Counts an attempt in a session, which counts as a known device: ten failures in 15 minutes, from whatever network. */
export const countAttempt = ({ limits }: Core, { userId }: Session, check: () => Promise<boolean>) =>
  limits.passwordAttempt({ account: String(userId), network: "", device: "session" }, check);

/**
 * Within the transaction of a call that only the owner may make: locks the account's row and returns it, if the session has not ended
 * since the call was let in and the password is still the one that was confirmed. Hashing takes its time, in which the owner may have
 * shut out whoever asks. Throws `unauthorized`.
 */
export async function requireStillOwner(
  tx: Transaction,
  session: Session,
  confirmed?: Pick<typeof users.$inferSelect, "passwordHash">,
) {
  const [user] = await tx
    .select()
    .from(users)
    .where(eq(users.id, session.userId))
    .for("no key update", { noWait: true });
  if (!user || user.deletedAt || (confirmed && user.passwordHash !== confirmed.passwordHash))
    throw new ChatError(notLoggedIn);
  const isInForce = and(eq(tokens.id, session.id), ne(tokens.kind, "ended"), sql`${tokens.expiresAt} > now()`);
  const [valid] = await tx.select({ id: tokens.id }).from(tokens).where(isInForce);
  if (!valid) throw new ChatError(notLoggedIn);
  return user;
}

/**
 * Confirms that the account's owner asks, by the password, and a code where there is a second factor; where there is no password by
 * a recent log-in. Returns the account. Throws `invalid`, `bad_credentials`, `second_factor`, `log_in_again`, `slow_down`.
 */
export async function confirmOwner(core: Core, session: Session, { current_password, code }: OwnerProof) {
  const [found] = await core.db.select({ user: users, hasTotp }).from(users).where(eq(users.id, session.userId));
  if (!found) throw new ChatError(notLoggedIn);
  const { user } = found;
  if (user.passwordHash === null) {
    const [fresh] = await core.db
      .select({ id: tokens.id })
      .from(tokens)
      // (A token of an issuer says when it was made, and nothing of who sat there then.)
      .where(
        and(
          eq(tokens.id, session.id),
          eq(tokens.kind, "session"),
          sql`${tokens.createdAt} > now() - ${FRESH}::interval`,
        ),
      );
    if (!fresh) throw new ChatError(logInAgain);
    return user;
  }
  if (current_password === undefined) throw invalid("current_password", "is required");
  let isCodeWrong = false;
  const fits = await countAttempt(core, session, async () => {
    if (!(await verifyPassword(current_password, user.passwordHash, accountClaim(user.id)))) return false;
    isCodeWrong = found.hasTotp && !(await isSecondFactor(core, user.id, code));
    return !isCodeWrong;
  });
  if (!fits) {
    logSecurity(core.log, "owner_not_confirmed", { user: user.id, session: session.id });
    throw new ChatError(isCodeWrong ? wrongCode : wrongPassword);
  }
  return user;
}
