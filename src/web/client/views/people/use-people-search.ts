// People whose name begins with what was typed, and Enter for the first of what was found.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Chat, Person } from "../../../../sdk/index.ts";
import { errorText } from "../../state/toasts.ts";

// A pause in typing.
const PAUSE_MS = 250;

export interface PeopleSearch {
  people: readonly Person[];
  error: string;
  /** Whether `people` belongs to an earlier query. */
  isSearching: boolean;
}

export function usePeopleSearch(chat: Chat, query: string): PeopleSearch {
  const [result, setResult] = useState({ query: "", people: [] as readonly Person[], error: "" });
  const wanted = query.trim();
  useEffect(() => {
    if (wanted === "") return;
    let isWanted = true;
    const timer = setTimeout(async () => {
      try {
        const { data } = await chat.searchUsers(wanted);
        if (isWanted) setResult({ query: wanted, people: data, error: "" });
      } catch (error) {
        if (isWanted) setResult({ query: wanted, people: [], error: errorText(error) });
      }
    }, PAUSE_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [chat, wanted]);
  const isSearching = wanted !== "" && result.query !== wanted;
  return { people: wanted === "" ? [] : result.people, error: result.error, isSearching };
}

/** What Enter does in a search field: opens the first result, at once or as soon as the answer is there. */
export function useEnter(query: string, isSearching: boolean, openFirst: () => void): () => void {
  const awaited = useRef<string | null>(null);
  useEffect(() => {
    if (awaited.current !== query) awaited.current = null;
    else if (!isSearching) {
      awaited.current = null;
      openFirst();
    }
  });
  return () => {
    if (query.trim() === "") return;
    if (isSearching) awaited.current = query;
    else openFirst();
  };
}
