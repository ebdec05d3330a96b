// A way back into an account without its password, and proof that an e-mail address is its owner's.
import { and, eq, inArray, like, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { isBanned } from "../../db/bans.ts";
import type { Transaction } from "../../db/client.ts";
import { violatedUniqueConstraint } from "../../db/errors.ts";
import { identities, passkeys, signOns, users } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { foldName, keysOf } from "../../lib/names.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { isoFromMillis } from "../../lib/time.ts";
import type { Account } from "../../protocol/account.ts";
import type { PasswordResetInput } from "../../protocol/recovery.ts";
import { emailTaken, mailOff, mailUsedUp, notFound } from "../../protocol/refusals.ts";
import type { Session } from "../../sessions/sessions.ts";
import { confirmOwner, type OwnerProof, requireStillOwner } from "./confirm.ts";
import { emailChangedLetter, passwordChangedLetter, resetByAdminLetter, resetLetter, verifyLetter } from "./letters.ts";
import { endMailTokens, findMailToken, issueMailToken, takeMailToken } from "./mail-tokens.ts";
import { requireGoodPassword } from "./password-rules.ts";
import { hashPassword } from "./passwords.ts";

const LINK = "link";

function requireMail({ mail }: Core) {
  if (!mail.isOn) throw new ChatError(mailOff);
}

/**
 * Sends a link by which a new password can be chosen to the account with this address, if there is one: neither what this returns nor
 * how long it takes says so. Throws `forbidden` (no mail here), `slow_down`.
 */
export async function requestPasswordReset(core: Core, email: string, network: string): Promise<void> {
  requireMail(core);
  await core.limits.mailFrom(network);
  // Not waited for: how long it takes would tell whether the address is known.
  core.mail.send(() => composeReset(core, email.trim()));
}

async function composeReset(core: Core, email: string) {
  const keys = keysOf(email);
  const found = await core.db
    .select({
      id: users.id,
      username: users.username,
      email: users.email,
      key: users.emailKey,
      isBanned,
    })
    .from(users)
    .where(inArray(users.emailKey, keys));
  const user = found.find(({ key }) => key === keys[0]) ?? found[0];
  if (!user?.email || user.isBanned || !(await core.limits.mailTo(user.id))) return null;
  const token = await issueMailToken(core.db, user.id, "reset", user.email);
  return resetLetter(user.email, user.username, core.mail.link(`reset/${token}`));
}

/** How long a link is good that an admin has made. */
const DAY_MS = 86_400_000;

/**
 * A link by which a user chooses a new password within a day, made by those who run the server. `email` is where it is sent; null where it
 * is handed over, which proves no address.
 */
export async function createResetLink(
  { mail }: Pick<Core, "mail">,
  tx: Transaction,
  to: { id: number; email: string | null },
) {
  const expiresAt = isoFromMillis(Date.now() + DAY_MS);
  const token = await issueMailToken(tx, to.id, "reset", to.email ?? "", { life: "1 day" });
  return { link: mail.link(`reset/${token}`), expiresAt };
}

export function sendResetLink(
  { mail }: Pick<Core, "mail">,
  { username, email }: { username: string; email: string | null },
  link: string,
) {
  if (email !== null) mail.send(resetByAdminLetter(email, username, link));
}

/**
 * Sets a new password by the token of such a link, which is used up, and ends every session and API key; with `revoke_all` also what else
 * logs in as the account or acts with what it owns, and so where the address is confirmed by it for the first time. Throws `not_found`, `invalid`, `slow_down`.
 */
export async function resetPassword(
  core: Core,
  { token, new_password: password, revoke_all: isRevokingAll = false }: PasswordResetInput,
  network: string,
): Promise<void> {
  // Before the hash, which costs far more.
  const found = await findMailToken(core.db, token, "reset");
  if (!found) throw new ChatError(notFound(LINK));
  const [owner] = await core.db
    .select({ username: users.username, email: users.email })
    .from(users)
    .where(eq(users.id, found.userId));
  if (!owner) throw new ChatError(notFound(LINK));
  await requireGoodPassword("new_password", password, owner, core.config);
  const passwordHash = await hashPassword(password, { party: network, isKnown: false });
  let changed: { username: string; email: string | null } | undefined;
  let revoked: Revoked | null = null;
  let isOfStranger = false;
  await core.sessions.endAll(found.userId, async (tx) => {
    const taken = await takeMailToken(tx, token, "reset");
    if (!taken) return false;
    const [user] = await tx.select().from(users).where(eq(users.id, taken.userId)).for("no key update");
    if (!user || user.deletedAt) return false;
    // Whoever knew the former password may have asked for another address.
    await endMailTokens(tx, taken.userId);
    [changed] = await tx
      .update(users)
      .set({ passwordHash })
      .where(eq(users.id, taken.userId))
      .returning({ username: users.username, email: users.email });
    // Following the link has proved the address as well.
    await tx
      .update(users)
      .set({ emailVerifiedAt: sql`now()` })
      .where(and(eq(users.id, taken.userId), eq(users.email, taken.email)));
    // An address that nobody had confirmed may be that of somebody else than whoever registered with it, and set up other ways in.
    isOfStranger = user.emailVerifiedAt === null && user.email !== null && user.email === taken.email;
    if (!isRevokingAll && !isOfStranger) return true;
    revoked = await revokeAll(tx, taken.userId);
    return revoked.botIds;
  });
  if (!changed) throw new ChatError(notFound(LINK));
  logSecurity(core.log, "password_reset", { user: found.userId, network });
  if (revoked) logRevoked(core, found.userId, revoked);
  tellPasswordChanged(core, changed, revoked !== null);
}

interface Revoked {
  passkeys: number;
  identities: number;
  /** Whose keys end. */
  botIds: number[];
}

/**
 * Passkeys, accounts of providers, and log-ins at those that are under way. Identities of issuers of tokens stay: the operator's own
 * system vouches for these, and nobody links one.
 */
async function revokeAll(tx: Transaction, userId: number): Promise<Revoked> {
  const keys = await tx.delete(passkeys).where(eq(passkeys.userId, userId)).returning({ id: passkeys.id });
  // (A provider is known by its address, and an issuer of tokens by a name.)
  const linked = await tx
    .delete(identities)
    .where(and(eq(identities.userId, userId), like(identities.issuer, "%://%")))
    .returning({ subject: identities.subject });
  await tx.delete(signOns).where(eq(signOns.userId, userId));
  const bots = await tx.select({ id: users.id }).from(users).where(eq(users.ownerId, userId));
  return { passkeys: keys.length, identities: linked.length, botIds: bots.map(({ id }) => id) };
}

function logRevoked({ log }: Core, user: number, { passkeys: keys, identities: linked, botIds }: Revoked) {
  if (keys > 0) logSecurity(log, "passkey_removed", { user, count: keys });
  if (linked > 0) logSecurity(log, "identity_unlinked", { user, count: linked });
  for (const bot of botIds) logSecurity(log, "key_deleted", { user, bot });
}

/** Sends a link that confirms the account's address. Throws `forbidden` (no mail here), `slow_down`. */
export async function requestVerification(core: Core, session: Session): Promise<void> {
  requireMail(core);
  const [user] = await core.db.select().from(users).where(eq(users.id, session.userId));
  if (user?.email && !user.emailVerifiedAt) await sendVerification(core, session, user.email);
}

async function sendVerification(
  core: Core,
  { userId, username }: Session,
  email: string,
  check?: (tx: Transaction) => Promise<unknown>,
) {
  if (!(await core.limits.mailTo(userId))) throw new ChatError(mailUsedUp);
  core.mail.send(await composeVerification(core, { id: userId, username, email }, check));
}

async function composeVerification(
  { db, mail }: Core,
  user: { id: number; username: string; email: string },
  check?: (tx: Transaction) => Promise<unknown>,
) {
  const token = await issueMailToken(db, user.id, "verify", user.email, check && { check });
  return verifyLetter(user.email, user.username, mail.link(`verify/${token}`));
}

/** Sends a new account its first link, if mail leaves this machine and the network has not caused too much of it. */
export function welcome(core: Core, { id, username, email }: Account, network: string) {
  if (!core.mail.hasServer || email === undefined) return;
  core.mail.send(async () =>
    (await core.limits.mayMailFrom(network)) ? composeVerification(core, { id, username, email }) : null,
  );
}

/** Tells the owner of an account that its password was changed, and whether all else was revoked. */
export function tellPasswordChanged(
  { mail }: Core,
  { username, email }: { username: string; email: string | null },
  isAllRevoked = false,
) {
  if (email !== null) mail.send(passwordChangedLetter(email, username, isAllRevoked));
}

/**
 * Sends a link to another address, which becomes the account's when it is followed. Throws `forbidden` (no mail here), `bad_credentials`,
 * `log_in_again`, `email_taken`, `slow_down`.
 */
export async function requestEmailChange(core: Core, session: Session, change: OwnerProof & { email: string }) {
  requireMail(core);
  const email = change.email.trim();
  const confirmed = await confirmOwner(core, session, change);
  const owners = await core.db
    .select({ id: users.id })
    .from(users)
    .where(inArray(users.emailKey, keysOf(email)));
  if (owners.some(({ id }) => id !== session.userId)) throw new ChatError(emailTaken);
  await sendVerification(core, session, email, (tx) => requireStillOwner(tx, session, confirmed));
}

/** Follows a link of either kind: the address that it was sent to is the account's, and proved. Throws `not_found`, `email_taken`. */
export async function verifyEmail(core: Core, token: string): Promise<void> {
  const moved = await core.db
    .transaction(async (tx) => {
      const taken = await takeMailToken(tx, token, "verify");
      if (!taken) throw new ChatError(notFound(LINK));
      const [before] = await tx.select().from(users).where(eq(users.id, taken.userId)).for("update");
      // Of an account that is being removed the links go last.
      if (!before || before.deletedAt) throw new ChatError(notFound(LINK));
      await tx
        .update(users)
        .set({ email: taken.email, emailKey: foldName(taken.email), emailVerifiedAt: sql`now()` })
        .where(eq(users.id, taken.userId));
      // Links that were sent to the former address open nothing any more.
      if (before.email === taken.email) return null;
      await endMailTokens(tx, taken.userId, "reset");
      return { before, email: taken.email };
    })
    .catch((error) => {
      if (violatedUniqueConstraint(error)) throw new ChatError(emailTaken);
      throw error;
    });
  if (moved) logSecurity(core.log, "email_changed", { user: moved.before.id });
  if (moved?.before.email) core.mail.send(emailChangedLetter(moved.before.email, moved.before.username, moved.email));
}
