// Transactions that meet a row which somebody else has locked wait for it without a connection of the pool, so that however many
// want it, everybody else goes on. Used by client.ts.
import pLimit from "p-limit";
import { isLocked } from "./errors.ts";
import type { Database } from "./types.ts";

// Far longer than a transaction of ours takes; what is locked for longer is `unavailable`.
const PATIENCE_MS = 1_500;
const PAUSE_MS = [5, 50] as const;

/**
 * Each transaction of the pool is run again, after a short pause, while PostgreSQL answers 55P03, which it throws in the end; at
 * most `max` run at once. What they do besides writing must bear being repeated.
 */
export function retryLocked(db: Database, max: number): void {
  const limit = pLimit(max);
  const begin = db.transaction.bind(db);
  db.transaction = async (work, config) => {
    for (const deadline = performance.now() + PATIENCE_MS; ; ) {
      try {
        return await limit(() => begin(work, config));
      } catch (error) {
        if (!isLocked(error) || performance.now() > deadline) throw error;
      }
      await Bun.sleep(PAUSE_MS[0] + (PAUSE_MS[1] - PAUSE_MS[0]) * Math.random());
    }
  };
}
