// The reactions below a message.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Reaction, RoomMessage } from "../../../../sdk/index.ts";
import { opensMenu } from "../../ui/long-press.ts";
import type { MessageActions } from "./message-actions.ts";

/** Those offered first. */
export const QUICK_REACTIONS = ["👍", "❤️", "😂", "😮", "😢", "🎉"];

interface ReactionsProps {
  message: RoomMessage;
  mayReact: boolean;
  tabIndex: number;
  actions: MessageActions;
}

export function Reactions({ message, mayReact, tabIndex, actions }: ReactionsProps) {
  // What comes later appears with a movement.
  const isRendered = useRef(false);
  useEffect(() => {
    isRendered.current = true;
  }, []);
  return (
    <ul class="reactions" aria-label="Reactions">
      {message.reactions?.map((reaction) => (
        <li key={reaction.emoji}>
          <Chip
            reaction={reaction}
            isNew={isRendered.current}
            isDisabled={!mayReact && !reaction.mine}
            tabIndex={tabIndex}
            nameReactors={() => actions.nameReactors(reaction)}
            onToggle={() => actions.react(message, reaction.emoji, !reaction.mine)}
            onInfo={() => actions.showInfo(message, reaction.emoji)}
          />
        </li>
      ))}
    </ul>
  );
}

interface ChipProps {
  reaction: Reaction;
  isNew: boolean;
  isDisabled: boolean;
  tabIndex: number;
  nameReactors: () => string;
  onToggle: () => void;
  onInfo: () => void;
}

/** A press adds or takes back one's own; a right click, a long press and Shift+F10 say who. */
function Chip({ reaction: { emoji, count, mine }, tabIndex, nameReactors, onToggle, onInfo, ...chip }: ChipProps) {
  const [isNew] = useState(chip.isNew);
  return (
    <button
      type="button"
      class="reaction"
      {...opensMenu(onInfo)}
      data-new={isNew}
      tabIndex={tabIndex}
      aria-pressed={mine === true}
      aria-label={`${emoji}, ${count} ${count === 1 ? "person" : "people"}`}
      // Not `disabled`: who has reacted is still there to be seen.
      aria-disabled={chip.isDisabled}
      onPointerEnter={({ currentTarget }) => {
        currentTarget.title = nameReactors();
      }}
      onClick={chip.isDisabled ? onInfo : onToggle}
    >
      <span aria-hidden="true">{emoji}</span>
      <span aria-hidden="true">{count}</span>
    </button>
  );
}
