// Search inside the open chat, in place of its header: from one result to the next, without leaving the field.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Account, Chat, RoomStore } from "../../../../sdk/index.ts";
import { isComposing } from "../../lib/composing.ts";
import { Icon } from "../../ui/icons.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { hasFilters, NO_FILTERS, wantedOf } from "./filters.ts";
import { useMarkedWords } from "./mark-words.ts";
import { SearchFilters } from "./search-filters.tsx";
import { SearchNote } from "./search-note.tsx";
import { useMessageSearch } from "./use-message-search.ts";

interface RoomSearchProps {
  chat: Chat;
  me: Account;
  room: RoomStore;
  /** Shows a message; the focus stays in the field. */
  onShow: (messageId: number) => void;
  onClose: () => void;
}

export function RoomSearch({ chat, me, room, onShow, onClose }: RoomSearchProps) {
  const [query, setQuery] = useState("");
  const [filters, setFilters] = useState(NO_FILTERS);
  const [isFiltering, setFiltering] = useState(false);
  /** The index of the result that is shown, from the newest on. */
  const [at, setAt] = useState(0);
  const wanted = useMemo(() => {
    const words = wantedOf(query, filters);
    return words && { ...words, room: room.key };
  }, [query, filters, room.key]);
  const search = useMessageSearch(chat, wanted);
  const { results, isSearching, hasMore, loadMore } = search;
  useMarkedWords(results, me.id);

  // The newest result is shown as soon as it is there.
  const first = isSearching ? undefined : results[0]?.message.id;
  useEffect(() => {
    setAt(0);
    if (first !== undefined) onShow(first);
  }, [first, wanted]);

  // Escape anywhere else in the room ends the search first, then leaves the room.
  const latestClose = useRef(onClose);
  latestClose.current = onClose;
  useEffect(() => {
    const onEscape = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || isComposing(event)) return;
      const { target } = event;
      if (document.querySelector("dialog[open], :popover-open") || !(target instanceof Element)) return;
      // What is being written has an Escape of its own.
      if (target.matches("textarea, .sidebar *")) return;
      event.preventDefault();
      latestClose.current();
    };
    addEventListener("keydown", onEscape, { capture: true });
    return () => removeEventListener("keydown", onEscape, { capture: true });
  }, []);

  async function go(step: number) {
    if (isSearching) return;
    const to = at + step;
    const all = to >= results.length ? await loadMore() : results;
    const result = all[to];
    if (!result) return;
    setAt(to);
    onShow(result.message.id);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isComposing(event) || !(event.target as Element).matches("input[type=search]")) return;
    const step = { ArrowUp: 1, ArrowDown: -1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (step) {
      event.preventDefault();
      void go(step);
    }
  }

  const count = results.length;
  const hasResults = !isSearching && count > 0;
  return (
    <search class="room-search" aria-label="Search in this chat">
      <div class="bar" onKeyDownCapture={onKeyDown}>
        <SearchField label="Search in this chat" autofocus value={query} onChange={setQuery} />
        <span class="room-search-count" role="status">
          {hasResults && (
            <>
              <span class="visually-hidden">Result </span>
              {at + 1} of {count}
              {hasMore && "+"}
            </>
          )}
        </span>
        <button
          type="button"
          class="icon-button filter-toggle"
          aria-label="Filters"
          aria-expanded={isFiltering}
          data-set={hasFilters(filters)}
          onClick={() => setFiltering(!isFiltering)}
        >
          <Icon name="filter" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Older result"
          disabled={!hasResults || (at + 1 >= count && !hasMore)}
          onClick={() => void go(1)}
        >
          <Icon name="up" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Newer result"
          disabled={!hasResults || at === 0}
          onClick={() => void go(-1)}
        >
          <Icon name="down" />
        </button>
        <button type="button" class="icon-button close-search" aria-label="Close search" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {isFiltering && <SearchFilters chat={chat} me={me} filters={filters} room={null} onChange={setFilters} />}
      {wanted && !(hasResults && search.isComplete && !search.error) && <SearchNote search={search} />}
    </search>
  );
}
