// What makes more of the field than plain text (Markdown, shortcuts, completions) is loaded once a composer is shown.
import { useEffect, useState } from "preact/hooks";

export type Rich = typeof import("./rich/index.ts");

let loaded: Rich | null = null;
let loading: Promise<Rich> | null = null;

/** Rejects when it can't be loaded, such as while the server is out of reach; the next call tries again. */
export function loadRich(): Promise<Rich> {
  loading ??= import("./rich/index.ts").then(
    (rich) => {
      loaded = rich;
      return rich;
    },
    (error) => {
      loading = null;
      throw error;
    },
  );
  return loading;
}

export const richIfLoaded = () => loaded;

/** How long a message waits for it: what is sent is not to be lost. */
const PATIENCE_MS = 2_000;

let waiting = 0;
/** Whether a message waits: one that is sent after it has to wait as well. */
export const isAwaited = () => waiting > 0;

/** Calls back once it is there, or with null when that takes too long; in the order of the calls. */
export async function withRich(use: (rich: Rich | null) => void) {
  waiting++;
  const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  const rich = await Promise.race([loadRich().catch(() => null), late]);
  waiting--;
  use(rich);
}

/** Null until it is there; the field works without it. */
export function useRich(): Rich | null {
  const [rich, setRich] = useState(loaded);
  useEffect(() => {
    if (rich) return;
    let isShown = true;
    // Nobody is told if it fails: what is written can be sent all the same.
    loadRich().then(
      (module) => isShown && setRich(module),
      () => {},
    );
    return () => {
      isShown = false;
    };
  }, []);
  return rich;
}
