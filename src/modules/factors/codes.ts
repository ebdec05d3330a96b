// The codes of a second factor: those of an authenticator app (RFC 6238), and recovery codes. Loaded when somebody uses one.
import { randomBytes } from "node:crypto";
import { and, eq, isNotNull, isNull, lt, or } from "drizzle-orm";
import { verify } from "otplib";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { recoveryCodes, totp, users } from "../../db/schema.ts";
import { seal, unseal } from "../../lib/sealed.ts";
import { logSecurity } from "../../lib/security-log.ts";
import { RECOVERY_CODES } from "../../protocol/codes.ts";
import { recoveryCodeUsedLetter } from "./letters.ts";

/** RFC 6238 (5.2): one step to either side makes up for clocks that differ, and for slow typing. */
const TOLERANCE_S = 30;
const TOTP_CODE = /^\d{6}$/;
// Crockford's: nothing in it looks like something else.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
/** Of 5 bits each: past the 112 bits from which a plain hash will do. */
const RECOVERY_LENGTH = 24;

/** Whether this is the account's second factor just now. Uses the code up, also for another server that is asked at the same time. */
export async function takeCode(core: Core, userId: number, code: string): Promise<boolean> {
  const typed = code.replaceAll(/[\s-]/g, "").toLowerCase();
  return TOTP_CODE.test(typed) ? takeTotp(core, userId, typed) : takeRecoveryCode(core, userId, typed);
}

async function takeTotp(core: Core, userId: number, code: string): Promise<boolean> {
  const { config, db, log } = core;
  const [row] = await db
    .select()
    .from(totp)
    .where(and(eq(totp.userId, userId), isNotNull(totp.enabledAt)));
  if (!row) return false;
  await core.limits.secondFactor(userId);
  const opened = unseal(config, userId, row.secret);
  if (!opened) {
    log.error({ userId }, "the secret of a second factor can't be read: JWT_SECRET was replaced; recovery codes work");
    return false;
  }
  const step = await stepOf(opened.text, code, row.lastStep);
  if (step === null) return false;
  const taken = await db
    .update(totp)
    .set({ lastStep: step, ...(!opened.isCurrent && { secret: seal(config, userId, opened.text) }) })
    .where(and(eq(totp.userId, userId), or(isNull(totp.lastStep), lt(totp.lastStep, step))))
    .returning({ userId: totp.userId });
  return taken.length > 0;
}

/** The time step of a code, after the one that was used last; null for a wrong code. */
export async function stepOf(secret: string, code: string, lastStep: number | null): Promise<number | null> {
  // (The library throws for what is no code.)
  if (!TOTP_CODE.test(code)) return null;
  const after = lastStep === null ? {} : { afterTimeStep: lastStep };
  const result = await verify({ secret, token: code, epochTolerance: TOLERANCE_S, ...after });
  return result.valid && "timeStep" in result ? result.timeStep : null;
}

async function takeRecoveryCode(core: Core, userId: number, code: string): Promise<boolean> {
  const taken = await core.db
    .delete(recoveryCodes)
    .where(and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.codeHash, hashOf(code))))
    .returning({ userId: recoveryCodes.userId });
  if (taken.length === 0) return false;
  logSecurity(core.log, "recovery_code_used", { user: userId });
  core.mail.send(async () => {
    const [[user], left] = await Promise.all([
      core.db.select().from(users).where(eq(users.id, userId)),
      core.db.$count(recoveryCodes, eq(recoveryCodes.userId, userId)),
    ]);
    return user?.email ? recoveryCodeUsedLetter(user.email, user.username, left) : null;
  });
  return true;
}

/** New recovery codes in place of those that the user has; only their hashes are stored. */
export async function replaceRecoveryCodes(tx: Transaction, userId: number): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  await tx.insert(recoveryCodes).values(codes.map((code) => ({ userId, codeHash: hashOf(code) })));
  return codes.map((code) => code.match(/.{4}/g)!.join("-"));
}

const newRecoveryCode = () => Array.from(randomBytes(RECOVERY_LENGTH), (byte) => ALPHABET[byte & 31]).join("");

const hashOf = (code: string) => new Bun.CryptoHasher("sha256").update(code).digest("base64url");
