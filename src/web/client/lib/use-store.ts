// The SDK's stores in components.
import { useLayoutEffect, useReducer } from "preact/hooks";
import type { Store } from "../../../sdk/index.ts";

/** The store's state as it is now; the component is drawn again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  const drawn = store.getSnapshot();
  useLayoutEffect(() => {
    const unsubscribe = store.subscribe(() => redraw());
    // It may have changed between drawing and now.
    if (store.getSnapshot() !== drawn) redraw();
    return unsubscribe;
  }, [store]);
  return drawn;
}
