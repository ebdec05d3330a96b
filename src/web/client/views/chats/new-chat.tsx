// Starts a conversation with a person.
import type { Chat } from "../../../../sdk/index.ts";
import { openConversation } from "../../state/person.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { PeoplePicker } from "../people/people-picker.tsx";

export const NewChat = ({ chat, onClose }: { chat: Chat; onClose: () => void }) => (
  <Dialog title="New chat" onClose={onClose}>
    <PeoplePicker
      chat={chat}
      onPick={async ({ id }) => {
        if (await openConversation(chat, id)) onClose();
      }}
    />
  </Dialog>
);
