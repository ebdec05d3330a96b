// All keyboard shortcuts of the client. What handles them asks `isShortcut`; views/help/shortcuts-dialog.tsx says what each does, and
// does not compile without one.

/** Alternatives, written as in `aria-keyshortcuts`; Control is Command on a Mac. */
const SHORTCUTS = {
  search: ["Control+K"],
  help: ["Control+/", "?"],
  close: ["Escape"],
  walk: ["ArrowUp", "ArrowDown"],
  open: ["Enter"],
  walkMessages: ["ArrowUp", "ArrowDown"],
  pageMessages: ["PageUp", "PageDown"],
  firstOrLast: ["Home", "End"],
  messageMenu: ["Enter"],
  copyMessage: ["Control+C"],
  deleteMessage: ["Delete"],
  send: ["Enter"],
  newLine: ["Shift+Enter"],
  editLast: ["ArrowUp"],
  cancel: ["Escape"],
  bold: ["Control+B"],
  italic: ["Control+I"],
  strike: ["Control+Shift+X"],
  code: ["Control+E"],
  link: ["Control+K"],
  spoiler: ["Control+Shift+H"],
  quote: ["Control+>"],
  formatBar: ["Alt+F10"],
  previousImage: ["ArrowLeft"],
  nextImage: ["ArrowRight"],
  zoomIn: ["Plus", "="],
  zoomOut: ["-"],
  zoomReset: ["0"],
  moveImage: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"],
} as const;

/** What a KeyboardEvent says of the keys. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

export type ShortcutName = keyof typeof SHORTCUTS;

export const keysOf = (name: ShortcutName): readonly string[] => SHORTCUTS[name];

/** Whether a key press is this shortcut. */
export const isShortcut = (press: KeyPress, name: ShortcutName): boolean =>
  keysOf(name).some((keys) => isPressed(press, keys));

function isPressed({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyPress, keys: string): boolean {
  const modifiers = keys.split("+");
  const wanted = modifiers.pop()!;
  // A plus sign is what keys are joined by.
  const pressed = key === "+" ? "plus" : key.toLowerCase();
  if (pressed !== wanted.toLowerCase() || (ctrlKey || metaKey) !== modifiers.includes("Control")) return false;
  // A sign such as `?` or `/` needs other modifiers on each keyboard.
  const isSign = wanted === "Plus" || (wanted.length === 1 && wanted.toLowerCase() === wanted.toUpperCase());
  return isSign || (shiftKey === modifiers.includes("Shift") && altKey === modifiers.includes("Alt"));
}
