// The second factor of an account: turned on in two steps, turned off, and its recovery codes.
import { and, asc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { passkeys, recoveryCodes, totp, users } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { seal, unseal } from "../../lib/sealed.ts";
import { logSecurity } from "../../lib/security-log.ts";
import type { Letter } from "../../mail/mail.ts";
import type { Factors, RecoveryCodes, TotpSecret } from "../../protocol/factors.ts";
import { notFound, notLoggedIn, passwordNeeded, totpIsOn, wrongCode } from "../../protocol/refusals.ts";
import type { Session } from "../../sessions/sessions.ts";
import { confirmOwner, countAttempt, type OwnerProof, requireStillOwner } from "../accounts/confirm.ts";
import { recoveryCodesReplacedLetter, totpOffLetter, totpOnLetter } from "./letters.ts";
import { toPasskey } from "./passkey.ts";

/** How authenticator apps name the account's server where it has no address of its own. */
const ISSUER = "Chat";
/** How long a secret may wait for its first code. */
const PENDING = "1 hour";

const SECOND_FACTOR = "second factor";

/** What proves who the caller is, for the caller alone. */
export async function getFactors({ db }: Core, userId: number): Promise<Factors> {
  const [row] = await db
    .select({ passwordHash: users.passwordHash, enabledAt: totp.enabledAt })
    .from(users)
    .leftJoin(totp, eq(totp.userId, users.id))
    .where(eq(users.id, userId));
  if (!row) throw new ChatError(notLoggedIn);
  const [codes, keys] = await Promise.all([
    db.$count(recoveryCodes, eq(recoveryCodes.userId, userId)),
    db.select().from(passkeys).where(eq(passkeys.userId, userId)).orderBy(asc(passkeys.id)),
  ]);
  return {
    has_password: row.passwordHash !== null,
    ...(row.enabledAt !== null && { totp_enabled_at: row.enabledAt }),
    recovery_codes: codes,
    passkeys: keys.map(toPasskey),
  };
}

/**
 * A new secret for an authenticator app, which counts for nothing until a code has proved it. Throws what `confirmOwner` does,
 * `forbidden` for an account without a password, `already_enabled`.
 */
export async function startTotp(core: Core, session: Session, proof: OwnerProof): Promise<TotpSecret> {
  const user = await confirmOwner(core, session, proof);
  if (user.passwordHash === null) throw new ChatError(passwordNeeded);
  const { generateSecret, generateURI } = await import("otplib");
  const secret = generateSecret();
  const sealed = seal(core.config, user.id, secret);
  const pending = { secret: sealed, lastStep: null, createdAt: sql`now()` as never };
  const [started] = await core.db
    .insert(totp)
    .values({ userId: user.id, ...pending })
    .onConflictDoUpdate({ target: totp.userId, set: pending, setWhere: isNull(totp.enabledAt) })
    .returning({ userId: totp.userId });
  if (!started) throw new ChatError(totpIsOn);
  const { publicUrl } = core.config;
  const issuer = publicUrl ? new URL(publicUrl).hostname : ISSUER;
  return { secret, uri: generateURI({ issuer, label: user.username, secret }) };
}

/**
 * Turns the second factor on by a code of the new secret; returns the recovery codes. Throws `bad_credentials`, `not_found` (none was
 * started, or more than an hour ago), `slow_down`.
 */
export async function confirmTotp(core: Core, session: Session, code: string): Promise<RecoveryCodes> {
  const { userId } = session;
  const [pending] = await core.db
    .select()
    .from(totp)
    .where(and(eq(totp.userId, userId), isNull(totp.enabledAt), sql`${totp.createdAt} > now() - ${PENDING}::interval`));
  const opened = pending && unseal(core.config, userId, pending.secret);
  if (!opened) throw new ChatError(notFound(SECOND_FACTOR));
  const { replaceRecoveryCodes, stepOf } = await import("./codes.ts");
  let step: number | null = null;
  await countAttempt(core, session, async () => {
    step = await stepOf(opened.text, code.replaceAll(/[\s-]/g, ""), null);
    return step !== null;
  });
  if (step === null) throw new ChatError(wrongCode);
  const codes = await core.db.transaction(async (tx) => {
    await requireStillOwner(tx, session);
    const [enabled] = await tx
      .update(totp)
      .set({ enabledAt: sql`now()` as never, lastStep: step })
      .where(and(eq(totp.userId, userId), eq(totp.secret, pending.secret), isNull(totp.enabledAt)))
      .returning({ userId: totp.userId });
    if (!enabled) throw new ChatError(notFound(SECOND_FACTOR));
    return replaceRecoveryCodes(tx, userId);
  });
  logSecurity(core.log, "second_factor_on", { user: userId, session: session.id });
  tell(core, userId, totpOnLetter);
  return { recovery_codes: codes };
}

/** Turns it off; the recovery codes go with it. Throws what `confirmOwner` does, `not_found`. */
export async function disableTotp(core: Core, session: Session, proof: OwnerProof): Promise<void> {
  const confirmed = await confirmOwner(core, session, proof);
  const { id } = confirmed;
  await core.db.transaction(async (tx) => {
    await requireStillOwner(tx, session, confirmed);
    const off = await tx
      .delete(totp)
      .where(and(eq(totp.userId, id), isNotNull(totp.enabledAt)))
      .returning({ userId: totp.userId });
    if (off.length === 0) throw new ChatError(notFound(SECOND_FACTOR));
    await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, id));
  });
  logSecurity(core.log, "second_factor_off", { user: id, session: session.id });
  tell(core, id, totpOffLetter);
}

/** New recovery codes in place of the former ones. Throws what `confirmOwner` does, `not_found`. */
export async function renewRecoveryCodes(core: Core, session: Session, proof: OwnerProof): Promise<RecoveryCodes> {
  const confirmed = await confirmOwner(core, session, proof);
  const { id } = confirmed;
  const { replaceRecoveryCodes } = await import("./codes.ts");
  const codes = await core.db.transaction(async (tx) => {
    await requireStillOwner(tx, session, confirmed);
    const [enabled] = await tx
      .select({ userId: totp.userId })
      .from(totp)
      .where(and(eq(totp.userId, id), isNotNull(totp.enabledAt)))
      // Turning it off waits, and takes these with it.
      .for("update");
    if (!enabled) throw new ChatError(notFound(SECOND_FACTOR));
    return replaceRecoveryCodes(tx, id);
  });
  logSecurity(core.log, "recovery_codes_replaced", { user: id, session: session.id });
  tell(core, id, recoveryCodesReplacedLetter);
  return { recovery_codes: codes };
}

/** Tells the account's owner by mail, if there is an address. */
export function tell({ db, mail }: Core, userId: number, compose: (to: string, username: string) => Letter) {
  mail.send(async () => {
    const [user] = await db
      .select({ username: users.username, email: users.email })
      .from(users)
      .where(eq(users.id, userId));
    return user?.email ? compose(user.email, user.username) : null;
  });
}
