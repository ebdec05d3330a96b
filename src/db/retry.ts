// Retries transactions that meet a locked row. They wait without a connection of the pool, so that however many need the row, all
// other work goes on. Used by client.ts.
import pLimit from "p-limit";
import { isLocked } from "./errors.ts";
import type { PoolWaits } from "./pool-waits.ts";
import type { Database } from "./types.ts";

// Far longer than a transaction of ours takes; after that the request is refused with `unavailable`.
const RETRY_FOR_MS = 1_500;
const PAUSE_MS = [5, 50] as const;

/**
 * Makes `db.transaction` retry after a short pause while PostgreSQL reports 55P03 (lock not available), which it throws in the end; at
 * most `max` transactions run at once. Side effects of `work` other than writes must be repeatable.
 */
export function retryLocked(db: Database, max: number, waits: PoolWaits): void {
  const limit = pLimit(max);
  const begin = db.transaction.bind(db);
  db.transaction = async (work, config) => {
    for (const deadline = performance.now() + RETRY_FOR_MS; ; ) {
      try {
        const onTurn = limit.activeCount + limit.pendingCount < max ? null : waits.begin();
        return await limit(() => {
          onTurn?.();
          return begin(work, config);
        });
      } catch (error) {
        if (!isLocked(error) || performance.now() > deadline) throw error;
      }
      await Bun.sleep(PAUSE_MS[0] + (PAUSE_MS[1] - PAUSE_MS[0]) * Math.random());
    }
  };
}
