import { useEffect, useState } from "preact/hooks";
import type { Chat, Person } from "../../../../sdk/index.ts";
import { errorText } from "../../state/toasts.ts";

// A pause in typing.
export const SEARCH_DELAY_MS = 250;

export interface PeopleSearch {
  people: readonly Person[];
  error: string;
  /** Whether `people` belongs to an earlier query. */
  isSearching: boolean;
}

/** People whose names begin with the query; nobody for an empty one. */
export function usePeopleSearch(chat: Chat, query: string): PeopleSearch {
  const [result, setResult] = useState({ query: "", people: [] as readonly Person[], error: "" });
  const wanted = query.trim();
  useEffect(() => {
    if (wanted === "") return;
    let isCurrent = true;
    const timer = setTimeout(async () => {
      try {
        const { data } = await chat.searchUsers(wanted);
        if (isCurrent) setResult({ query: wanted, people: data, error: "" });
      } catch (error) {
        if (isCurrent) setResult({ query: wanted, people: [], error: errorText(error) });
      }
    }, SEARCH_DELAY_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [chat, wanted]);
  const isSearching = wanted !== "" && result.query !== wanted;
  return { people: wanted === "" ? [] : result.people, error: result.error, isSearching };
}
