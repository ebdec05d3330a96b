// Accounts and their passwords: registering, logging in, changing the password.
import { eq, inArray, or } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { users } from "../../db/schema.ts";
import { networkOf } from "../../http/client-address.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { keysOf, usernameFault } from "../../lib/names.ts";
import { logSecurity } from "../../lib/security-log.ts";
import type { Account } from "../../protocol/account.ts";
import { notLoggedIn, wrongCode, wrongCredentials } from "../../protocol/refusals.ts";
import type { Session } from "../../sessions/sessions.ts";
import { hasTotp } from "../factors/policy.ts";
import { toAccount } from "./account.ts";
import { accountClaim, confirmOwner, isSecondFactor, type OwnerProof, requireStillOwner } from "./confirm.ts";
import { createAccount, requireFree, takeNames } from "./create.ts";
import { readDeviceToken } from "./device-tokens.ts";
import { startSession } from "./log-in.ts";
import { endMailTokens } from "./mail-tokens.ts";
import { requireGoodPassword } from "./password-rules.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";
import { tellPasswordChanged } from "./recovery.ts";

/** Creates an account. Throws `proof_required`, `forbidden`, `not_found` and `closed` (an invite that is needed), `invalid`, `username_taken`, `email_taken`, `slow_down`. */
export async function register(
  core: Core,
  input: { username: string; email: string; password: string; invite?: string; proof?: string },
  network: string,
): Promise<Account> {
  const username = input.username.normalize("NFC");
  const email = input.email.trim();
  const fault = usernameFault(username);
  if (fault) throw invalid("username", fault);
  if (core.config.registrationChallenge !== "off")
    await (await import("../registration/policy.ts")).requireProof(core, input.proof);
  await core.limits.register(network);
  // Where anybody may register, an invite is for joining its group afterwards.
  const invites = core.config.registration === "open" ? null : await import("../invites/policy.ts");
  await invites?.requireInvite(core, input.invite, network);
  // Before the hash, which costs far more.
  await requireFree(core, core.db, username, email);
  await requireGoodPassword("password", input.password, { username, email }, core.config);
  const passwordHash = await hashPassword(input.password, { party: network, isKnown: false });
  const account = await takeNames(core.db, async (tx) => {
    const created = await createAccount(core, tx, { username, email, passwordHash });
    await invites?.takeInvite(tx, input.invite!, created.id);
    return created;
  });
  logSecurity(core.log, "registered", { user: account.id, network });
  return account;
}

/** A new session's token, and a token for the device. An unknown user and a wrong password can't be distinguished, by time neither. */
export async function login(
  core: Core,
  input: { username: string; password: string; code?: string; device_token?: string },
  { address, device: userAgent }: { address: string; device: string },
) {
  const network = networkOf(address);
  const keys = keysOf(input.username.trim());
  const found = await core.db
    .select({
      id: users.id,
      usernameKey: users.usernameKey,
      emailKey: users.emailKey,
      passwordHash: users.passwordHash,
      hasTotp,
    })
    .from(users)
    .where(or(inArray(users.usernameKey, keys), inArray(users.emailKey, keys)));
  const user = found.find((one) => [one.usernameKey, one.emailKey].includes(keys[0])) ?? found[0];
  const { jwtSecret, jwtSecretPrevious } = core.config;
  const device =
    user && input.device_token
      ? (readDeviceToken(jwtSecret, user, input.device_token) ??
        (jwtSecretPrevious ? readDeviceToken(jwtSecretPrevious, user, input.device_token) : null))
      : null;
  // An account's name and address share one budget; an unknown name gets its own, so that limits reveal nothing either.
  const account = user ? String(user.id) : `nobody ${keys.at(-1)!}`;
  const attempt = { account, network, device };
  const isKnown = core.limits.isKnown(attempt);
  const claim = { party: isKnown ? `account ${account}` : network, isKnown };
  let isCodeWrong = false;
  const fits = await core.limits.passwordAttempt(attempt, async () => {
    const isRight = await verifyPassword(input.password, user?.passwordHash ?? null, claim);
    if (!isRight || !user) return false;
    isCodeWrong = user.hasTotp && !(await isSecondFactor(core, user.id, input.code));
    return !isCodeWrong;
  });
  if (!fits || !user) {
    logSecurity(core.log, "log_in_failed", { user: user?.id, address });
    throw new ChatError(isCodeWrong ? wrongCode : wrongCredentials);
  }
  const session = await startSession(
    core,
    user.id,
    {
      device: userAgent,
      address,
      deviceToken: device === null ? undefined : input.device_token,
      proof: user.hasTotp ? "password and code" : "password",
    },
    ({ passwordHash }) => passwordHash === user.passwordHash,
  );
  if (!session) throw new ChatError(wrongCredentials);
  return session;
}

export async function getAccount(core: Core, userId: number): Promise<Account> {
  const [user] = await core.db.select().from(users).where(eq(users.id, userId));
  if (!user) throw new ChatError(notLoggedIn);
  return toAccount(user);
}

/**
 * Sets a new password and ends every other session. Throws `bad_credentials` when the present one is wrong, and `log_in_again` when
 * there is none and the log-in is too old; `invalid` by the rules for passwords.
 */
export async function changePassword(core: Core, session: Session, change: OwnerProof & { new_password: string }) {
  const user = await confirmOwner(core, session, change);
  await requireGoodPassword("new_password", change.new_password, user, core.config);
  const passwordHash = await hashPassword(change.new_password, accountClaim(session.userId));
  await core.sessions.endOthersWith(session, async (tx) => {
    await requireStillOwner(tx, session, user);
    await tx.update(users).set({ passwordHash }).where(eq(users.id, session.userId));
    await endMailTokens(tx, session.userId);
  });
  logSecurity(core.log, "password_changed", { user: user.id, session: session.id });
  tellPasswordChanged(core, user);
}
