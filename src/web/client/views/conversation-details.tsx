// Who one is talking to, and what one can do about them.
import { useState } from "preact/hooks";
import type { Chat, Person } from "../../../sdk/index.ts";
import { useStore } from "../lib/store.ts";
import { lastSeen } from "../lib/time.ts";
import { attempt } from "../state/toasts.ts";
import { Avatar } from "../ui/avatar.tsx";
import { ConfirmParting, type Parting } from "./confirm-person.tsx";
import { DetailsPanel } from "./details-panel.tsx";

interface ConversationDetailsProps {
  chat: Chat;
  peer: Person;
  onClose: () => void;
}

export function ConversationDetails({ chat, peer, onClose }: ConversationDetailsProps) {
  const [asks, setAsks] = useState<Parting["what"] | null>(null);
  const isFriend = useStore(chat.friends).items.some(({ id }) => id === peer.id);
  const isBlocked = useStore(chat.blocks).items.some(({ id }) => id === peer.id);
  const request = useStore(chat.requests.outgoing).items.find(({ receiver }) => receiver.id === peer.id);
  const asked = useStore(chat.requests.incoming).items.find(({ sender }) => sender.id === peer.id);
  const presence = useStore(chat.presence)[peer.id];
  return (
    <DetailsPanel title="About" onClose={onClose}>
      <div class="portrait">
        <Avatar id={peer.id} name={peer.username} size="large" isOnline={presence?.online === true} />
        <h3>
          <bdi>{peer.username}</bdi>
        </h3>
        <p>
          {isBlocked
            ? "You have blocked them: neither of you can write here."
            : isFriend
              ? presence?.online
                ? "A friend, online"
                : `A friend${presence?.last_seen_at ? `, last seen ${lastSeen(presence.last_seen_at)}` : ""}`
              : "Not a friend yet"}
        </p>
      </div>
      <div class="stack">
        {asked && !isFriend && (
          <button
            type="button"
            class="button primary"
            onClick={() => void attempt(() => chat.requests.accept(asked.id))}
          >
            Accept their friend request
          </button>
        )}
        {!isFriend && !isBlocked && !request && !asked && (
          <button type="button" class="button" onClick={() => void attempt(() => chat.requests.send(peer.id))}>
            Add as a friend
          </button>
        )}
        {request && (
          <button type="button" class="button" onClick={() => void attempt(() => chat.requests.cancel(request.id))}>
            Take back the friend request
          </button>
        )}
        {isFriend && (
          <button type="button" class="button" onClick={() => setAsks("unfriend")}>
            Remove from friends
          </button>
        )}
        {isBlocked ? (
          <button type="button" class="button" onClick={() => void attempt(() => chat.blocks.remove(peer.id))}>
            Unblock
          </button>
        ) : (
          <button type="button" class="button danger-text" onClick={() => setAsks("block")}>
            Block
          </button>
        )}
      </div>
      {asks && <ConfirmParting chat={chat} parting={{ what: asks, person: peer }} onClose={() => setAsks(null)} />}
    </DetailsPanel>
  );
}
