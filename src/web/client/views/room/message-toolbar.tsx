// The buttons beside a message under the pointer or the focus: in a narrow window a single one, which opens the menu.
import type { RoomMessage } from "../../../../sdk/index.ts";
import { Icon } from "../../ui/icons.tsx";
import { actionsFor, type MessageActions, type MessageRights } from "./message-actions.ts";

interface MessageToolbarProps {
  target: MessageRights & { message: RoomMessage };
  isCurrent: boolean;
  actions: MessageActions;
}

export function MessageToolbar({ target, isCurrent, actions }: MessageToolbarProps) {
  const tabIndex = isCurrent ? 0 : -1;
  const openMenu = ({ currentTarget }: { currentTarget: HTMLElement }) => {
    const { left: x, bottom: y } = currentTarget.getBoundingClientRect();
    actions.openMenu({ ...target, at: { x, y } });
  };
  return (
    <div class="toolbar" role="toolbar" aria-label="Message actions">
      {target.mayReply && (
        <button
          type="button"
          class="icon-button quick"
          tabIndex={tabIndex}
          aria-label="React"
          aria-haspopup="menu"
          onClick={openMenu}
        >
          <Icon name="smile" size={16} />
        </button>
      )}
      {actionsFor(target, actions).map(
        ({ label, icon, onSelect, isQuick }) =>
          isQuick && (
            <button
              key={label}
              type="button"
              class="icon-button quick"
              tabIndex={tabIndex}
              aria-label={label}
              title={label}
              onClick={onSelect}
            >
              <Icon name={icon} size={16} />
            </button>
          ),
      )}
      <button
        type="button"
        class="icon-button more"
        tabIndex={tabIndex}
        aria-label="More actions"
        aria-haspopup="menu"
        onClick={openMenu}
      >
        <Icon name="more" size={20} />
      </button>
    </div>
  );
}
