// Finding people, and those one knows.
import { useState } from "preact/hooks";
import type { Account, Chat } from "../../../sdk/index.ts";
import { openPerson } from "../state/person.ts";
import { SearchField } from "../ui/search-field.tsx";
import { ConfirmParting, type Parting } from "./confirm-person.tsx";
import { FoundPeople } from "./people-found.tsx";
import { KnownPeople, Requests } from "./people-known.tsx";
import { useEnter, usePeopleSearch } from "./people-search.ts";

export function People({ chat, me }: { chat: Chat; me: Account }) {
  const [query, setQuery] = useState("");
  const [parting, setParting] = useState<Parting | null>(null);
  const search = usePeopleSearch(chat, query);
  const people = search.people.filter(({ id }) => id !== me.id);
  const onEnter = useEnter(query, search.isSearching, () => people[0] && openPerson(chat, people[0]));
  return (
    <div class="list-pane">
      <SearchField id="search" label="Find people by name" value={query} onChange={setQuery} onEnter={onEnter} />
      <div class="scroll">
        {/* Also above what is searched for: the number on the tab says that they are here. */}
        <Requests chat={chat} />
        {query.trim() ? (
          <FoundPeople chat={chat} search={{ ...search, people }} onPart={setParting} />
        ) : (
          <KnownPeople chat={chat} onPart={setParting} />
        )}
      </div>
      {parting && <ConfirmParting chat={chat} parting={parting} onClose={() => setParting(null)} />}
    </div>
  );
}
