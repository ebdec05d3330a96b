// Bots: users that programs run with API keys. Each belongs to the person who created it.
import { and, asc, count, eq, isNull } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { personColumns, toProfile } from "../../db/people.ts";
import { users } from "../../db/schema.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { logSecurity } from "../../lib/security-log.ts";
import type { Bot, BotUpdate, NewBot } from "../../protocol/bots.ts";
import { BOTS_LIMIT } from "../../protocol/limits.ts";
import { notFound, notLoggedIn } from "../../protocol/refusals.ts";
import { createAccount, takeNames } from "../accounts/create.ts";
import { saveDisplayName, saveProfile } from "../accounts/profile.ts";
import { publishProfile } from "../accounts/publish.ts";
import { endAccount } from "../own-data/deletion.ts";
import { cleanUsername, publishUsername, saveUsername } from "../own-data/rename.ts";

const loadAvatars = () => import("../accounts/avatars.ts");

/** Throws `invalid`, `username_taken`, `name_taken`. */
export async function createBot(core: Core, ownerId: number, input: NewBot): Promise<Bot> {
  const username = cleanUsername(input.username.trim());
  const account = await takeNames(core.db, async (tx) => {
    const [owner] = await tx
      .select({ deletedAt: users.deletedAt })
      .from(users)
      .where(eq(users.id, ownerId))
      // A deletion of the account waits, and takes the bot with it.
      .for("key share");
    if (!owner || owner.deletedAt) throw new ChatError(notLoggedIn);
    // (The names are taken one at a time, so that two requests can't both be the last that fits.)
    const [own] = await tx.select({ count: count() }).from(users).where(isBotOf(ownerId));
    if (own!.count >= BOTS_LIMIT) throw invalid("username", `at most ${BOTS_LIMIT} bots; delete one first`);
    const created = await createAccount(core, tx, { username, isBot: true, ownerId });
    if (input.display_name !== undefined)
      await saveDisplayName(tx, { id: created.id, displayName: null }, input.display_name);
    return created;
  });
  logSecurity(core.log, "bot_created", { user: ownerId, bot: account.id });
  return getBot(core, ownerId, account.id);
}

/** In the order in which they were created. */
export async function listBots(core: Core, ownerId: number) {
  const rows = await selectBots(core).where(isBotOf(ownerId)).orderBy(asc(users.id));
  return { data: rows.map(toBot), next_cursor: null };
}

/** Throws `not_found`, also for a bot of somebody else. */
export async function getBot(core: Core, ownerId: number, botId: number): Promise<Bot> {
  const [row] = await selectBots(core).where(and(eq(users.id, botId), isBotOf(ownerId)));
  if (!row) throw new ChatError(notFound("bot"));
  return toBot(row);
}

/** Changes what is given, or nothing. Throws `not_found`, `invalid`, `username_taken`, `name_taken`, `slow_down`. */
export async function updateBot(
  core: Core,
  ownerId: number,
  botId: number,
  { username: wished, ...profile }: BotUpdate,
): Promise<Bot> {
  await getBot(core, ownerId, botId);
  const username = wished === undefined ? null : cleanUsername(wished.trim());
  const saved =
    username === null
      ? await core.db.transaction((tx) => saveProfile(tx, botId, profile))
      : await takeNames(core.db, async (tx) => {
          const isThere = await saveUsername(core, tx, botId, username);
          return isThere && saveProfile(tx, botId, profile);
        });
  // (It may have been deleted meanwhile.)
  if (saved && username !== null) publishUsername(core, botId, username, ownerId);
  else if (saved?.isShown) publishProfile(core, botId);
  return getBot(core, ownerId, botId);
}

/** Shows an image that its owner has uploaded. Throws `not_found`, `not_ready`, `unsupported`. */
export async function setBotAvatar(core: Core, ownerId: number, botId: number, fileId: number): Promise<Bot> {
  await getBot(core, ownerId, botId);
  await (await loadAvatars()).setAvatar(core, botId, fileId, ownerId);
  return getBot(core, ownerId, botId);
}

/** Throws `not_found`. */
export async function removeBotAvatar(core: Core, ownerId: number, botId: number): Promise<Bot> {
  await getBot(core, ownerId, botId);
  await (await loadAvatars()).removeAvatar(core, botId);
  return getBot(core, ownerId, botId);
}

/** Deletes a bot as an account is; what it wrote stays, as nobody's. Throws `not_found`. */
export async function deleteBot(core: Core, ownerId: number, botId: number): Promise<void> {
  await getBot(core, ownerId, botId);
  await endAccount(core, botId);
}

const isBotOf = (ownerId: number) => and(eq(users.ownerId, ownerId), eq(users.isBot, true), isNull(users.deletedAt));

const selectBots = (core: Core) => core.db.select({ ...personColumns(users), createdAt: users.createdAt }).from(users);

const toBot = ({ id, username, createdAt, ...row }: Awaited<ReturnType<typeof selectBots>>[number]): Bot => {
  const { is_bot: _, deleted: __, ...profile } = toProfile(row);
  return { id, username, ...profile, created_at: createdAt };
};
