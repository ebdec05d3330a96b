// A person's portrait, how one stands with them, and what one can do about it: in a card, and beside their conversation.
import { useState } from "preact/hooks";
import type { Chat, Person } from "../../../../sdk/index.ts";
import { isolate } from "../../lib/text.ts";
import { lastSeen } from "../../lib/time.ts";
import { useStore } from "../../lib/use-store.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Icon } from "../../ui/icons.tsx";
import { type ConfirmAction, ConfirmActionDialog } from "./confirm-action.tsx";

interface ProfileProps {
  chat: Chat;
  person: Person;
  /** Offered where the conversation is not open already. */
  onMessage?: () => void;
}

export function Profile({ chat, person, onMessage }: ProfileProps) {
  const [asks, setAsks] = useState<ConfirmAction["what"] | null>(null);
  const isFriend = useStore(chat.friends).items.some(({ id }) => id === person.id);
  const isBlocked = useStore(chat.blocks).items.some(({ id }) => id === person.id);
  const sent = useStore(chat.requests.outgoing).items.find(({ receiver }) => receiver.id === person.id);
  const received = useStore(chat.requests.incoming).items.find(({ sender }) => sender.id === person.id);
  const presence = useStore(chat.presence)[person.id];
  return (
    <>
      <div class="portrait">
        <Avatar id={person.id} name={person.username} size="large" isOnline={presence?.online === true} />
        <h3>
          <bdi>{person.username}</bdi>
        </h3>
        <p>{standing()}</p>
      </div>
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
              Decline
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
                `Friend request sent to ${isolate(person.username)}.`,
              )
            }
          >
            <Icon name="plus" size={18} /> Add as a friend
          </button>
        )}
        {sent && (
          <button type="button" class="button" onClick={() => void withErrorToast(() => chat.requests.cancel(sent.id))}>
            Cancel friend request
          </button>
        )}
        {isFriend && (
          <button type="button" class="button" onClick={() => setAsks("unfriend")}>
            Remove friend
          </button>
        )}
        {isBlocked ? (
          <button type="button" class="button" onClick={() => void withErrorToast(() => chat.blocks.remove(person.id))}>
            Unblock
          </button>
        ) : (
          <button type="button" class="button danger-text" onClick={() => setAsks("block")}>
            Block
          </button>
        )}
      </div>
      {asks && <ConfirmActionDialog chat={chat} action={{ what: asks, person }} onClose={() => setAsks(null)} />}
    </>
  );

  function standing() {
    if (isBlocked) return "You blocked this person.";
    if (received && !isFriend) return "Wants to be your friend";
    if (sent) return "Friend request sent";
    if (!isFriend) return "Not a friend yet";
    if (presence?.online) return "Friend · online";
    return presence?.last_seen_at ? `Friend · last seen ${lastSeen(presence.last_seen_at)}` : "Friend";
  }
}
