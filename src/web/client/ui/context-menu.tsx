// A menu at a point of the page: at the pointer, or below the button that opened it.
import { useLayoutEffect, useRef } from "preact/hooks";
import { type MenuItem, MenuItems, onMenuKeyDown } from "./menu-list.tsx";

const GAP = 4;

interface ContextMenuProps {
  label: string;
  items: MenuItem[];
  /** Emojis to pick from, in a row above the items. */
  emojis?: { list: readonly string[]; label: (emoji: string) => string; onPick: (emoji: string) => void } | null;
  at: { x: number; y: number };
  onClose: () => void;
}

export function ContextMenu({ label, items, emojis, at, onClose }: ContextMenuProps) {
  const list = useRef<HTMLDivElement>(null);
  const opener = useRef<Element | null>(null);

  useLayoutEffect(() => {
    const { current } = list;
    opener.current = document.activeElement;
    current!.showPopover();
    const { offsetWidth: width, offsetHeight: height, style } = current!;
    style.left = `${Math.max(GAP, Math.min(at.x, innerWidth - GAP - width))}px`;
    style.top = `${at.y + height + GAP <= innerHeight ? at.y : Math.max(GAP, at.y - height)}px`;
    current!.querySelector("button")?.focus();
  }, []);

  function close() {
    list.current?.hidePopover();
    if (opener.current instanceof HTMLElement && opener.current.isConnected) opener.current.focus();
  }

  return (
    <div
      ref={list}
      class="menu"
      popover="auto"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onToggle={({ newState }: Pick<ToggleEvent, "newState">) => newState === "closed" && onClose()}
      onKeyDown={onMenuKeyDown}
    >
      {emojis && (
        // biome-ignore lint/a11y/useSemanticElements: a group of menu items, as the pattern of menus has it.
        <div class="emoji-row" role="group" aria-label="React">
          {emojis.list.map((emoji) => (
            <button
              key={emoji}
              type="button"
              role="menuitem"
              tabIndex={-1}
              aria-label={emojis.label(emoji)}
              onClick={() => {
                close();
                emojis.onPick(emoji);
              }}
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
      <MenuItems items={items} onClose={close} />
    </div>
  );
}
