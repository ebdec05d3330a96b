// Making accounts, and finding names for them, however people come: by registering, by single sign-on, or as somebody's bot.
import { and, inArray, ne, or, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Database, Transaction } from "../../db/client.ts";
import { violatedUniqueConstraint } from "../../db/errors.ts";
import { users } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { foldName, keysOf, skeletonsOf, usernameFault } from "../../lib/names.ts";
import type { Account } from "../../protocol/account.ts";
import { USERNAME_MAX } from "../../protocol/limits.ts";
import { emailTaken, usernameTaken } from "../../protocol/refusals.ts";
import { hasName } from "../users/service.ts";
import { isHeld, requireNotHeld } from "./held-names.ts";

// Any constant will do, as long as every process that takes names on this database uses the same one.
const NAMES_LOCK = 7_214_021_558_308;
const FALLBACK_NAME = "user";
/** After so many counted suffixes a random one is tried. */
const COUNTED_SUFFIXES = 20;

export interface NewAccount {
  /** In NFC, and one that `usernameFault` has passed. */
  username: string;
  email?: string | null;
  /** Null where nobody logs in with a password. */
  passwordHash?: string | null;
  isBot?: boolean;
  /** Whose bot it is. */
  ownerId?: number;
}

/**
 * A transaction in which names are taken: one at a time, as names that only look alike violate no unique index. Throws `username_taken`
 * and `email_taken` for what a server of another version took meanwhile.
 */
export async function takeNames<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    return await db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(${NAMES_LOCK})`);
      return await work(tx);
    });
  } catch (error) {
    const constraint = violatedUniqueConstraint(error);
    if (constraint === "users_username_key") throw new ChatError(usernameTaken);
    if (constraint === "users_email_key") throw new ChatError(emailTaken);
    throw error;
  }
}

/** Creates an account, within `takeNames`. Throws `username_taken`, `email_taken`. */
export async function createAccount(
  core: Pick<Core, "config">,
  tx: Transaction,
  account: NewAccount,
): Promise<Account> {
  const { username, email = null, passwordHash = null, isBot = false, ownerId = null } = account;
  await requireFree(core, tx, username, email);
  const [user] = await tx
    .insert(users)
    .values({ ...accountKeys(username, email), passwordHash, isBot, ownerId })
    .returning({ id: users.id, createdAt: users.createdAt });
  return { id: user!.id, username, ...(email !== null && { email }), created_at: user!.createdAt };
}

/** An account's names with the keys that they are found by. */
export const accountKeys = (username: string, email: string | null) => ({
  username,
  usernameKey: foldName(username),
  usernameSkeletons: skeletonsOf(username),
  email,
  emailKey: email === null ? null : foldName(email),
});

/** Throws `username_taken`, also for a name that somebody gave up lately, and `email_taken`. */
export async function requireFree(
  core: Pick<Core, "config">,
  db: Database | Transaction,
  username: string,
  email: string | null,
) {
  const byName = hasName(username);
  const alike = await db
    .select({ byName: sql<boolean>`coalesce(${byName}, false)` })
    .from(users)
    .where(or(byName, email === null ? undefined : inArray(users.emailKey, keysOf(email))));
  if (alike.length === 0) return requireNotHeld(core, db, username, null);
  throw new ChatError(alike.some((found) => found.byName) ? usernameTaken : emailTaken);
}

/** The same for a user who takes another name, and may have one of their own former ones back. Throws `username_taken`. */
export async function requireFreeFor(core: Pick<Core, "config">, tx: Transaction, username: string, userId: number) {
  const [other] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(hasName(username), ne(users.id, userId)))
    .limit(1);
  if (other) throw new ChatError(usernameTaken);
  await requireNotHeld(core, tx, username, userId);
}

/** A valid username that is free, as close to the wished one as can be; within `takeNames`. */
export async function freeUsername(core: Pick<Core, "config">, tx: Transaction, wished: string): Promise<string> {
  const name = toUsername(wished);
  for (let n = 1; ; n++) {
    const suffix = n === 1 ? "" : String(n <= COUNTED_SUFFIXES ? n : 100_000 + Math.floor(Math.random() * 900_000));
    const candidate = `${Array.from(name)
      .slice(0, USERNAME_MAX - suffix.length)
      .join("")}${suffix}`;
    const [taken] = await tx.select({ id: users.id }).from(users).where(hasName(candidate)).limit(1);
    if (!taken && !(await isHeld(core, tx, candidate, null))) return candidate;
  }
}

/** What of a name can be a username: `Ayşe Yılmaz` becomes `Ayşe_Yılmaz`. */
function toUsername(wished: string): string {
  const cleaned = wished
    .normalize("NFC")
    .trim()
    .replace(/\s+/gu, "_")
    .replace(/[^\p{L}\p{N}\p{Mn}\p{Mc}._-]/gu, "")
    .replace(/^[^\p{L}\p{N}]+/u, "");
  const forms = [cleaned, cleaned.normalize("NFKD").replace(/[^A-Za-z0-9._-]/g, "")];
  const short = forms.map((form) => Array.from(form).slice(0, USERNAME_MAX).join(""));
  return short.find((form) => usernameFault(form) === null) ?? FALLBACK_NAME;
}
