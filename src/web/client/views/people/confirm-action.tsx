// Asks for confirmation before a person is blocked or removed as a friend, in the same words everywhere.
import type { Chat, Person } from "../../../../sdk/index.ts";
import { useStore } from "../../lib/use-store.ts";
import { fullNameInText } from "../../state/person.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { ConfirmDialog } from "../../ui/dialog.tsx";

export interface ConfirmAction {
  kind: "block" | "unfriend";
  person: Person;
}

interface ConfirmActionDialogProps {
  chat: Chat;
  action: ConfirmAction;
  onClose: () => void;
}

export function ConfirmActionDialog({ chat, action: { kind, person }, onClose }: ConfirmActionDialogProps) {
  const name = fullNameInText(person);
  const isFriend = useStore(chat.friends).items.some(({ id }) => id === person.id);
  return kind === "block" ? (
    <ConfirmDialog
      title={`Block ${name}?`}
      text={`You won’t be able to message each other${isFriend ? ", and you’ll no longer be friends" : ""}. Their messages in groups will be hidden from you. They won’t be notified.`}
      action="Block"
      onConfirm={() => void withErrorToast(() => chat.blocks.add(person.id))}
      onClose={onClose}
    />
  ) : (
    <ConfirmDialog
      title={`Remove ${name} from your friends?`}
      text="You can still message each other, but you’ll no longer see when the other is online."
      action="Remove"
      onConfirm={() => void withErrorToast(() => chat.friends.remove(person.id))}
      onClose={onClose}
    />
  );
}
