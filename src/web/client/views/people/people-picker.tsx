// Picks people: friends at once, others by name. A press on somebody picks them.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Chat, Person } from "../../../../sdk/index.ts";
import { useStore } from "../../lib/use-store.ts";
import { SearchField } from "../../ui/search-field.tsx";
import { PersonRow } from "./person-row.tsx";
import { useEnter, usePeopleSearch } from "./use-people-search.ts";

interface PeoplePickerProps {
  chat: Chat;
  /** Those who can't be picked. */
  taken?: readonly number[];
  onPick: (person: Person) => void;
  /** What stands at the end of each row. */
  mark?: ComponentChildren;
}

export function PeoplePicker({ chat, taken = [], onPick, mark }: PeoplePickerProps) {
  const [query, setQuery] = useState("");
  const friends = useStore(chat.friends).items;
  const meId = useStore(chat.me)?.id;
  const { people, isSearching, error } = usePeopleSearch(chat, query);
  const isAsking = query.trim() !== "";
  const known = [...friends].sort((a, b) => a.username.localeCompare(b.username));
  const offered = (isAsking ? people : known).filter(({ id }) => id !== meId && !taken.includes(id));
  const pick = (person: Person) => {
    setQuery("");
    onPick(person);
  };
  const onEnter = useEnter(query, isSearching, () => offered[0] && pick(offered[0]));
  return (
    <div class="pick">
      <SearchField label="Search people" autofocus value={query} onChange={setQuery} onEnter={onEnter} />
      {!isAsking && offered.length > 0 && <h3>Friends</h3>}
      <ul class="rows">
        {offered.map((person) => (
          <PersonRow key={person.id} person={person} mark={mark} onOpen={() => pick(person)} />
        ))}
      </ul>
      {offered.length === 0 && !isSearching && (
        <p class="list-note">
          {error || (isAsking ? "No one else found with a name like that." : "Type a name to find people.")}
        </p>
      )}
    </div>
  );
}
