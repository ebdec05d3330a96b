// One's own account, as the wire shows it.
import { toProfile } from "../../db/people.ts";
import type { users } from "../../db/schema.ts";
import type { Account } from "../../protocol/account.ts";

export const toAccount = (user: typeof users.$inferSelect): Account => ({
  id: user.id,
  username: user.username,
  ...(user.email !== null && { email: user.email }),
  ...(user.emailVerifiedAt !== null && { email_verified_at: user.emailVerifiedAt }),
  created_at: user.createdAt,
  ...(user.role !== null && { role: user.role }),
  ...toProfile(user),
  ...(user.settings?.locale !== undefined && { locale: user.settings.locale }),
  ...(user.settings?.time_zone !== undefined && { time_zone: user.settings.time_zone }),
});
