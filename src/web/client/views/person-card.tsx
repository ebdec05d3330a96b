// Who somebody is, over whatever list or room named them.
import type { Chat } from "../../../sdk/index.ts";
import { shownPerson, writeTo } from "../state/person.ts";
import { Dialog } from "../ui/dialog.tsx";
import { PersonAbout } from "./person-about.tsx";

export function PersonCard({ chat }: { chat: Chat }) {
  const person = shownPerson.value;
  if (!person) return null;
  const close = () => {
    shownPerson.value = null;
  };
  return (
    <Dialog key={person.id} title="Profile" onClose={close}>
      <PersonAbout
        chat={chat}
        person={person}
        onWrite={async () => {
          if (await writeTo(chat, person.id)) close();
        }}
      />
    </Dialog>
  );
}
