// Asks before one parts with somebody, in the same words wherever that is done.
import type { Chat, Person } from "../../../sdk/index.ts";
import { isolate } from "../lib/text.ts";
import { attempt } from "../state/toasts.ts";
import { Confirm } from "../ui/dialog.tsx";

export interface Parting {
  what: "block" | "unfriend";
  person: Person;
}

interface ConfirmPartingProps {
  chat: Chat;
  parting: Parting;
  onClose: () => void;
}

export function ConfirmParting({ chat, parting: { what, person }, onClose }: ConfirmPartingProps) {
  const name = isolate(person.username);
  return what === "block" ? (
    <Confirm
      title={`Block ${name}?`}
      text="You won’t be able to message each other, and you’ll no longer be friends. They won’t be notified."
      action="Block"
      onConfirm={() => void attempt(() => chat.blocks.add(person.id))}
      onClose={onClose}
    />
  ) : (
    <Confirm
      title={`Remove ${name} from your friends?`}
      text="You can still message each other, but you won’t see when the other is online."
      action="Remove"
      onConfirm={() => void attempt(() => chat.friends.remove(person.id))}
      onClose={onClose}
    />
  );
}
