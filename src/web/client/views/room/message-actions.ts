// What the user can do with a message: the same in its toolbar, in its menu and by keys.
import type { Reaction, RoomMessage } from "../../../../sdk/index.ts";
import { isShortcut } from "../../lib/shortcuts.ts";
import type { IconName } from "../../ui/icons.tsx";
import type { MenuItem } from "../../ui/menu-list.tsx";
import type { InfoTab } from "./message-info/message-info.tsx";

export interface MessageActions {
  reply(message: RoomMessage): void;
  react(message: RoomMessage, emoji: string, isOn: boolean): void;
  /** Jumps to the message with this id. */
  show(messageId: number): void;
  /** Shows who has read it, or who has put this emoji on it. */
  showInfo(message: RoomMessage, tab: InfoTab): void;
  /** Some of those who have put an emoji on a message, as a hint. */
  nameReactors(reaction: Reaction): string;
  edit(message: RoomMessage): void;
  remove(message: RoomMessage): void;
  retry(message: RoomMessage): void;
  discard(message: RoomMessage): void;
  copy(message: RoomMessage): void;
  /** Copies a link that leads to it. */
  copyLink(message: RoomMessage): void;
  /** Selects it or no longer does; with `isRange` all up to it from the one that was selected last. */
  select(message: RoomMessage, isRange?: boolean): void;
  /** Offers all emojis to react with. */
  openPicker(target: MenuTarget): void;
  /** Opens the menu of its actions at a point of the page. */
  openMenu(target: MenuTarget): void;
}

export interface MessageRights {
  /** Whether it is known who has read it. */
  hasReaders: boolean;
  mayReply: boolean;
  mayEdit: boolean;
  mayDelete: boolean;
}

export interface MenuTarget extends MessageRights {
  message: RoomMessage;
  at: { x: number; y: number };
}

export interface MessageAction extends MenuItem {
  icon: IconName;
  /** Whether it is in the toolbar too. */
  isQuick?: boolean;
}

/** Of a stored message. */
export function actionsFor(
  { message, hasReaders, mayReply, mayEdit, mayDelete }: MessageRights & { message: RoomMessage },
  actions: MessageActions,
): MessageAction[] {
  const all: (MessageAction | false)[] = [
    mayReply && { label: "Reply", icon: "reply", letter: "r", isQuick: true, onSelect: () => actions.reply(message) },
    mayEdit && { label: "Edit", icon: "pencil", letter: "e", isQuick: true, onSelect: () => actions.edit(message) },
    message.body !== "" && { label: "Copy text", icon: "copy", letter: "c", onSelect: () => actions.copy(message) },
    { label: "Copy link", icon: "link", letter: "l", onSelect: () => actions.copyLink(message) },
    { label: "Select", icon: "select", letter: "s", onSelect: () => actions.select(message) },
    message.reactions !== undefined && {
      label: "Reactions",
      icon: "smile",
      letter: "a",
      onSelect: () => actions.showInfo(message, null),
    },
    hasReaders && { label: "Read by", icon: "checks", letter: "b", onSelect: () => actions.showInfo(message, "reads") },
    mayDelete && {
      label: "Delete",
      icon: "trash",
      letter: "d",
      isQuick: true,
      isDanger: true,
      onSelect: () => actions.remove(message),
    },
  ];
  return all.filter((action) => action !== false);
}

/** Whether a key on a focused message was one of its actions: Enter opens the menu, Delete deletes, Ctrl+C copies. */
export function onMessageKey(
  event: KeyboardEvent & { currentTarget: HTMLElement },
  target: MessageRights & { message: RoomMessage },
  actions: MessageActions,
) {
  const { currentTarget } = event;
  // A key on a button or a link in the message is theirs.
  if (event.target !== currentTarget) return;
  if (isShortcut(event, "messageMenu")) {
    const { left, bottom } = currentTarget.querySelector(".bubble")!.getBoundingClientRect();
    actions.openMenu({ ...target, at: { x: left, y: bottom } });
  } else if (isShortcut(event, "deleteMessage") && target.mayDelete) actions.remove(target.message);
  else if (isShortcut(event, "copyMessage") && getSelection()?.isCollapsed && target.message.body !== "")
    actions.copy(target.message);
  else return;
  event.preventDefault();
}
