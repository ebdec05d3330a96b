// The menu of a message: reactions to pick, and all that can be done with it.
import { summaryOf } from "../../lib/message-text.ts";
import { ContextMenu } from "../../ui/context-menu.tsx";
import { PersonName } from "../../ui/person.tsx";
import { actionsFor, type MenuTarget, type MessageActions } from "./message-actions.ts";
import { QUICK_REACTIONS } from "./reactions.tsx";

interface MessageMenuProps {
  target: MenuTarget;
  meId: number;
  actions: MessageActions;
  onClose: () => void;
}

export function MessageMenu({ target, meId, actions, onClose }: MessageMenuProps) {
  const { message, mayReply, at } = target;
  const picked = message.reactions?.flatMap(({ emoji, mine }) => (mine ? [emoji] : [])) ?? [];
  return (
    <ContextMenu
      label="Message actions"
      at={at}
      subject={
        <>
          {message.sender_id === meId ? (
            <bdi class="sheet-name">You</bdi>
          ) : (
            <PersonName class="sheet-name" person={{ id: message.sender_id, username: message.sender_name }} />
          )}
          <bdi>{summaryOf(message).slice(0, 120)}</bdi>
        </>
      }
      items={actionsFor(target, actions)}
      emojis={
        mayReply
          ? {
              list: QUICK_REACTIONS,
              picked,
              onMore: () => actions.openPicker(target),
              onPick: (emoji) => actions.react(message, emoji, !picked.includes(emoji)),
            }
          : null
      }
      onClose={onClose}
    />
  );
}
