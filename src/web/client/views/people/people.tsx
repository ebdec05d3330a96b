// The People tab: searching for people, and those the user knows.
import { useState } from "preact/hooks";
import type { Account, Chat } from "../../../../sdk/index.ts";
import { useEnter } from "../../lib/use-enter.ts";
import { openPerson } from "../../state/person.ts";
import { SearchField } from "../../ui/search-field.tsx";
import { type ConfirmAction, ConfirmActionDialog } from "./confirm-action.tsx";
import { FoundPeople } from "./found-people.tsx";
import { KnownPeople, Requests } from "./known-people.tsx";
import { usePeopleSearch } from "./use-people-search.ts";

export function People({ chat, me }: { chat: Chat; me: Account }) {
  const [query, setQuery] = useState("");
  const [pendingAction, setPendingAction] = useState<ConfirmAction | null>(null);
  const search = usePeopleSearch(chat, query);
  const people = search.people.filter(({ id }) => id !== me.id);
  const onEnter = useEnter(query, search.isSearching, () => people[0] && openPerson(chat, people[0]));
  return (
    <div class="list-pane">
      <SearchField list="people" label="Search people" value={query} onChange={setQuery} onEnter={onEnter} />
      <div class="scroll">
        {/* Above search results too: the count on the tab refers to them. */}
        <Requests chat={chat} />
        {query.trim() ? (
          <FoundPeople chat={chat} search={{ ...search, people }} onAction={setPendingAction} />
        ) : (
          <KnownPeople chat={chat} onAction={setPendingAction} />
        )}
      </div>
      {pendingAction && (
        <ConfirmActionDialog chat={chat} action={pendingAction} onClose={() => setPendingAction(null)} />
      )}
    </div>
  );
}
