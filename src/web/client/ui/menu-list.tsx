// The entries of a menu, and the keys that walk through them.

export interface MenuItem {
  label: string;
  onSelect: () => void;
  isDanger?: boolean;
}

/** Arrow keys, Home and End walk; Tab closes. */
export function walkMenu(event: KeyboardEvent & { currentTarget: HTMLElement }) {
  const list = event.currentTarget;
  const entries = [...list.querySelectorAll("button")];
  const at = entries.indexOf(document.activeElement as HTMLButtonElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    entries.at(to % entries.length)?.focus();
  } else if (event.key === "Tab") list.hidePopover();
}

interface MenuItemsProps {
  items: MenuItem[];
  /** Closes the menu and hands the focus back, before the entry does what it does. */
  onClose: () => void;
}

export const MenuItems = ({ items, onClose }: MenuItemsProps) => (
  <>
    {items.map((item) => (
      <button
        key={item.label}
        type="button"
        role="menuitem"
        tabIndex={-1}
        class={item.isDanger ? "danger" : ""}
        onClick={() => {
          onClose();
          item.onSelect();
        }}
      >
        {item.label}
      </button>
    ))}
  </>
);
