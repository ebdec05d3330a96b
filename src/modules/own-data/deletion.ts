// Deleting an account: at once nobody can log in to it and its names are gone; what else is theirs is removed in the background
// (purge.ts). The row stays for good, as nobody's: messages, and the other sides of conversations, name its id.
import { and, eq, isNull, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { heldNames, users } from "../../db/schema.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { DELETED_NAME } from "../../protocol/users.ts";
import type { Session } from "../../sessions/sessions.ts";
import { confirmOwner, type OwnerProof, requireStillOwner } from "../accounts/confirm.ts";
import { holdName } from "../accounts/held-names.ts";
import { accountDeletedLetter } from "../accounts/letters.ts";

/** Deletes the caller's account, whose sessions end everywhere. Throws what `confirmOwner` does. */
export async function deleteAccount(core: Core, session: Session, proof: OwnerProof): Promise<void> {
  const confirmed = await confirmOwner(core, session, proof);
  const { email, username } = confirmed;
  await endAccount(core, session.userId, (tx) => requireStillOwner(tx, session, confirmed));
  if (email !== null) core.mail.send(accountDeletedLetter(email, username));
}

/** The same for whoever may decide it; `check` may throw, in the same transaction. Deleting an account twice changes nothing. */
export async function endAccount(
  core: Core,
  userId: number,
  check?: (tx: Transaction) => Promise<unknown>,
): Promise<void> {
  let isDeleted = false;
  await core.sessions.endAll(userId, async (tx) => {
    // Whoever begins something for this account holds its row shared meanwhile, and sees the deletion afterwards.
    const [user] = await tx.select().from(users).where(eq(users.id, userId)).for("update", { noWait: true });
    if (!user || user.deletedAt) return false;
    await check?.(tx);
    await holdName(core, tx, user.username, null);
    await tx.update(heldNames).set({ userId: null }).where(eq(heldNames.userId, userId));
    await tx
      .update(users)
      .set({ ...NOTHING, ...namesOfDeleted(userId), deletedAt: sql`now()`, tokensAfter: sql`now()` })
      .where(eq(users.id, userId));
    isDeleted = true;
    return true;
  });
  if (isDeleted) logSecurity(core.log, "account_deleted", { user: userId });
  core.purgeAccounts();
}

/** Takes away again what a request may have stored that was under way. */
export const clearAccount = (tx: Core["db"] | Transaction, userId: number) =>
  tx
    .update(users)
    .set({ ...NOTHING, ...namesOfDeleted(userId) })
    .where(eq(users.id, userId));

/** Accounts of bots that the user owns, and that are not deleted yet. */
export const listBots = ({ db }: Core, userId: number) =>
  db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.ownerId, userId), isNull(users.deletedAt)));

const NOTHING = {
  email: null,
  emailKey: null,
  emailVerifiedAt: null,
  passwordHash: null,
  displayName: null,
  status: null,
  avatar: null,
  avatarFileId: null,
  settings: null,
  lastSeenAt: null,
  renamedAt: null,
  role: null,
  banReason: null,
};

/** With a space, as no username that anybody can register. */
const namesOfDeleted = (userId: number) => ({
  username: DELETED_NAME,
  usernameKey: `deleted ${userId}`,
  usernameSkeletons: [],
});
