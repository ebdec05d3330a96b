// A list to pick people from: the user's friends, or a search for anyone.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type Chat, nameOf, type Person } from "../../../../sdk/index.ts";
import { useEnter } from "../../lib/use-enter.ts";
import { useStore } from "../../lib/use-store.ts";
import { SearchField } from "../../ui/search-field.tsx";
import { PersonRow } from "./person-row.tsx";
import { usePeopleSearch } from "./use-people-search.ts";

interface PeoplePickerProps {
  chat: Chat;
  /** The ids of people who can't be picked. */
  taken?: readonly number[];
  onPick: (person: Person) => void;
  /** At the end of each row. */
  mark?: ComponentChildren;
}

export function PeoplePicker({ chat, taken = [], onPick, mark }: PeoplePickerProps) {
  const [query, setQuery] = useState("");
  const friends = useStore(chat.friends).items;
  const meId = useStore(chat.me)?.id;
  const { people, isSearching, error } = usePeopleSearch(chat, query);
  const hasQuery = query.trim() !== "";
  const sortedFriends = [...friends].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  const offered = (hasQuery ? people : sortedFriends).filter(({ id }) => id !== meId && !taken.includes(id));
  const pick = (person: Person) => {
    setQuery("");
    onPick(person);
  };
  const onEnter = useEnter(query, isSearching, () => offered[0] && pick(offered[0]));
  return (
    <div class="pick">
      <SearchField label="Search people" autofocus value={query} onChange={setQuery} onEnter={onEnter} />
      {!hasQuery && offered.length > 0 && <h3>Friends</h3>}
      <ul class="rows">
        {offered.map((person) => (
          <PersonRow key={person.id} person={person} mark={mark} onOpen={() => pick(person)} />
        ))}
      </ul>
      {offered.length === 0 && !isSearching && (
        <p class="list-note">
          {error ||
            (hasQuery
              ? taken.length > 0
                ? "No other people found."
                : "No people found."
              : "Type a name to find people.")}
        </p>
      )}
    </div>
  );
}
