// What there is to say about a search for messages besides its results.
import type { MessageSearch } from "./use-message-search.ts";

interface SearchNoteProps {
  search: MessageSearch;
  /** Whether nothing else was found either. */
  isAlone?: boolean;
}

export function SearchNote({ search, isAlone = false }: SearchNoteProps) {
  const { results, isSearching, isOff, isComplete, hasMore, error, retry } = search;
  if (isOff)
    return <p class="list-note">{isAlone && "No chats or people found. "}This server doesn’t search messages.</p>;
  if (isSearching) return results.length === 0 ? <p class="list-note">Searching…</p> : null;
  if (error)
    return (
      <p class="list-note">
        Couldn’t search. {error}{" "}
        <button type="button" class="link" onClick={retry}>
          Try again
        </button>
      </p>
    );
  if (!isComplete)
    return (
      <p class="list-note">
        {results.length === 0 ? "Nothing found so far: not" : "Not"} all messages could be searched yet.{" "}
        <button type="button" class="link" onClick={retry}>
          Search again
        </button>
      </p>
    );
  return results.length === 0 && !hasMore ? (
    <p class="list-note">{isAlone ? "Nothing found." : "No messages found."}</p>
  ) : null;
}
