// Finding people, and those one knows.
import { useState } from "preact/hooks";
import type { Account, Chat } from "../../../../sdk/index.ts";
import { openPerson } from "../../state/person.ts";
import { SearchField } from "../../ui/search-field.tsx";
import { type ConfirmAction, ConfirmActionDialog } from "./confirm-action.tsx";
import { FoundPeople } from "./found-people.tsx";
import { KnownPeople, Requests } from "./known-people.tsx";
import { useEnter, usePeopleSearch } from "./use-people-search.ts";

export function People({ chat, me }: { chat: Chat; me: Account }) {
  const [query, setQuery] = useState("");
  const [action, setPendingAction] = useState<ConfirmAction | null>(null);
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
          <FoundPeople chat={chat} search={{ ...search, people }} onAction={setPendingAction} />
        ) : (
          <KnownPeople chat={chat} onAction={setPendingAction} />
        )}
      </div>
      {action && <ConfirmActionDialog chat={chat} action={action} onClose={() => setPendingAction(null)} />}
    </div>
  );
}
