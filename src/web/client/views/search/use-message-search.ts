// Searches messages as one types: page by page, and whatever is no longer wanted is cancelled.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Chat, ChatError, type SearchOptions, type SearchResult } from "../../../../sdk/index.ts";
import { errorText } from "../../state/toasts.ts";
import { SEARCH_DELAY_MS } from "../people/use-people-search.ts";

export type Wanted = Omit<SearchOptions, "cursor" | "signal">;

interface Found {
  /** What the results are of. */
  of: string;
  results: readonly SearchResult[];
  cursor: string | null;
  isComplete: boolean;
  error: string;
  /** The server does not search at all. */
  isOff: boolean;
}

export interface MessageSearch extends Omit<Found, "of" | "cursor"> {
  /** Whether the results are of an earlier query. */
  isSearching: boolean;
  isLoadingMore: boolean;
  hasMore: boolean;
  /** Resolves with all results that there are by then. */
  loadMore(): Promise<readonly SearchResult[]>;
  retry(): void;
}

const NOTHING: Omit<Found, "of"> = { results: [], cursor: null, isComplete: true, error: "", isOff: false };

/** Null looks for nothing. */
export function useMessageSearch(chat: Chat, wanted: Wanted | null): MessageSearch {
  const of = wanted ? JSON.stringify(wanted) : "";
  const [found, setFound] = useState<Found>({ of: "", ...NOTHING });
  const [isLoadingMore, setLoadingMore] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const controller = useRef<AbortController | null>(null);

  useEffect(() => {
    if (!wanted) return setFound({ of, ...NOTHING });
    const own = new AbortController();
    controller.current = own;
    const timer = setTimeout(async () => {
      try {
        const { data, next_cursor, complete } = await chat.search({ ...wanted, signal: own.signal });
        setFound({ ...NOTHING, of, results: data, cursor: next_cursor, isComplete: complete });
      } catch (error) {
        if (own.signal.aborted) return;
        const isOff = error instanceof ChatError && error.code === "not_found" && !wanted.room;
        setFound({ ...NOTHING, of, isOff, error: isOff ? "" : errorText(error) });
      }
    }, SEARCH_DELAY_MS);
    return () => {
      clearTimeout(timer);
      own.abort();
      setLoadingMore(false);
    };
  }, [chat, of, attempt]);

  async function loadMore() {
    const signal = controller.current?.signal;
    if (!wanted || !signal || !found.cursor || found.of !== of || isLoadingMore) return found.results;
    setLoadingMore(true);
    try {
      const { data, next_cursor, complete } = await chat.search({ ...wanted, cursor: found.cursor, signal });
      const results = [...found.results, ...data];
      setFound({ ...found, results, cursor: next_cursor, isComplete: complete, error: "" });
      return results;
    } catch (error) {
      if (!signal.aborted) setFound({ ...found, error: errorText(error) });
      return found.results;
    } finally {
      if (!signal.aborted) setLoadingMore(false);
    }
  }

  const { of: _, cursor, ...rest } = found;
  return {
    ...rest,
    isSearching: found.of !== of,
    isLoadingMore,
    hasMore: cursor !== null,
    loadMore,
    retry: () => {
      setFound({ of: "", ...NOTHING });
      setAttempt(attempt + 1);
    },
  };
}
