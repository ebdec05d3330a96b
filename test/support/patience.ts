// How tests wait: for a state, which ends the wait as soon as it is there. The limit is for what never comes, so that it is the same
// everywhere and long enough for a machine that is slow, busy, or stands still for a while.

/** In milliseconds. */
export const PATIENCE_MS = 60_000;

/** Of a test or a hook: longer, so that what was waited for in vain is named. */
export const TEST_LIMIT_MS = 2 * PATIENCE_MS;

/** Resolves as soon as the state holds; throws with its name when it does not come. */
export async function until(what: string, holds: () => unknown) {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await Bun.sleep(5);
  }
}
