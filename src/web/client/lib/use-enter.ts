import { useEffect, useRef } from "preact/hooks";

/** Returns the handler for Enter in a search field: opens the first result, at once or as soon as the results are there. */
export function useEnter(query: string, isSearching: boolean, openFirst: () => void): () => void {
  const pending = useRef<string | null>(null);
  useEffect(() => {
    if (pending.current !== query) pending.current = null;
    else if (!isSearching) {
      pending.current = null;
      openFirst();
    }
  });
  return () => {
    if (query.trim() === "") return;
    if (isSearching) pending.current = query;
    else openFirst();
  };
}
