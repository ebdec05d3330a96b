// The profile that is open, as a dialog.
import type { Chat } from "../../../../sdk/index.ts";
import { openConversation, profilePerson } from "../../state/person.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Profile } from "./profile.tsx";

export function ProfileDialog({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const person = profilePerson.value;
  if (!person) return null;
  return (
    <Dialog key={person.id} title="Profile" onClose={onClose}>
      <Profile
        chat={chat}
        person={person}
        onMessage={async () => {
          if (await openConversation(chat, person.id)) onClose();
        }}
      />
    </Dialog>
  );
}
