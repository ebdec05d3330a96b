// A button with a menu: a native popover, which lies above everything and closes by itself.
import { useId, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icons.tsx";
import { type MenuItem, MenuItems, onMenuKeyDown } from "./menu-list.tsx";

interface MenuProps {
  label: string;
  icon?: IconName;
  items: MenuItem[];
}

const GAP = 4;

export function Menu({ label, icon = "more", items }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);

  function place() {
    const at = button.current!.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height, style } = list.current!;
    const below = at.bottom + GAP;
    style.left = `${Math.max(GAP, Math.min(at.right, innerWidth - GAP) - width)}px`;
    style.top = `${below + height <= innerHeight ? below : Math.max(GAP, at.top - GAP - height)}px`;
  }

  function toggle(event: Event) {
    // Toggled here instead. The button is its `popovertarget` all the same, or the press would close the menu and the click reopen it.
    event.preventDefault();
    const { current } = list;
    current!.togglePopover();
    if (!current!.matches(":popover-open")) return;
    place();
    // At once rather than on `toggle`: the next key press belongs to the menu.
    current!.querySelector("button")?.focus();
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        class="icon-button"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        popovertarget={id}
        onClick={toggle}
      >
        <Icon name={icon} />
      </button>
      <div
        ref={list}
        id={id}
        class="menu"
        popover="auto"
        role="menu"
        aria-label={label}
        tabIndex={-1}
        onToggle={({ newState }: Pick<ToggleEvent, "newState">) => setOpen(newState === "open")}
        onKeyDown={onMenuKeyDown}
      >
        <MenuItems
          items={items}
          onClose={() => {
            list.current!.hidePopover();
            button.current!.focus();
          }}
        />
      </div>
    </>
  );
}
