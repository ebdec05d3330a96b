// Another username: shown to everybody from then on, in what rooms tell of their members as well.
import { eq, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { isTransientDatabaseError } from "../../db/errors.ts";
import { notify } from "../../db/notify.ts";
import { users } from "../../db/schema.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { safeError } from "../../lib/log.ts";
import { usernameFault } from "../../lib/names.ts";
import { logSecurity } from "../../lib/security-log.ts";
import type { Account } from "../../protocol/account.ts";
import { USERNAME_CHANGE_DAYS, USERNAME_CHANGES } from "../../protocol/limits.ts";
import { notLoggedIn, tooMany } from "../../protocol/refusals.ts";
import type { Session } from "../../sessions/sessions.ts";
import { toAccount } from "../accounts/account.ts";
import { confirmOwner, type OwnerProof, requireStillOwner } from "../accounts/confirm.ts";
import { accountKeys, requireFreeFor, takeNames } from "../accounts/create.ts";
import { countGivenUp, holdName } from "../accounts/held-names.ts";
import { publishProfile } from "../accounts/publish.ts";
import { renameInEvents } from "./traces.ts";

const SLICE = 100;
const PAUSE_MS = 5;
const DAY_SECONDS = 24 * 3600;

/**
 * Changes the caller's username; the former one is kept from others for a while. Throws `invalid`, `username_taken`, `slow_down`, and what
 * `confirmOwner` does.
 */
export async function changeUsername(
  core: Core,
  session: Session,
  change: OwnerProof & { username: string },
): Promise<Account> {
  const username = cleanUsername(change.username);
  const { userId } = session;
  const confirmed = await confirmOwner(core, session, change);
  const account = await takeNames(core.db, async (tx) => {
    await requireStillOwner(tx, session, confirmed);
    return saveUsername(core, tx, userId, username);
  });
  if (!account) throw new ChatError(notLoggedIn);
  publishUsername(core, userId, username);
  return account;
}

/** Throws `invalid`. */
export function cleanUsername(text: string): string {
  const username = text.normalize("NFC");
  const fault = usernameFault(username);
  if (fault) throw invalid("username", fault);
  return username;
}

const toRenamed = (userId: number, username: string) => ({ type: "user.renamed", userId, username }) as const;

/** Within `takeNames`. Null when there is no such user any more. Throws `username_taken`, `slow_down`. */
export async function saveUsername(
  core: Core,
  tx: Transaction,
  userId: number,
  username: string,
): Promise<Account | null> {
  const [before] = await tx.select().from(users).where(eq(users.id, userId)).for("update");
  if (!before || before.deletedAt) return null;
  if (before.username === username) return toAccount(before);
  await requireFreeFor(core, tx, username, userId);
  const { times, firstAgo } = await countGivenUp(tx, userId, USERNAME_CHANGE_DAYS);
  if (core.limits.enabled && times >= USERNAME_CHANGES)
    throw new ChatError(tooMany("changes of your username", USERNAME_CHANGE_DAYS * DAY_SECONDS - firstAgo));
  await holdName(core, tx, before.username, userId);
  const { usernameKey, usernameSkeletons } = accountKeys(username, null);
  const names = { username, usernameKey, usernameSkeletons };
  await tx
    .update(users)
    .set({ ...names, renamedAt: sql`clock_timestamp()` as never })
    .where(eq(users.id, userId));
  await notify(tx, core.bus.notificationOf(toRenamed(userId, username)));
  return toAccount({ ...before, ...names });
}

/** Once that is committed (`by`: by whom): the name reaches sessions, people, and what rooms tell of their members. */
export function publishUsername(core: Core, userId: number, username: string, by = userId): void {
  logSecurity(core.log, "username_changed", { user: userId, by });
  core.bus.signal(toRenamed(userId, username));
  publishProfile(core, userId);
  renameInRooms(core, userId, username).catch((error) => {
    if (!isTransientDatabaseError(error))
      core.log.error({ error: safeError(error) }, "a username could not be changed in rooms");
  });
}

/** In the background. What a server leaves undone that stops, or finds no database, the next one finishes (purge.ts). */
export async function renameInRooms(
  core: Core,
  userId: number,
  username: string,
  isClosing = () => false,
): Promise<void> {
  const goOn = async () => {
    await Bun.sleep(PAUSE_MS);
    if (isClosing()) return false;
    const [now] = await core.db.select({ username: users.username }).from(users).where(eq(users.id, userId));
    return now?.username === username;
  };
  for (let after = 0; ; ) {
    const rooms = await core.sql<{ id: number }[]>`
      select r.id from rooms r
      where r.kind = 'group' and r.id > ${after} and r.id in (
        select room_id from members where user_id = ${userId} union select room_id from former_members where user_id = ${userId})
      order by r.id limit ${SLICE}`;
    for (const { id } of rooms) if (!(await renameInEvents(core, userId, id, username, goOn))) return;
    if (rooms.length < SLICE) break;
    after = rooms.at(-1)!.id;
  }
  await core.sql`update users set renamed_at = null where id = ${userId} and username = ${username}`;
}
