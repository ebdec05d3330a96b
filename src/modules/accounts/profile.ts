// What people show of themselves, and the language and time zone of their own.
import { isDeepStrictEqual } from "node:util";
import { and, eq, ne } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { toProfile } from "../../db/people.ts";
import { type UserSettings, users } from "../../db/schema.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { displayNameFault, plainName } from "../../lib/names.ts";
import { isoFromText } from "../../lib/time.ts";
import { trimmedText } from "../../lib/validation.ts";
import type { Account, ProfileUpdate } from "../../protocol/account.ts";
import { DISPLAY_NAME_LIMIT, STATUS_LIMIT } from "../../protocol/limits.ts";
import { nameTaken, notLoggedIn } from "../../protocol/refusals.ts";
import { isEmoji } from "../../protocol/text.ts";
import type { Status } from "../../protocol/users.ts";
import { hasName } from "../users/service.ts";
import { toAccount } from "./account.ts";
import { publishProfile } from "./publish.ts";

/** Changes what is given; null takes it away. Throws `invalid`, `name_taken`. */
export async function updateProfile(core: Core, userId: number, input: ProfileUpdate): Promise<Account> {
  const saved = await core.db.transaction((tx) => saveProfile(tx, userId, input));
  if (!saved) throw new ChatError(notLoggedIn);
  if (saved.isShown) publishProfile(core, userId);
  return saved.account;
}

/** The same in a transaction; `isShown` is whether others are to be told. Null when there is no such user any more. */
export async function saveProfile(tx: Transaction, userId: number, input: ProfileUpdate) {
  const changes = cleanProfile(input);
  const settings = cleanSettings(input);
  const [before] = await tx.select().from(users).where(eq(users.id, userId)).for("no key update", { noWait: true });
  if (!before || before.deletedAt) return null;
  if (changes.displayName && changes.displayName !== before.displayName)
    await requireNobodysName(tx, userId, changes.displayName);
  const after = { ...before, ...changes, settings: merge(before.settings, settings) };
  const { displayName, status } = after;
  await tx.update(users).set({ displayName, status, settings: after.settings }).where(eq(users.id, userId));
  return { account: toAccount(after), isShown: !isDeepStrictEqual(toProfile(before), toProfile(after)) };
}

/** Shows a user under another name. Returns whether it is one. The user's row must be locked. Throws `invalid`, `name_taken`. */
export async function saveDisplayName(
  tx: Transaction,
  { id, displayName }: Pick<typeof users.$inferSelect, "id" | "displayName">,
  text: string,
): Promise<boolean> {
  const name = cleanName(text);
  if (name === displayName) return false;
  await requireNobodysName(tx, id, name);
  await tx.update(users).set({ displayName: name }).where(eq(users.id, id));
  return true;
}

/** The same for a name that somebody else says is the user's: cut to the bound, and ignored if it can't be shown. */
export async function showName(tx: Transaction, user: typeof users.$inferSelect, name: string): Promise<boolean> {
  const characters = Array.from(name.normalize("NFC").trim());
  try {
    return await saveDisplayName(tx, user, characters.slice(0, DISPLAY_NAME_LIMIT).join(""));
  } catch (error) {
    if (error instanceof ChatError) return false;
    throw error;
  }
}

/**
 * A display name poses as nobody's username. The other way round anybody may register the username that somebody is shown under: else
 * a display name would reserve it.
 */
async function requireNobodysName(tx: Transaction, userId: number, displayName: string) {
  const [other] = await tx
    .select({ id: users.id })
    .from(users)
    .where(and(hasName(plainName(displayName)), ne(users.id, userId)))
    .limit(1);
  if (other) throw new ChatError(nameTaken);
}

function cleanProfile({ display_name, status }: ProfileUpdate) {
  return {
    ...(display_name !== undefined && { displayName: ifGiven(display_name, cleanName) }),
    ...(status !== undefined && { status: ifGiven(status, cleanStatus) }),
  };
}

/** Null takes something away, and undefined leaves it as it is. */
const ifGiven = <Given, Clean, Not extends null | undefined>(given: Given | Not, clean: (given: Given) => Clean) =>
  given === null || given === undefined ? (given as Not) : clean(given as Given);

function cleanName(text: string): string {
  const name = trimmedText("display_name", text.normalize("NFC"), DISPLAY_NAME_LIMIT, { as: "name" });
  const fault = displayNameFault(name);
  if (fault) throw invalid("display_name", fault);
  return name;
}

function cleanStatus({ text, emoji, until }: NonNullable<ProfileUpdate["status"]>): Status {
  if (emoji !== undefined && !isEmoji(emoji)) throw invalid("status.emoji", "must be one emoji");
  if (until !== undefined && Date.parse(until) <= Date.now()) throw invalid("status.until", "must lie in the future");
  return {
    text: trimmedText("status.text", text, STATUS_LIMIT, { minLength: emoji === undefined ? 1 : 0, as: "name" }),
    ...(emoji !== undefined && { emoji }),
    ...(until !== undefined && { until: isoFromText(until) }),
  };
}

type Chosen = { [Setting in keyof UserSettings]: UserSettings[Setting] | null | undefined };

function cleanSettings({ locale, time_zone }: ProfileUpdate): Chosen {
  return { locale: ifGiven(locale, canonicalLocale), time_zone: ifGiven(time_zone, canonicalTimeZone) };
}

function canonicalLocale(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0]!;
  } catch {
    throw invalid("locale", "must be the tag of a language");
  }
}

function canonicalTimeZone(name: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    throw invalid("time_zone", "must be the name of a time zone");
  }
}

/** The settings with what was chosen: undefined leaves one as it is, null brings back its default. Null when none is left. */
function merge(before: UserSettings | null, chosen: Chosen): UserSettings | null {
  const given = Object.entries(chosen).filter(([, value]) => value !== undefined);
  const kept = Object.entries({ ...before, ...Object.fromEntries(given) }).filter(([, value]) => value !== null);
  return kept.length > 0 ? Object.fromEntries(kept) : null;
}
