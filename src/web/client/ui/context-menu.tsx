// A menu at a point of the page: at the pointer, or below the button that opened it. On a phone it comes up from the lower edge.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { type MenuItem, MenuItems, onMenuKeyDown } from "./menu-list.tsx";
import { Sheet } from "./sheet.tsx";

const GAP = 4;

interface ContextMenuProps {
  label: string;
  items: MenuItem[];
  /** Emojis to pick from, in a row above the items. */
  emojis?: EmojiRow | null;
  /** What it is about: shown where the menu may cover that. */
  subject?: ComponentChildren;
  at: { x: number; y: number };
  onClose: () => void;
}

export interface EmojiRow {
  list: readonly string[];
  /** Those that are taken back by picking them again. */
  picked: readonly string[];
  onPick: (emoji: string) => void;
}

export function ContextMenu(props: ContextMenuProps) {
  const { label, subject, onClose } = props;
  if (!matchMedia("(pointer: coarse)").matches) return <PopoverMenu {...props} />;
  return (
    <Sheet label={label} onClose={onClose}>
      {(close) => (
        <>
          {subject && <p class="sheet-subject">{subject}</p>}
          <div class="menu" role="menu" aria-label={label} tabIndex={-1} onKeyDown={onMenuKeyDown}>
            <Content {...props} onClose={close} />
          </div>
        </>
      )}
    </Sheet>
  );
}

function PopoverMenu({ at, onClose, label, ...content }: ContextMenuProps) {
  const element = useRef<HTMLDivElement>(null);
  const opener = useRef<Element | null>(null);

  useLayoutEffect(() => {
    const { current } = element;
    opener.current = document.activeElement;
    current!.showPopover();
    const { offsetWidth: width, offsetHeight: height, style } = current!;
    const isBelow = at.y + height + GAP <= innerHeight;
    style.left = `${Math.max(GAP, Math.min(at.x, innerWidth - GAP - width))}px`;
    style.top = `${isBelow ? at.y : Math.max(GAP, Math.min(at.y, innerHeight - GAP) - height)}px`;
    current!.querySelector("button")?.focus();
  }, []);

  function close() {
    element.current?.hidePopover();
    if (opener.current instanceof HTMLElement && opener.current.isConnected) opener.current.focus();
  }

  return (
    <div
      ref={element}
      class="menu"
      popover="auto"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onToggle={({ newState }: Pick<ToggleEvent, "newState">) => newState === "closed" && onClose()}
      onKeyDown={onMenuKeyDown}
    >
      <Content {...content} onClose={close} />
    </div>
  );
}

const Content = ({ items, emojis, onClose }: Pick<ContextMenuProps, "items" | "emojis" | "onClose">) => (
  <>
    {emojis && (
      // biome-ignore lint/a11y/useSemanticElements: a group of menu items, as the pattern of menus has it.
      <div class="emoji-row" role="group" aria-label="React">
        {emojis.list.map((emoji) => (
          <button
            key={emoji}
            type="button"
            role="menuitem"
            tabIndex={-1}
            data-picked={emojis.picked.includes(emoji)}
            aria-label={emojis.picked.includes(emoji) ? `Take back ${emoji}` : `React with ${emoji}`}
            onClick={() => {
              onClose();
              emojis.onPick(emoji);
            }}
          >
            {emoji}
          </button>
        ))}
      </div>
    )}
    <MenuItems items={items} onClose={onClose} />
  </>
);
