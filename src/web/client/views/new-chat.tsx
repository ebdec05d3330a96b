// Picks whom to write to.
import type { Chat } from "../../../sdk/index.ts";
import { writeTo } from "../state/person.ts";
import { Dialog } from "../ui/dialog.tsx";
import { PickPeople } from "./pick-people.tsx";

export const NewChat = ({ chat, onClose }: { chat: Chat; onClose: () => void }) => (
  <Dialog title="New chat" onClose={onClose}>
    <PickPeople
      chat={chat}
      onPick={async ({ id }) => {
        if (await writeTo(chat, id)) onClose();
      }}
    />
  </Dialog>
);
