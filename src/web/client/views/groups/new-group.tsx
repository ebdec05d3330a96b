// Creates a group in two steps: its members, then its name.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Chat, Person } from "../../../../sdk/index.ts";
import { nameInText } from "../../state/person.ts";
import { go, roomHref } from "../../state/route.ts";
import { errorText, toast } from "../../state/toasts.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";
import { PersonAvatar, PersonName } from "../../ui/person.tsx";
import { PeoplePicker } from "../people/people-picker.tsx";
import { GroupFields } from "./group-fields.tsx";

export function NewGroup({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const [picked, setPicked] = useState<readonly Person[]>([]);
  const [isNaming, setNaming] = useState(false);
  const [isPrivate, setPrivate] = useState(true);
  const steps = useRef<HTMLDivElement>(null);
  const remove = (id: number) => setPicked(picked.filter((person) => person.id !== id));

  // Each step starts in its first field. In the same commit: later, the focus could be taken from a field that is already being filled.
  useLayoutEffect(
    () => steps.current!.querySelector<HTMLInputElement>(":scope > :not([hidden]) input")?.focus(),
    [isNaming],
  );

  async function create(fields: { name: string; description: string }) {
    const room = await chat.groups.create({ ...fields, is_private: isPrivate });
    onClose();
    go(roomHref(room.key));
    const notAdded: string[] = [];
    let reason: unknown;
    for (const person of picked) {
      try {
        await chat.groups.addMember(room.id, person.id);
      } catch (error) {
        notAdded.push(nameInText(person));
        reason = error;
      }
    }
    if (notAdded.length > 0) toast(`Couldn’t add ${listOf(notAdded)}. ${errorText(reason)}`, true);
  }

  return (
    <Dialog title={isNaming ? "Name the group" : "New group"} onClose={onClose}>
      {/* Both steps stay rendered, so that going back loses nothing. */}
      <div ref={steps}>
        <div hidden={isNaming}>
          <p class="text-muted">Choose people to add. You can add more later.</p>
          <Picked people={picked} onRemove={remove} />
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
          {picked.length > 0 && <p class="text-muted">{listOf(picked.map(nameInText))} will be added.</p>}
          <GroupFields action="Create group" onBack={() => setNaming(false)} onSubmit={create}>
            <fieldset class="choice">
              <legend>Visibility</legend>
              <label>
                <input type="radio" name="visibility" checked={isPrivate} onChange={() => setPrivate(true)} />
                <span>
                  <strong>Private</strong>
                  <span>Only members can see it, and admins add people.</span>
                </span>
              </label>
              <label>
                <input type="radio" name="visibility" checked={!isPrivate} onChange={() => setPrivate(false)} />
                <span>
                  <strong>Public</strong>
                  <span>Anyone can find and join it.</span>
                </span>
              </label>
            </fieldset>
          </GroupFields>
        </div>
      </div>
    </Dialog>
  );
}

const LIST_FORMAT = new Intl.ListFormat("en");
const listOf = (names: readonly string[]) => LIST_FORMAT.format(names);

const Picked = ({ people, onRemove }: { people: readonly Person[]; onRemove: (id: number) => void }) => (
  <ul class="picked" aria-label="People to add">
    {people.map((person) => (
      <li key={person.id}>
        <button type="button" aria-label={`Remove ${nameInText(person)}`} onClick={() => onRemove(person.id)}>
          <PersonAvatar person={person} size="small" />
          <PersonName person={person} />
          <Icon name="close" size={14} />
        </button>
      </li>
    ))}
  </ul>
);
