// The other side of each conversation: needed for every message, to know whether its recipient is online. A pair never changes,
// so it is kept in memory once it has been read.

import type { SqlClient } from "../db/client.ts";
import { boundedCache } from "../lib/bounded-cache.ts";

// At some 100 bytes each; a conversation beyond it costs its next batch one more query.
const MAX_CACHED = 100_000;

export class PeerCache {
  private readonly pairs = boundedCache<number, readonly [number, number]>(MAX_CACHED);

  constructor(private readonly sql: SqlClient) {}

  set(conversationId: number, userId: number, otherId: number) {
    this.pairs.set(conversationId, [userId, otherId]);
  }

  clear() {
    this.pairs.clear();
  }

  /** Reads the pairs of those conversations that are not cached yet. */
  async load(conversationIds: number[]): Promise<void> {
    const missing = [...new Set(conversationIds)].filter((id) => !this.pairs.has(id));
    if (missing.length === 0) return;
    const rows = await this.sql<{ id: number; user_low: number; user_high: number }[]>`
      select room_id as id, user_low, user_high from conversations where room_id = any (${missing}::bigint[])`;
    for (const { id, user_low, user_high } of rows) this.set(id, user_low, user_high);
  }

  /** The other user's id; null for a conversation that is not cached or does not exist. */
  get(conversationId: number, userId: number): number | null {
    const pair = this.pairs.get(conversationId);
    if (!pair) return null;
    return pair[0] === userId ? pair[1] : pair[0];
  }
}
