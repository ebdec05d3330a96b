// Picks people for a group: friends at once, others by name.
import { useState } from "preact/hooks";
import type { Chat, Person } from "../../../sdk/index.ts";
import { useStore } from "../lib/store.ts";
import { SearchField } from "../ui/search-field.tsx";
import { PersonRow } from "./people.tsx";
import { usePeopleSearch } from "./people-search.ts";

interface PickPeopleProps {
  chat: Chat;
  /** Those who can't be picked. */
  taken: readonly number[];
  onPick: (person: Person) => void;
}

export function PickPeople({ chat, taken, onPick }: PickPeopleProps) {
  const [query, setQuery] = useState("");
  const friends = useStore(chat.friends).items;
  const { people, isSearching, error } = usePeopleSearch(chat, query);
  const isAsking = query.trim() !== "";
  const offered = (isAsking ? people : friends).filter(({ id }) => !taken.includes(id));
  return (
    <div class="pick">
      <SearchField label="Find people by name" autofocus value={query} onChange={setQuery} />
      <ul class="rows">
        {offered.map((person) => (
          <PersonRow key={person.id} person={person}>
            <button
              type="button"
              class="button small"
              aria-label={`Add ${person.username}`}
              onClick={() => onPick(person)}
            >
              Add
            </button>
          </PersonRow>
        ))}
      </ul>
      {offered.length === 0 && !isSearching && (
        <p class="list-note">
          {error || (isAsking ? "Nobody else's name begins like that." : "Type a name to find people.")}
        </p>
      )}
    </div>
  );
}
