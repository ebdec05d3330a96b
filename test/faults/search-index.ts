// Whether, when nobody writes any more, what search goes by comes to be what is stored.
import { faultsOfIndex, roomsBehind } from "../support/search-index.ts";
import { connectTo } from "./stored.ts";

type Target = Parameters<typeof connectTo>[0];

// A server that died is noticed within 6 s.
const INDEX_LIMIT_MS = 20_000;
const TICK_MS = 100;

/** What is still wrong with the index after a while, in sentences. */
export async function observeIndex(target: Target): Promise<string[]> {
  const sql = connectTo(target);
  try {
    for (const deadline = Date.now() + INDEX_LIMIT_MS; ; await Bun.sleep(TICK_MS)) {
      const isLast = Date.now() > deadline;
      if (!isLast && (await roomsBehind(sql)) > 0) continue;
      const faults = await faultsOfIndex(sql);
      if (faults.length === 0 || isLast) return faults;
    }
  } finally {
    await sql.end({ timeout: 1 });
  }
}
