// What users let others see and do, for other modules.
import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Database, Transaction } from "../../db/client.ts";
import { type UserSettings, users } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { DEFAULT_PRIVACY, type Privacy } from "../../protocol/privacy.ts";
import { notFound, notLoggedIn } from "../../protocol/refusals.ts";

export const privacyOf = (settings: UserSettings | null): Privacy => {
  const { locale: _, time_zone: __, ...chosen } = settings ?? {};
  return { ...DEFAULT_PRIVACY, ...chosen };
};

/**
 * The privacy of these users, by id. A change of it waits until the transaction ends, so that what is stored by it now is found by
 * the change; nothing else that is written of these users waits. Throws `not_found` where one has deleted their account, and
 * `unauthorized` where that is the caller, whose session has ended with it.
 */
export async function lockPrivacy(
  tx: Transaction,
  userIds: number[],
  callerId?: number,
): Promise<Map<number, Privacy>> {
  const rows = await tx
    .select({ id: users.id, settings: users.settings })
    .from(users)
    .where(and(inArray(users.id, userIds), isNull(users.deletedAt)))
    .orderBy(users.id)
    .for("key share");
  if (callerId !== undefined && !rows.some(({ id }) => id === callerId)) throw new ChatError(notLoggedIn);
  if (rows.length < new Set(userIds).size) throw new ChatError(notFound("user"));
  return new Map(rows.map(({ id, settings }) => [id, privacyOf(settings)]));
}

/** Whether any of these users is a bot. */
export async function includesBot(db: Database | Transaction, userIds: number[]): Promise<boolean> {
  const bots = await db
    .select({ id: users.id })
    .from(users)
    .where(and(inArray(users.id, userIds), eq(users.isBot, true)))
    .limit(1);
  return bots.length > 0;
}
