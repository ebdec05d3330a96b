// The results of a search for people, with each one's relationship to the user.
import type { Chat, Person } from "../../../../sdk/index.ts";
import { useStore } from "../../lib/use-store.ts";
import { currentNameOf, nameInText, openPerson } from "../../state/person.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { Menu } from "../../ui/menu.tsx";
import type { ConfirmAction } from "./confirm-action.tsx";
import { MessageButton } from "./message-button.tsx";
import { PersonRow } from "./person-row.tsx";
import type { PeopleSearch } from "./use-people-search.ts";

interface FoundPeopleProps {
  chat: Chat;
  search: PeopleSearch;
  /** Asks for confirmation first. */
  onAction: (action: ConfirmAction) => void;
}

export function FoundPeople({ chat, search: { people, isSearching, error }, onAction }: FoundPeopleProps) {
  const friends = new Set(useStore(chat.friends).items.map(({ id }) => id));
  const requested = new Set(useStore(chat.requests.outgoing).items.map(({ receiver }) => receiver.id));
  const incoming = new Map(useStore(chat.requests.incoming).items.map(({ id, sender }) => [sender.id, id]));
  const blocked = new Set(useStore(chat.blocks).items.map(({ id }) => id));
  return (
    <section aria-label="Search results">
      {people.length > 0 && <h2>People</h2>}
      <ul class="rows">
        {people.map((person) => (
          <PersonRow key={person.id} person={person} note={noteOf(person.id)} onOpen={() => openPerson(chat, person)}>
            {!blocked.has(person.id) && <MessageButton chat={chat} person={person} />}
            <Menu label={`Actions for ${currentNameOf(person)}`} items={itemsOf(person)} />
          </PersonRow>
        ))}
      </ul>
      {error && <p class="list-note">{error}</p>}
      {!error && !isSearching && people.length === 0 && <p class="list-note">No people found.</p>}
    </section>
  );

  function noteOf(id: number) {
    if (friends.has(id)) return "Friend";
    if (blocked.has(id)) return "Blocked";
    if (requested.has(id)) return "Friend request sent";
    return incoming.has(id) ? "Sent you a friend request" : "";
  }

  function itemsOf(person: Person) {
    const { id } = person;
    if (blocked.has(id))
      return [{ label: "Unblock", onSelect: () => void withErrorToast(() => chat.blocks.remove(id)) }];
    const request = incoming.get(id);
    return [
      ...(request !== undefined
        ? [{ label: "Accept friend request", onSelect: () => void withErrorToast(() => chat.requests.accept(request)) }]
        : friends.has(id) || requested.has(id)
          ? []
          : [
              {
                label: "Add friend",
                onSelect: () =>
                  void withErrorToast(() => chat.requests.send(id), `Friend request sent to ${nameInText(person)}.`),
              },
            ]),
      { label: "Block", onSelect: () => onAction({ kind: "block", person }), isDanger: true },
    ];
  }
}
