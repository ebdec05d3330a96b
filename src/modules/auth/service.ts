// Registering and logging in.
import { eq, or } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { users } from "../../db/schema.ts";
import { brokenConstraint, ChatError, invalid } from "../../lib/errors.ts";
import { isoFromMillis } from "../../lib/time.ts";
import { type Account, USERNAME_LEAST } from "./model.ts";
import { hashPassword, verifyPassword } from "./passwords.ts";

// Letters of any script with their marks, digits, and three signs: nothing invisible, and no "@", so that a name can't pose
// as somebody's e-mail address.
const USERNAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u;
const ALL_DIGITS = /^\p{N}+$/u;

/** What uniqueness goes by: compatibility forms and case folded. */
export const foldName = (name: string) => name.normalize("NFKC").toLowerCase();

/** Creates an account. Throws `invalid`, `username_taken`, `email_taken`, `slow_down`. */
export async function register(
  core: Core,
  input: { username: string; email: string; password: string },
  address: string,
): Promise<Account> {
  const username = input.username.normalize("NFC");
  const email = input.email.trim();
  // What looked long enough may be one letter and its marks, or letters that take two code units.
  if ([...username].length < USERNAME_LEAST) throw invalid("username", `must be at least ${USERNAME_LEAST} characters`);
  if (!USERNAME.test(username))
    throw invalid("username", "may hold letters, digits, '.', '_' and '-', and starts with a letter or digit");
  if (ALL_DIGITS.test(username)) throw invalid("username", "must not be all digits");
  await core.limits.register(address);
  const usernameKey = foldName(username);
  const emailKey = foldName(email);
  const taken = await core.db
    .select({ key: users.usernameKey })
    .from(users)
    .where(or(eq(users.usernameKey, usernameKey), eq(users.emailKey, emailKey)));
  if (taken.length > 0) throw takenError(taken.some((row) => row.key === usernameKey));
  const passwordHash = await hashPassword(input.password);
  try {
    const [user] = await core.db
      .insert(users)
      .values({ username, usernameKey, email, emailKey, passwordHash })
      .returning({ id: users.id, createdAt: users.createdAt });
    return { id: user!.id, username, email, created_at: user!.createdAt };
  } catch (error) {
    const constraint = brokenConstraint(error);
    if (constraint) throw takenError(constraint === "users_username_key");
    throw error;
  }
}

/** A new session's token. An unknown user and a wrong password are told apart by nothing. */
export async function login(
  core: Core,
  input: { username: string; password: string },
  address: string,
  device: string,
) {
  const account = foldName(input.username.trim());
  const [user] = await core.db
    .select({ id: users.id, passwordHash: users.passwordHash, bannedAt: users.bannedAt })
    .from(users)
    .where(or(eq(users.usernameKey, account), eq(users.emailKey, account)));
  const fits = await core.limits.guess(account, address, () =>
    verifyPassword(input.password, user?.passwordHash ?? null),
  );
  if (!fits || !user || user.bannedAt) throw badCredentials();
  const session = await core.sessions.create(user.id, device, user.passwordHash);
  if (!session) throw badCredentials();
  const { token, expiresAt } = session;
  return { access_token: token, token_type: "bearer" as const, expires_at: isoFromMillis(expiresAt) };
}

const badCredentials = () => new ChatError("bad_credentials", "The username or the password is wrong.");

const takenError = (byName: boolean) =>
  byName
    ? new ChatError("username_taken", "This username is taken.")
    : new ChatError("email_taken", "This e-mail address has an account already.");
