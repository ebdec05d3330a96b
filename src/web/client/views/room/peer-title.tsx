// The other person of a conversation, in its header.
import { type Chat, nameOf, type Person } from "../../../../sdk/index.ts";
import { lastSeen } from "../../lib/time.ts";
import { useStore } from "../../lib/use-store.ts";
import { PersonAvatar, StatusEmoji, usePerson } from "../../ui/person.tsx";

export function PeerTitle({ chat, peer }: { chat: Chat; peer: Person }) {
  const person = usePerson(peer);
  const name = nameOf(person);
  const presence = useStore(chat.presence)[person.id];
  return (
    <>
      <PersonAvatar person={person} />
      <span class="room-name">
        <span class="peer-name">
          <bdi title={name}>{name}</bdi>
          <StatusEmoji person={person} />
        </span>
        <span class="room-status">
          {name !== person.username && <bdi dir="ltr">@{person.username}</bdi>}
          {name !== person.username && presence && " · "}
          {/* Unknown for people who are not friends. */}
          {presence &&
            (presence.online ? (
              <span class="online">online</span>
            ) : presence.last_seen_at ? (
              `last seen ${lastSeen(presence.last_seen_at)}`
            ) : (
              "offline"
            ))}
        </span>
      </span>
    </>
  );
}
