// A menu at a point of the page, with emojis above its items.
import type { ComponentChildren } from "preact";
import { Floating } from "./floating.tsx";
import { Icon } from "./icons.tsx";
import { type MenuItem, MenuItems, onMenuKeyDown } from "./menu-list.tsx";

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
  /** Offers all others. */
  onMore: () => void;
}

export const ContextMenu = ({ label, items, emojis, subject, at, onClose }: ContextMenuProps) => (
  <Floating label={label} at={at} onClose={onClose}>
    {(close, isSheet) => (
      <>
        {isSheet && subject && <p class="sheet-subject">{subject}</p>}
        <div
          class="menu"
          role="menu"
          aria-label={label}
          tabIndex={-1}
          onKeyDown={(event) => {
            if (event.key === "Tab" && !isSheet) close();
            else onMenuKeyDown(event);
          }}
        >
          {emojis && <Emojis {...emojis} onClose={close} />}
          <MenuItems items={items} onClose={close} />
        </div>
      </>
    )}
  </Floating>
);

const Emojis = ({ list, picked, onPick, onMore, onClose }: EmojiRow & { onClose: () => void }) => (
  // biome-ignore lint/a11y/useSemanticElements: a group of menu items, as the pattern of menus has it.
  <div class="emoji-row" role="group" aria-label="React">
    {list.map((emoji) => (
      <button
        key={emoji}
        type="button"
        role="menuitem"
        tabIndex={-1}
        data-picked={picked.includes(emoji)}
        aria-label={picked.includes(emoji) ? `Take back ${emoji}` : `React with ${emoji}`}
        onClick={() => {
          onClose();
          onPick(emoji);
        }}
      >
        {emoji}
      </button>
    ))}
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      class="more-emojis"
      aria-label="More emojis"
      onClick={() => {
        onClose();
        onMore();
      }}
    >
      <Icon name="plus" />
    </button>
  </div>
);
