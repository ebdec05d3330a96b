// A passkey as its owner is shown it.
import type { passkeys } from "../../db/schema.ts";
import type { Passkey } from "../../protocol/factors.ts";

export const toPasskey = (row: typeof passkeys.$inferSelect): Passkey => ({
  id: row.id,
  name: row.name,
  is_synced: row.isSynced,
  created_at: row.createdAt,
  ...(row.lastUsedAt !== null && { last_used_at: row.lastUsedAt }),
});
