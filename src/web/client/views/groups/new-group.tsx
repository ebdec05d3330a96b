// A new group in two steps: who is in it, then what it is called.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Chat, Person } from "../../../../sdk/index.ts";
import { isolate } from "../../lib/text.ts";
import { go, roomHref } from "../../state/route.ts";
import { errorText, toast } from "../../state/toasts.ts";
import { Avatar } from "../../ui/avatar.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { PeoplePicker } from "../people/people-picker.tsx";
import { GroupFields } from "./group-fields.tsx";

export function NewGroup({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const [picked, setPicked] = useState<readonly Person[]>([]);
  const [isNaming, setNaming] = useState(false);
  const [isPrivate, setPrivate] = useState(true);
  const steps = useRef<HTMLDivElement>(null);
  const drop = (id: number) => setPicked(picked.filter((person) => person.id !== id));

  // Each step begins in its first field.
  useEffect(() => steps.current!.querySelector<HTMLInputElement>(":scope > :not([hidden]) input")?.focus(), [isNaming]);

  async function create(fields: { name: string; description: string }) {
    const room = await chat.groups.create({ ...fields, is_private: isPrivate });
    onClose();
    go(roomHref(room.key));
    const refused: string[] = [];
    let reason: unknown;
    for (const { id, username } of picked) {
      try {
        await chat.groups.addMember(room.id, id);
      } catch (error) {
        refused.push(isolate(username));
        reason = error;
      }
    }
    if (refused.length > 0) toast(`Not added: ${refused.join(", ")}. ${errorText(reason)}`, true);
  }

  return (
    <Dialog title={isNaming ? "Name the group" : "New group"} onClose={onClose}>
      {/* Both stay, so that nothing that was typed or picked is lost on the way back. */}
      <div ref={steps}>
        <div hidden={isNaming}>
          <p class="text-muted">Who should be in it? You can add people later, too.</p>
          <Picked people={picked} onDrop={drop} />
          <PeoplePicker
            chat={chat}
            taken={picked.map(({ id }) => id)}
            onPick={(person) => setPicked([...picked, person])}
            mark={<Icon name="plus" />}
          />
          <div class="actions sticky">
            <button type="button" class="button primary" onClick={() => setNaming(true)}>
              {picked.length === 0 ? "Skip" : "Next"}
            </button>
          </div>
        </div>
        <div hidden={!isNaming}>
          {picked.length > 0 && (
            <p class="text-muted">
              {new Intl.ListFormat("en").format(picked.map(({ username }) => isolate(username)))} will be added.
            </p>
          )}
          <GroupFields action="Create group" onBack={() => setNaming(false)} onSubmit={create}>
            <fieldset class="choice">
              <legend>Who can see it?</legend>
              <label>
                <input type="radio" name="visibility" checked={isPrivate} onChange={() => setPrivate(true)} />
                <span>
                  <strong>Private</strong>
                  <span>Only people who are added.</span>
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
        </div>
      </div>
    </Dialog>
  );
}

const Picked = ({ people, onDrop }: { people: readonly Person[]; onDrop: (id: number) => void }) => (
  <ul class="picked" aria-label="In the group">
    {people.map(({ id, username }) => (
      <li key={id}>
        <button type="button" aria-label={`Remove ${isolate(username)}`} onClick={() => onDrop(id)}>
          <Avatar id={id} name={username} size="small" />
          <bdi>{username}</bdi>
          <Icon name="close" size={14} />
        </button>
      </li>
    ))}
  </ul>
);
