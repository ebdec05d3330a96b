// What users let others see and do, for other modules.
import { inArray } from "drizzle-orm";
import type { Transaction } from "../../db/client.ts";
import { type UserSettings, users } from "../../db/schema.ts";
import { DEFAULT_PRIVACY, type Privacy } from "../../protocol/privacy.ts";

export const privacyOf = (settings: UserSettings | null): Privacy => {
  const { locale: _, time_zone: __, ...chosen } = settings ?? {};
  return { ...DEFAULT_PRIVACY, ...chosen };
};

/**
 * The privacy of these users, by id. A change of it waits until the transaction ends, so that what is stored by it now is found by
 * the change; nothing else that is written of these users waits.
 */
export async function lockPrivacy(tx: Transaction, userIds: number[]): Promise<Map<number, Privacy>> {
  const rows = await tx
    .select({ id: users.id, settings: users.settings })
    .from(users)
    .where(inArray(users.id, userIds))
    .orderBy(users.id)
    .for("key share");
  return new Map(rows.map(({ id, settings }) => [id, privacyOf(settings)]));
}
