import { useState } from "preact/hooks";
import type { Chat } from "../../../sdk/index.ts";
import { go, roomHref } from "../state/route.ts";
import { Dialog } from "../ui/dialog.tsx";
import { GroupFields } from "./group-fields.tsx";

export function NewGroup({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const [isPrivate, setPrivate] = useState(true);
  return (
    <Dialog title="New group" onClose={onClose}>
      <GroupFields
        action="Create group"
        onSubmit={async (group) => {
          const room = await chat.groups.create({ ...group, is_private: isPrivate });
          onClose();
          go(roomHref(room.key));
        }}
      >
        <fieldset class="choice">
          <legend>Who can see it?</legend>
          <label>
            <input type="radio" name="visibility" checked={isPrivate} onChange={() => setPrivate(true)} />
            <span>
              <strong>Private</strong>
              <span>Only those who are added.</span>
            </span>
          </label>
          <label>
            <input type="radio" name="visibility" checked={!isPrivate} onChange={() => setPrivate(false)} />
            <span>
              <strong>Public</strong>
              <span>Anyone can find it and join.</span>
            </span>
          </label>
        </fieldset>
      </GroupFields>
    </Dialog>
  );
}
