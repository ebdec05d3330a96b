// What a user lets others see and do. Who may begin conversations and add to groups is asked where that happens; what is asked often
// is noted on the rows that are read there: on memberships that receipts are hidden, on friendships that presence is.
import { eq } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { notify } from "../../db/notify.ts";
import { type UserSettings, users } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { DEFAULT_PRIVACY, type Privacy, type PrivacyUpdate } from "../../protocol/privacy.ts";
import { notLoggedIn } from "../../protocol/refusals.ts";
import { privacyOf } from "../users/policy.ts";
import { hidePresence, publishPresence } from "./presence.ts";
import { hideReads } from "./receipts.ts";

export async function getPrivacy(core: Core, userId: number): Promise<Privacy> {
  const [user] = await core.db.select({ settings: users.settings }).from(users).where(eq(users.id, userId));
  if (!user) throw new ChatError(notLoggedIn);
  return privacyOf(user.settings);
}

/**
 * Stores what is given, and then notes it on the rows: these are found however they come about, for whoever writes one locks the
 * privacy first (`lockPrivacy`). The notes are written again with each call, so that a repeated one finishes what one before left.
 */
export async function updatePrivacy(core: Core, userId: number, input: PrivacyUpdate): Promise<Privacy> {
  const { before, after } = await core.db.transaction(async (tx) => {
    const [user] = await tx
      .select({ settings: users.settings })
      .from(users)
      .where(eq(users.id, userId))
      .for("update", { noWait: true });
    if (!user) throw new ChatError(notLoggedIn);
    const settings = withoutDefaults({ ...user.settings, ...input });
    await tx.update(users).set({ settings }).where(eq(users.id, userId));
    const after = privacyOf(settings);
    if (input.read_receipts !== undefined) await notify(tx, core.bus.notificationOf(receiptsChanged(userId, after)));
    return { before: privacyOf(user.settings), after };
  });
  if (input.read_receipts !== undefined) {
    core.bus.signal(receiptsChanged(userId, after));
    await hideReads(core, userId);
  }
  if (input.last_seen !== undefined) {
    await hidePresence(core, userId);
    if (before.last_seen !== after.last_seen) publishPresence(core, userId);
  }
  return after;
}

const receiptsChanged = (userId: number, { read_receipts }: Privacy) =>
  ({ type: "receipts.changed", userId, isQuiet: !read_receipts }) as const;

/** Null when nothing is left. */
function withoutDefaults(settings: UserSettings): UserSettings | null {
  const isDefault = (name: string, value: unknown) => DEFAULT_PRIVACY[name as keyof Privacy] === value;
  const chosen = Object.entries(settings).filter(([name, value]) => !isDefault(name, value));
  return chosen.length > 0 ? Object.fromEntries(chosen) : null;
}
