// Says why the user can't write in a room, in place of the composer.
import type { Chat, RoomSnapshot } from "../../../../sdk/index.ts";
import { eventText } from "../../lib/event-text.ts";
import { untilOf } from "../../lib/time.ts";
import { nameInText } from "../../state/person.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { Icon } from "../../ui/icons.tsx";
import { PersonName } from "../../ui/person.tsx";
import type { ReadOnlyReason } from "./use-read-only-reason.ts";

interface ReadOnlyFooterProps {
  chat: Chat;
  meId: number;
  snapshot: RoomSnapshot;
  reason: ReadOnlyReason;
}

export function ReadOnlyFooter({ chat, meId, snapshot: { info, events }, reason }: ReadOnlyFooterProps) {
  if (reason === "muted" && info?.kind === "group") {
    const until = info.muted_until ? ` until ${untilOf(info.muted_until)}` : "";
    return (
      <p class="read-only-footer">
        <Icon name="muted" size={16} /> You’re muted in this group{until}. You can still read messages.
      </p>
    );
  }
  if (reason === "blocked" && info?.kind === "conversation") {
    return (
      <p class="read-only-footer">
        <span>
          You blocked <PersonName person={info.peer} />.
        </span>
        <button type="button" class="link" onClick={() => void withErrorToast(() => chat.blocks.remove(info.peer.id))}>
          Unblock
        </button>
      </p>
    );
  }
  if (reason === "deleted")
    return <p class="read-only-footer">This account was deleted. You can still read the messages above.</p>;
  const end = events.findLast(({ user }) => user?.id === meId);
  const isRemoved = end?.kind === "removed" || end?.kind === "banned";
  const text =
    end?.kind === "left"
      ? "You left this group"
      : isRemoved
        ? `${eventText(end, meId, nameInText)} from this group`
        : "This chat is no longer available";
  return <p class="read-only-footer">{text}. You can still read the messages above.</p>;
}
