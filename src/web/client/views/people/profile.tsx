// A person's profile: their relationship to the user and what can be done about it. Shown in a dialog and beside their conversation.
import { useEffect, useState } from "preact/hooks";
import { type Chat, nameOf, type Person } from "../../../../sdk/index.ts";
import { lastSeen, untilOf } from "../../lib/time.ts";
import { useStore } from "../../lib/use-store.ts";
import { nameInText } from "../../state/person.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { Icon } from "../../ui/icons.tsx";
import { PersonAvatar, usePerson } from "../../ui/person.tsx";
import { report } from "../reports/report.tsx";
import { type ConfirmAction, ConfirmActionDialog } from "./confirm-action.tsx";

interface ProfileProps {
  chat: Chat;
  person: Person;
  /** Left out where the conversation is already open. */
  onMessage?: () => void;
}

export function Profile({ chat, person: given, onMessage }: ProfileProps) {
  const person = usePerson(given);
  const [pending, setPending] = useState<ConfirmAction["kind"] | null>(null);
  const isFriend = useStore(chat.friends).items.some(({ id }) => id === person.id);
  const isBlocked = useStore(chat.blocks).items.some(({ id }) => id === person.id);
  const sent = useStore(chat.requests.outgoing).items.find(({ receiver }) => receiver.id === person.id);
  const received = useStore(chat.requests.incoming).items.find(({ sender }) => sender.id === person.id);
  const presence = useStore(chat.presence)[person.id];
  const name = nameOf(person);
  const { status } = person;
  // Whoever was found by a search has nothing that keeps them up to date.
  useEffect(() => {
    chat.people.get(person.id).catch(() => {});
  }, [chat, person.id]);
  return (
    <>
      <div class="portrait">
        <PersonAvatar person={person} size="large" isOnline={presence?.online === true} />
        <h3>
          <bdi>{name}</bdi>
        </h3>
        {name !== person.username && (
          <p class="text-muted">
            <bdi dir="ltr">@{person.username}</bdi>
          </p>
        )}
        <p>{relationship()}</p>
        {status && (
          <p class="status">
            {status.emoji && <span>{status.emoji}</span>}
            {status.text && <bdi dir="auto">{status.text}</bdi>}
            {status.until && <span class="text-muted">until {untilOf(status.until)}</span>}
          </p>
        )}
      </div>
      {!person.deleted && (
        <div class="stack">
          {received && !isFriend && (
            <>
              <button
                type="button"
                class="button primary"
                onClick={() => void withErrorToast(() => chat.requests.accept(received.id))}
              >
                Accept friend request
              </button>
              <button
                type="button"
                class="button"
                onClick={() => void withErrorToast(() => chat.requests.decline(received.id))}
              >
                Decline friend request
              </button>
            </>
          )}
          {onMessage && !isBlocked && (
            <button type="button" class={received && !isFriend ? "button" : "button primary"} onClick={onMessage}>
              <Icon name="chats" size={18} /> Message
            </button>
          )}
          {!isFriend && !isBlocked && !sent && !received && (
            <button
              type="button"
              class="button"
              onClick={() =>
                void withErrorToast(
                  () => chat.requests.send(person.id),
                  `Friend request sent to ${nameInText(person)}.`,
                )
              }
            >
              <Icon name="plus" size={18} /> Add friend
            </button>
          )}
          {sent && (
            <button
              type="button"
              class="button"
              onClick={() => void withErrorToast(() => chat.requests.cancel(sent.id))}
            >
              Cancel friend request
            </button>
          )}
          {isFriend && (
            <button type="button" class="button" onClick={() => setPending("unfriend")}>
              Remove friend
            </button>
          )}
          {isBlocked ? (
            <button
              type="button"
              class="button"
              onClick={() => void withErrorToast(() => chat.blocks.remove(person.id))}
            >
              Unblock
            </button>
          ) : (
            <button type="button" class="button danger-text" onClick={() => setPending("block")}>
              Block
            </button>
          )}
          <button type="button" class="button" onClick={() => report({ kind: "person", person })}>
            <Icon name="flag" size={18} /> Report…
          </button>
        </div>
      )}
      {pending && (
        <ConfirmActionDialog chat={chat} action={{ kind: pending, person }} onClose={() => setPending(null)} />
      )}
    </>
  );

  function relationship() {
    if (person.deleted) return "This account was deleted.";
    if (person.is_bot) return "Bot: a program that acts by itself";
    if (isBlocked) return "You blocked this person.";
    if (received && !isFriend) return "Sent you a friend request";
    if (sent) return "Friend request sent";
    if (!isFriend) return "Not friends";
    if (presence?.online) return "Friend · online";
    return presence?.last_seen_at ? `Friend · last seen ${lastSeen(presence.last_seen_at)}` : "Friend";
  }
}
