// Asks before one parts with somebody, in the same words wherever that is done.
import type { Chat, Person } from "../../../../sdk/index.ts";
import { isolate } from "../../lib/text.ts";
import { withErrorToast } from "../../state/toasts.ts";
import { Confirm } from "../../ui/dialog.tsx";

export interface ConfirmAction {
  what: "block" | "unfriend";
  person: Person;
}

interface ConfirmActionDialogProps {
  chat: Chat;
  action: ConfirmAction;
  onClose: () => void;
}

export function ConfirmActionDialog({ chat, action: { what, person }, onClose }: ConfirmActionDialogProps) {
  const name = isolate(person.username);
  return what === "block" ? (
    <Confirm
      title={`Block ${name}?`}
      text="You won’t be able to message each other, and you’ll no longer be friends. They won’t be notified."
      action="Block"
      onConfirm={() => void withErrorToast(() => chat.blocks.add(person.id))}
      onClose={onClose}
    />
  ) : (
    <Confirm
      title={`Remove ${name} from your friends?`}
      text="You can still message each other, but you won’t see when the other is online."
      action="Remove"
      onConfirm={() => void withErrorToast(() => chat.friends.remove(person.id))}
      onClose={onClose}
    />
  );
}
