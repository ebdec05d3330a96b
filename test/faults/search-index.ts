// Whether, when nobody writes any more, what search goes by comes to be what is stored.
import { faultsOfIndex, roomsBehind } from "../support/search-index.ts";
import { readFrom, type Target } from "./stored.ts";

const TICK_MS = 100;

/** What is still wrong with the index after so long, in sentences. */
export const observeIndex = (target: Target, patienceMs: number): Promise<string[]> =>
  readFrom(target, async (sql) => {
    for (const deadline = Date.now() + patienceMs; ; await Bun.sleep(TICK_MS)) {
      const isLast = Date.now() > deadline;
      if (!isLast && (await roomsBehind(sql)) > 0) continue;
      const faults = await faultsOfIndex(sql);
      if (faults.length === 0 || isLast) return faults;
    }
  });
