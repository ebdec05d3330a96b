// Who is on the other side of a conversation: asked for each message, to know whether its recipient is online. A pair never
// changes, so it is kept in memory once it was read.
import { LRUCache } from "lru-cache";
import type { SqlClient } from "../db/client.ts";

// At some 100 bytes each; a conversation beyond it costs its next batch one more query.
const CACHED = 100_000;

export class Peers {
  private readonly pairs = new LRUCache<number, readonly [number, number]>({ max: CACHED });

  constructor(private readonly sql: SqlClient) {}

  learn(conversationId: number, userId: number, otherId: number) {
    this.pairs.set(conversationId, [userId, otherId]);
  }

  clear() {
    this.pairs.clear();
  }

  /** Reads the pairs of those conversations that are not known yet. */
  async load(conversationIds: number[]): Promise<void> {
    const unknown = [...new Set(conversationIds)].filter((id) => !this.pairs.has(id));
    if (unknown.length === 0) return;
    const rows = await this.sql<{ id: number; user_low: number; user_high: number }[]>`
      select room_id as id, user_low, user_high from conversations where room_id = any (${unknown}::bigint[])`;
    for (const { id, user_low, user_high } of rows) this.learn(id, user_low, user_high);
  }

  /** The other one; null for a conversation that is not known, or not there. */
  of(conversationId: number, userId: number): number | null {
    const pair = this.pairs.get(conversationId);
    if (!pair) return null;
    return pair[0] === userId ? pair[1] : pair[0];
  }
}
