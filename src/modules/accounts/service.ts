// Accounts and their passwords: registering, logging in, changing the password.
import { and, eq, inArray, or, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Database, Transaction } from "../../db/client.ts";
import { violatedUniqueConstraint } from "../../db/errors.ts";
import { users } from "../../db/schema.ts";
import { networkOf } from "../../http/client-address.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { foldName, keysOf, skeletonsOf, usernameFault } from "../../lib/names.ts";
import { isoFromMillis } from "../../lib/time.ts";
import type { Account } from "../../protocol/account.ts";
import { emailTaken, notFound, usernameTaken, wrongCredentials, wrongPassword } from "../../protocol/refusals.ts";
import type { Session } from "../../sessions/sessions.ts";
import { hasName } from "../users/service.ts";
import { toAccount } from "./account.ts";
import { issueDeviceToken, readDeviceToken } from "./device-tokens.ts";
import { endMailTokens } from "./mail-tokens.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";
import { tellPasswordChanged } from "./recovery.ts";

// Any constant will do, as long as every process that registers on this database uses the same one.
const REGISTRATION_LOCK = 7_214_021_558_308;

/** Creates an account. Throws `invalid`, `username_taken`, `email_taken`, `slow_down`. */
export async function register(
  core: Core,
  input: { username: string; email: string; password: string },
  network: string,
): Promise<Account> {
  const username = input.username.normalize("NFC");
  const email = input.email.trim();
  const fault = usernameFault(username);
  if (fault) throw invalid("username", fault);
  await core.limits.register(network);
  // Before the hash, which costs far more.
  await requireFree(core.db, username, email);
  const passwordHash = await hashPassword(input.password, { party: network, isKnown: false });
  try {
    return await core.db.transaction(async (tx) => {
      // Names that only look alike violate no unique index.
      await tx.execute(sql`select pg_advisory_xact_lock(${REGISTRATION_LOCK})`);
      await requireFree(tx, username, email);
      const [user] = await tx
        .insert(users)
        .values({ ...accountKeys(username, email), passwordHash })
        .returning({ id: users.id, createdAt: users.createdAt });
      return { id: user!.id, username, email, created_at: user!.createdAt };
    });
  } catch (error) {
    const constraint = violatedUniqueConstraint(error);
    if (constraint) throw takenError(constraint === "users_username_key");
    throw error;
  }
}

/** An account's names with the keys that they are found by. */
export const accountKeys = (username: string, email: string) => ({
  username,
  usernameKey: foldName(username),
  usernameSkeletons: skeletonsOf(username),
  email,
  emailKey: foldName(email),
});

async function requireFree(db: Database | Transaction, username: string, email: string) {
  const byName = hasName(username);
  const alike = await db
    .select({ byName: sql<boolean>`coalesce(${byName}, false)` })
    .from(users)
    .where(or(byName, inArray(users.emailKey, keysOf(email))));
  if (alike.length > 0) throw takenError(alike.some((found) => found.byName));
}

/** A new session's token, and a token for the device. An unknown user and a wrong password can't be distinguished, by time neither. */
export async function login(
  core: Core,
  input: { username: string; password: string; device_token?: string },
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
      bannedAt: users.bannedAt,
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
  const fits = await core.limits.passwordAttempt(
    attempt,
    async () => (await verifyPassword(input.password, user?.passwordHash ?? null, claim)) && !user?.bannedAt,
  );
  if (!fits || !user) throw new ChatError(wrongCredentials);
  const session = await createSession(core, user, userAgent, address);
  if (!session) throw new ChatError(wrongCredentials);
  return {
    access_token: session.token,
    token_type: "bearer" as const,
    expires_at: isoFromMillis(session.expiresAt),
    // A known device keeps its token, and with it its count of failures.
    device_token: device === null ? issueDeviceToken(jwtSecret, user) : input.device_token!,
  };
}

/** A session for a user whose password is still the one that was checked; null when it has changed meanwhile. */
const createSession = (core: Core, user: { id: number; passwordHash: string }, device: string, address: string) =>
  core.db.transaction(async (tx) => {
    // A change of the password waits for this lock, and then ends this session with the others.
    const [unchanged] = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, user.id), eq(users.passwordHash, user.passwordHash)))
      .for("share", { noWait: true });
    return unchanged ? core.sessions.create(user.id, device, { address, db: tx }) : null;
  });

export async function getAccount(core: Core, userId: number): Promise<Account> {
  const [user] = await core.db.select().from(users).where(eq(users.id, userId));
  if (!user) throw new ChatError(notFound("account"));
  return toAccount(user);
}

/** Sets a new password and ends every other session. Throws `bad_credentials` when the present one is wrong. */
export async function changePassword(core: Core, session: Session, current: string, next: string) {
  const [user] = await core.db
    .select({ hash: users.passwordHash, username: users.username, email: users.email })
    .from(users)
    .where(eq(users.id, session.userId));
  // A session counts as a known device: ten attempts in 15 minutes, from whatever network.
  const account = String(session.userId);
  const claim = { party: `account ${account}`, isKnown: true };
  const fits = await core.limits.passwordAttempt({ account, network: "", device: "session" }, () =>
    verifyPassword(current, user?.hash ?? null, claim),
  );
  if (!fits) throw new ChatError(wrongPassword);
  const passwordHash = await hashPassword(next, claim);
  await core.sessions.endOthers(session, async (tx) => {
    await tx.update(users).set({ passwordHash }).where(eq(users.id, session.userId));
    await endMailTokens(tx, session.userId);
  });
  if (user) tellPasswordChanged(core, user);
}

const takenError = (byName: boolean) => (byName ? new ChatError(usernameTaken) : new ChatError(emailTaken));
