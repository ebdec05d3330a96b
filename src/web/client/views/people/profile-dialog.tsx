// The profile that is open, as a dialog.
import type { Chat } from "../../../../sdk/index.ts";
import { openConversation, openProfile } from "../../state/person.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Profile } from "./profile.tsx";

export function ProfileDialog({ chat }: { chat: Chat }) {
  const person = openProfile.value;
  if (!person) return null;
  const close = () => {
    openProfile.value = null;
  };
  return (
    <Dialog key={person.id} title="Profile" onClose={close}>
      <Profile
        chat={chat}
        person={person}
        onMessage={async () => {
          if (await openConversation(chat, person.id)) close();
        }}
      />
    </Dialog>
  );
}
