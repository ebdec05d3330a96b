// Picks people for a group: friends at once, others by name.
import { useState } from "preact/hooks";
import type { Chat, Person } from "../../../sdk/index.ts";
import { useStore } from "../lib/store.ts";
import { Icon } from "../ui/icons.tsx";
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
      <div class="search">
        <Icon name="search" size={18} />
        <input
          type="search"
          placeholder="Find people by name"
          aria-label="Find people by name"
          autocapitalize="none"
          spellcheck={false}
          autofocus
          value={query}
          onInput={({ currentTarget }) => setQuery(currentTarget.value)}
        />
      </div>
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
