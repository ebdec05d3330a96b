// People whose name begins with what was typed.
import { useEffect, useState } from "preact/hooks";
import type { Chat, Person } from "../../../sdk/index.ts";
import { wordsFor } from "../state/toasts.ts";

// A pause in typing.
const PAUSE_MS = 250;

export function usePeopleSearch(chat: Chat, query: string) {
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
        if (isWanted) setResult({ query: wanted, people: [], error: wordsFor(error) });
      }
    }, PAUSE_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [chat, wanted]);
  return { people: result.people, error: result.error, isSearching: result.query !== wanted };
}
