// The members of a group by whether they have read a message. The server does not tell when.
import { useEffect, useState } from "preact/hooks";
import { type Chat, nameOf, type RoomMember, type RoomMessage, type RoomStore } from "../../../../../sdk/index.ts";
import { useStore } from "../../../lib/use-store.ts";
import { withErrorToast } from "../../../state/toasts.ts";
import { Icon } from "../../../ui/icons.tsx";
import { PersonRow } from "../../people/person-row.tsx";

type Placed = Pick<RoomMessage, "id" | "seq" | "sender_id">;

/** Those other than the sender and the user: who has read it, and the rest. */
export function readersOf({ id, seq, sender_id }: Placed, members: readonly RoomMember[], meId: number) {
  const others = members.filter(({ user_id }) => user_id !== sender_id && user_id !== meId);
  const hasRead = ({ read_seq, last_read_message_id }: RoomMember) =>
    read_seq >= seq! || (last_read_message_id ?? 0) >= id!;
  const byName = (a: RoomMember, b: RoomMember) => nameOf(a).localeCompare(nameOf(b));
  return {
    read: others.filter(hasRead).sort(byName),
    unread: others.filter((member) => !hasRead(member)).sort(byName),
  };
}

interface ReadersProps {
  chat: Chat;
  room: RoomStore;
  message: RoomMessage;
  members: readonly RoomMember[];
  meId: number;
}

export function Readers({ chat, room, message, members, meId }: ReadersProps) {
  const { hasMoreMembers } = useStore(room);
  const presence = useStore(chat.presence);
  const [isLoading, setLoading] = useState(false);
  const [isHidden, setHidden] = useState(false);
  const { read, unread } = readersOf(message, members, meId);

  useEffect(() => {
    // Without it only the hint is missing.
    chat.privacy.get().then(
      ({ read_receipts }) => setHidden(!read_receipts),
      () => {},
    );
  }, []);

  async function loadMore() {
    setLoading(true);
    await withErrorToast(() => room.loadMembers());
    setLoading(false);
  }

  const isReached = ({ user_id, delivered_seq }: RoomMember) =>
    delivered_seq >= message.seq! || presence[user_id]?.online === true;
  const row = (member: RoomMember, note?: string) => (
    <PersonRow
      key={member.user_id}
      person={{ ...member, id: member.user_id }}
      size="small"
      note={note}
      mark={note ? undefined : <Icon name="checks" size={18} />}
    />
  );
  if (isHidden)
    return <p class="list-note">You don’t show others what you have read, so you don’t see it of them either.</p>;
  return (
    <>
      {read.length > 0 && (
        <section aria-label="Read by">
          <ul class="rows">{read.map((member) => row(member))}</ul>
        </section>
      )}
      {unread.length > 0 && (
        <section aria-label="Not read yet">
          <h3 class="info-heading">Not read yet</h3>
          <ul class="rows">
            {unread.map((member) => row(member, isReached(member) ? "Delivered" : "Not delivered yet"))}
          </ul>
          <p class="text-muted">People who don’t show what they have read are listed here as well.</p>
        </section>
      )}
      {read.length + unread.length === 0 && <p class="list-note">Nobody else is in this group.</p>}
      {hasMoreMembers && (
        <button type="button" class="button wide" aria-busy={isLoading} onClick={() => void loadMore()}>
          Show more members
        </button>
      )}
    </>
  );
}
