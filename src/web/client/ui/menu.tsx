// A button with a list of things to do. The browser's popover puts it above everything and closes it; arrow keys walk in it.
import { useId, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icons.tsx";
import { type MenuItem, MenuItems, walkMenu } from "./menu-list.tsx";

interface MenuProps {
  /** What the button is for. */
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
    // Done here instead; named as its target all the same, or the press would close it and the click open it again.
    event.preventDefault();
    const { current } = list;
    current!.togglePopover();
    if (!current!.matches(":popover-open")) return;
    place();
    // At once, and not when the browser tells of it: the next key is for the list.
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
        onKeyDown={walkMenu}
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
