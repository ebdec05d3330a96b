// Friends with their presence, friend requests and blocked people.
import { type Chat, nameOf } from "../../../../sdk/index.ts";
import { lastSeen } from "../../lib/time.ts";
import { useStore } from "../../lib/use-store.ts";
import { currentNameOf, openPerson, showProfile } from "../../state/person.ts";
import { errorText, withErrorToast } from "../../state/toasts.ts";
import { Icon } from "../../ui/icons.tsx";
import { Menu } from "../../ui/menu.tsx";
import type { ConfirmAction } from "./confirm-action.tsx";
import { MessageButton } from "./message-button.tsx";
import { PersonRow } from "./person-row.tsx";

/** Friend requests that the user has not answered yet. */
export function Requests({ chat }: { chat: Chat }) {
  const incoming = useStore(chat.requests.incoming).items;
  if (incoming.length === 0) return null;
  return (
    <section>
      <h2>Friend requests</h2>
      <ul class="rows">
        {incoming.map(({ id, sender }) => (
          <PersonRow key={id} person={sender} onOpen={() => showProfile(sender)}>
            <span class="row-actions">
              <button
                type="button"
                class="button small primary"
                aria-label={`Accept friend request from ${currentNameOf(sender)}`}
                onClick={() => void withErrorToast(() => chat.requests.accept(id))}
              >
                Accept
              </button>
              <button
                type="button"
                class="button small"
                aria-label={`Decline friend request from ${currentNameOf(sender)}`}
                onClick={() => void withErrorToast(() => chat.requests.decline(id))}
              >
                Decline
              </button>
            </span>
          </PersonRow>
        ))}
      </ul>
    </section>
  );
}

interface KnownPeopleProps {
  chat: Chat;
  /** Asks for confirmation first. */
  onAction: (action: ConfirmAction) => void;
}

export function KnownPeople({ chat, onAction }: KnownPeopleProps) {
  const friends = useStore(chat.friends);
  const presence = useStore(chat.presence);
  const outgoing = useStore(chat.requests.outgoing).items;
  const blocks = useStore(chat.blocks).items;
  const isOnline = (id: number) => presence[id]?.online === true;
  const sorted = [...friends.items].sort(
    (a, b) => Number(isOnline(b.id)) - Number(isOnline(a.id)) || nameOf(a).localeCompare(nameOf(b)),
  );
  return (
    <>
      <section>
        {sorted.length > 0 && <h2>Friends</h2>}
        <ul class="rows">
          {sorted.map((friend) => (
            <PersonRow
              key={friend.id}
              person={friend}
              isOnline={isOnline(friend.id)}
              note={presenceNote(presence[friend.id])}
              onOpen={() => openPerson(chat, friend)}
            >
              <MessageButton chat={chat} person={friend} />
              <Menu
                label={`Actions for ${currentNameOf(friend)}`}
                items={[
                  { label: "View profile", onSelect: () => showProfile(friend) },
                  { label: "Remove friend", onSelect: () => onAction({ kind: "unfriend", person: friend }) },
                  { label: "Block", onSelect: () => onAction({ kind: "block", person: friend }), isDanger: true },
                ]}
              />
            </PersonRow>
          ))}
        </ul>
        {friends.isLoaded && sorted.length === 0 && (
          <div class="empty-state">
            <Icon name="people" size={40} />
            <h2>No friends yet</h2>
            <p>Search above to find people. Friends can see when each other is online.</p>
          </div>
        )}
        {friends.error && !friends.isLoaded && (
          <p class="list-note">Couldn’t load your friends. {errorText(friends.error)}</p>
        )}
      </section>
      {outgoing.length > 0 && (
        <section>
          <h2>Sent requests</h2>
          <ul class="rows">
            {outgoing.map(({ id, receiver }) => (
              <PersonRow key={id} person={receiver} note="Pending" onOpen={() => showProfile(receiver)}>
                <button
                  type="button"
                  class="button small"
                  aria-label={`Cancel friend request to ${currentNameOf(receiver)}`}
                  onClick={() => void withErrorToast(() => chat.requests.cancel(id))}
                >
                  Cancel
                </button>
              </PersonRow>
            ))}
          </ul>
        </section>
      )}
      {blocks.length > 0 && (
        <section>
          <h2>Blocked people</h2>
          <ul class="rows">
            {blocks.map((person) => (
              <PersonRow key={person.id} person={person} onOpen={() => showProfile(person)}>
                <button
                  type="button"
                  class="button small"
                  aria-label={`Unblock ${currentNameOf(person)}`}
                  onClick={() => void withErrorToast(() => chat.blocks.remove(person.id))}
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
