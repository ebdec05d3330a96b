// Subscribes components to the SDK's stores.
import { useLayoutEffect, useReducer } from "preact/hooks";
import type { Store } from "../../../sdk/index.ts";

/** Returns the store's current state and re-renders the component when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, rerender] = useReducer<number, void>((count) => count + 1, 0);
  const rendered = store.getSnapshot();
  useLayoutEffect(() => {
    const unsubscribe = store.subscribe(() => rerender());
    // It may have changed between the render and the subscription.
    if (store.getSnapshot() !== rendered) rerender();
    return unsubscribe;
  }, [store]);
  return rendered;
}
