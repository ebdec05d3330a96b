// The items of a menu, and its keyboard navigation.

export interface MenuItem {
  label: string;
  onSelect: () => void;
  isDanger?: boolean;
}

/** Arrow keys, Home and End move the focus; Tab closes the menu. */
export function onMenuKeyDown(event: KeyboardEvent & { currentTarget: HTMLElement }) {
  const list = event.currentTarget;
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const to = {
    ArrowDown: at + 1,
    ArrowRight: at + 1,
    ArrowUp: at - 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: buttons.length - 1,
  }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    buttons.at(to % buttons.length)?.focus();
  } else if (event.key === "Tab") list.hidePopover();
}

interface MenuItemsProps {
  items: MenuItem[];
  /** Closes the menu and returns the focus, before the item is run. */
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
