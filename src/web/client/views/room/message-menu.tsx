// The menu of a message: reactions to pick, and all that can be done with it.
import { summaryOf } from "../../lib/message-text.ts";
import { ContextMenu } from "../../ui/context-menu.tsx";
import { PersonName } from "../../ui/person.tsx";
import { report } from "../reports/report.tsx";
import { actionsFor, type MenuTarget, type MessageAction, type MessageActions } from "./message-actions.ts";
import { QUICK_REACTIONS } from "./reactions.tsx";

interface MessageMenuProps {
  target: MenuTarget;
  isGroup: boolean;
  meId: number;
  actions: MessageActions;
  onClose: () => void;
}

export function MessageMenu({ target, isGroup, meId, actions, onClose }: MessageMenuProps) {
  const { message, mayReply, at } = target;
  const sender = { id: message.sender_id, username: message.sender_name };
  const isOwn = message.sender_id === meId;
  const reporting: MessageAction = {
    label: "Report…",
    icon: "flag",
    letter: "p",
    onSelect: () => report({ kind: "message", id: message.id!, text: summaryOf(message), sender, isGroup }),
  };
  const offered = actionsFor(target, actions);
  // What deletes stays the last.
  const last = offered.findIndex(({ isDanger }) => isDanger);
  const items = isOwn ? offered : offered.toSpliced(last < 0 ? offered.length : last, 0, reporting);
  const picked = message.reactions?.flatMap(({ emoji, mine }) => (mine ? [emoji] : [])) ?? [];
  return (
    <ContextMenu
      label="Message actions"
      at={at}
      subject={
        <>
          {isOwn ? <bdi class="sheet-name">You</bdi> : <PersonName class="sheet-name" person={sender} />}
          <bdi>{summaryOf(message).slice(0, 120)}</bdi>
        </>
      }
      items={items}
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
