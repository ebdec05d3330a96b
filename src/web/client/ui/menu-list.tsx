// The items of a menu, and its keyboard navigation.
import { Icon, type IconName } from "./icons.tsx";

export interface MenuItem {
  label: string;
  onSelect: () => void;
  isDanger?: boolean;
  icon?: IconName;
  /** The key that selects it while the menu is open. */
  letter?: string;
}

/**
 * Arrow keys, Home and End move the focus; letters select an item, or move to the next one that begins with it; Tab closes a popover.
 */
export function onMenuKeyDown(event: KeyboardEvent & { currentTarget: HTMLElement }) {
  const list = event.currentTarget;
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const to = {
    ArrowDown: at + 1,
    ArrowRight: at + 1,
    ArrowUp: at < 0 ? buttons.length - 1 : at - 1,
    ArrowLeft: at < 0 ? buttons.length - 1 : at - 1,
    Home: 0,
    End: buttons.length - 1,
  }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    buttons.at(to % buttons.length)?.focus();
    return;
  }
  if (event.key === "Tab" && list.popover) list.hidePopover();
  if (event.ctrlKey || event.metaKey || event.altKey || [...event.key].length !== 1 || event.key === " ") return;
  const letter = event.key.toLowerCase();
  const selected = buttons.find((button) => button.getAttribute("aria-keyshortcuts") === letter);
  const next = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)].find((button) =>
    button.textContent!.toLowerCase().startsWith(letter),
  );
  event.preventDefault();
  if (selected) selected.click();
  else next?.focus();
}

interface MenuItemsProps {
  items: MenuItem[];
  /** Closes the menu and returns the focus, before the item is run. */
  onClose: () => void;
}

export const MenuItems = ({ items, onClose }: MenuItemsProps) => (
  <>
    {items.map(({ label, onSelect, isDanger, icon, letter }) => (
      <button
        key={label}
        type="button"
        role="menuitem"
        tabIndex={-1}
        class={isDanger ? "danger" : ""}
        aria-keyshortcuts={letter}
        onClick={() => {
          onClose();
          onSelect();
        }}
      >
        {icon && <Icon name={icon} size={18} />}
        {label}
      </button>
    ))}
  </>
);
