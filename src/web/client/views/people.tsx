// Finding people, friends with their presence, requests and blocks.
import { useState } from "preact/hooks";
import type { Account, Chat, Person } from "../../../sdk/index.ts";
import { useStore } from "../lib/store.ts";
import { isolate } from "../lib/text.ts";
import { lastSeen } from "../lib/time.ts";
import { go, roomHref } from "../state/route.ts";
import { attempt } from "../state/toasts.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Icon } from "../ui/icons.tsx";
import { Menu } from "../ui/menu.tsx";
import { SearchField } from "../ui/search-field.tsx";
import { ConfirmParting, type Parting } from "./confirm-person.tsx";
import { usePeopleSearch } from "./people-search.ts";

interface PeopleProps {
  chat: Chat;
  me: Account;
}

/** Opens the conversation with somebody. */
export const writeTo = (chat: Chat, userId: number) =>
  attempt(async () => go(roomHref((await chat.openConversation(userId)).key)));

export function People({ chat, me }: PeopleProps) {
  const [query, setQuery] = useState("");
  const [parting, setParting] = useState<Parting | null>(null);
  return (
    <div class="list-pane">
      <SearchField id="search" label="Find people by name" value={query} onChange={setQuery} />
      <div class="scroll">
        {query.trim() ? (
          <Found chat={chat} me={me} query={query} onPart={setParting} />
        ) : (
          <Known chat={chat} onPart={setParting} />
        )}
      </div>
      {parting && <ConfirmParting chat={chat} parting={parting} onClose={() => setParting(null)} />}
    </div>
  );
}

/** One is asked first. */
type OnPart = (parting: Parting) => void;

function Found({ chat, me, query, onPart }: PeopleProps & { query: string; onPart: OnPart }) {
  const { people, isSearching, error } = usePeopleSearch(chat, query);
  const friends = new Set(useStore(chat.friends).items.map(({ id }) => id));
  const asked = new Set(useStore(chat.requests.outgoing).items.map(({ receiver }) => receiver.id));
  const incoming = new Map(useStore(chat.requests.incoming).items.map(({ id, sender }) => [sender.id, id]));
  const blocked = new Set(useStore(chat.blocks).items.map(({ id }) => id));
  const others = people.filter(({ id }) => id !== me.id);
  return (
    <section aria-label="Found">
      <ul class="rows">
        {others.map((person) => (
          <PersonRow key={person.id} person={person} note={noteOf(person.id)}>
            {!blocked.has(person.id) && <WriteButton chat={chat} person={person} />}
            <Menu label={`More about ${person.username}`} items={itemsOf(person)} />
          </PersonRow>
        ))}
      </ul>
      {error && <p class="list-note">{error}</p>}
      {!error && !isSearching && others.length === 0 && <p class="list-note">Nobody's name begins like that.</p>}
    </section>
  );

  function noteOf(id: number) {
    if (friends.has(id)) return "Friend";
    if (blocked.has(id)) return "Blocked";
    if (asked.has(id)) return "Asked";
    return incoming.has(id) ? "Asks to be your friend" : "";
  }

  function itemsOf(person: Person) {
    const { id, username } = person;
    if (blocked.has(id)) return [{ label: "Unblock", onSelect: () => void attempt(() => chat.blocks.remove(id)) }];
    const request = incoming.get(id);
    return [
      ...(request !== undefined
        ? [{ label: "Accept the request", onSelect: () => void attempt(() => chat.requests.accept(request)) }]
        : friends.has(id) || asked.has(id)
          ? []
          : [
              {
                label: "Add as a friend",
                onSelect: () => void attempt(() => chat.requests.send(id), `You have asked ${isolate(username)}.`),
              },
            ]),
      { label: "Block", onSelect: () => onPart({ what: "block", person }), isDanger: true },
    ];
  }
}

function Known({ chat, onPart }: { chat: Chat; onPart: OnPart }) {
  const friends = useStore(chat.friends);
  const presence = useStore(chat.presence);
  const incoming = useStore(chat.requests.incoming).items;
  const outgoing = useStore(chat.requests.outgoing).items;
  const blocks = useStore(chat.blocks).items;
  const isOnline = (id: number) => presence[id]?.online === true;
  const sorted = [...friends.items].sort(
    (a, b) => Number(isOnline(b.id)) - Number(isOnline(a.id)) || a.username.localeCompare(b.username),
  );
  return (
    <>
      {incoming.length > 0 && (
        <section>
          <h2>Requests</h2>
          <ul class="rows">
            {incoming.map(({ id, sender }) => (
              <PersonRow key={id} person={sender}>
                <span class="row-actions">
                  <button
                    type="button"
                    class="button small primary"
                    aria-label={`Accept ${sender.username}`}
                    onClick={() => void attempt(() => chat.requests.accept(id))}
                  >
                    Accept
                  </button>
                  <button
                    type="button"
                    class="button small"
                    aria-label={`Decline ${sender.username}`}
                    onClick={() => void attempt(() => chat.requests.decline(id))}
                  >
                    Decline
                  </button>
                </span>
              </PersonRow>
            ))}
          </ul>
        </section>
      )}
      <section>
        {sorted.length > 0 && <h2>Friends</h2>}
        <ul class="rows">
          {sorted.map((friend) => (
            <PersonRow
              key={friend.id}
              person={friend}
              isOnline={isOnline(friend.id)}
              note={presenceNote(presence[friend.id])}
            >
              <WriteButton chat={chat} person={friend} />
              <Menu
                label={`More about ${friend.username}`}
                items={[
                  { label: "Remove friend", onSelect: () => onPart({ what: "unfriend", person: friend }) },
                  { label: "Block", onSelect: () => onPart({ what: "block", person: friend }), isDanger: true },
                ]}
              />
            </PersonRow>
          ))}
        </ul>
        {friends.isLoaded && sorted.length === 0 && (
          <div class="empty-state">
            <Icon name="people" size={40} />
            <h2>No friends yet</h2>
            <p>Type a name above to find people. Friends see when each other is online.</p>
          </div>
        )}
        {friends.error && !friends.isLoaded && <p class="list-note">{friends.error.detail}</p>}
      </section>
      {outgoing.length > 0 && (
        <section>
          <h2>You have asked</h2>
          <ul class="rows">
            {outgoing.map(({ id, receiver }) => (
              <PersonRow key={id} person={receiver} note="No answer yet">
                <button
                  type="button"
                  class="button small"
                  aria-label={`Take back the request to ${receiver.username}`}
                  onClick={() => void attempt(() => chat.requests.cancel(id))}
                >
                  Take back
                </button>
              </PersonRow>
            ))}
          </ul>
        </section>
      )}
      {blocks.length > 0 && (
        <section>
          <h2>Blocked</h2>
          <ul class="rows">
            {blocks.map((person) => (
              <PersonRow key={person.id} person={person}>
                <button
                  type="button"
                  class="button small"
                  aria-label={`Unblock ${person.username}`}
                  onClick={() => void attempt(() => chat.blocks.remove(person.id))}
                >
                  Unblock
                </button>
              </PersonRow>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

const presenceNote = (presence: { online: boolean; last_seen_at: string | null } | undefined) =>
  !presence
    ? ""
    : presence.online
      ? "Online"
      : presence.last_seen_at
        ? `Last seen ${lastSeen(presence.last_seen_at)}`
        : "";

interface PersonRowProps {
  person: Person;
  note?: string;
  isOnline?: boolean;
  children: preact.ComponentChildren;
}

export const PersonRow = ({ person, note = "", isOnline = false, children }: PersonRowProps) => (
  <li class="row person">
    <Avatar id={person.id} name={person.username} isOnline={isOnline} />
    <span class="row-text">
      <bdi class="row-title" title={person.username}>
        {person.username}
      </bdi>
      {note && <span class="row-note">{note}</span>}
    </span>
    {children}
  </li>
);

const WriteButton = ({ chat, person }: { chat: Chat; person: Person }) => (
  <button
    type="button"
    class="icon-button"
    aria-label={`Write to ${person.username}`}
    onClick={() => void writeTo(chat, person.id)}
  >
    <Icon name="chats" />
  </button>
);
