// Formatting by keyboard.
import { isShortcut, type ShortcutName } from "../../../../lib/shortcuts.ts";
import { replaceRange } from "./insert.ts";

type Action = (field: HTMLTextAreaElement) => void;

const ACTIONS = {
  bold: (field) => toggle(field, "**"),
  italic: (field) => toggle(field, "*"),
  strike: (field) => toggle(field, "~~"),
  code: (field) => (selectionOf(field).includes("\n") ? toggleFence(field) : toggle(field, "`")),
  link: (field) => addLink(field),
} satisfies Partial<Record<ShortcutName, Action>>;

const NAMES = Object.keys(ACTIONS) as (keyof typeof ACTIONS)[];

/** Formats what is selected, if the keys are a shortcut for that. Returns whether they are. */
export function onShortcut(event: KeyboardEvent, field: HTMLTextAreaElement): boolean {
  const name = NAMES.find((one) => isShortcut(event, one));
  // Without a selection Ctrl+K is the way to the search, as everywhere.
  if (!name || (name === "link" && selectionOf(field) === "")) return false;
  event.preventDefault();
  event.stopPropagation();
  ACTIONS[name](field);
  return true;
}

const selectionOf = ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement) =>
  value.slice(selectionStart, selectionEnd);

/** Puts the markup around what is selected, or takes it away. */
function toggle(field: HTMLTextAreaElement, markup: string) {
  const { value, selectionStart, selectionEnd } = field;
  const selected = selectionOf(field);
  // White space at the edges stays outside: markup beside it is none.
  const start = selectionStart + (selected.length - selected.trimStart().length);
  const end = Math.max(start, selectionEnd - (selected.length - selected.trimEnd().length));
  const core = value.slice(start, end);
  const { length } = markup;
  if (isAround(value, start, end, markup))
    return replaceRange(field, start - length, end + length, core, [0, core.length]);
  if (core.length > 2 * length && isAround(value, start + length, end - length, markup))
    return replaceRange(field, start, end, core.slice(length, -length), [0, core.length - 2 * length]);
  replaceRange(field, start, end, markup + core + markup, [length, length + core.length]);
}

/** Of asterisks one is italic, two are bold and three both. */
function isAround(value: string, start: number, end: number, markup: string): boolean {
  const [sign] = markup;
  let before = 0;
  while (value[start - 1 - before] === sign) before++;
  let after = 0;
  while (value[end + after] === sign) after++;
  const count = Math.min(before, after);
  return sign === "*" ? count <= 3 && (count & markup.length) !== 0 : count === markup.length;
}

function toggleFence(field: HTMLTextAreaElement) {
  const { value, selectionStart, selectionEnd } = field;
  const code = selectionOf(field).replace(/\n$/, "");
  const before = selectionStart > 0 && value[selectionStart - 1] !== "\n" ? "\n```\n" : "```\n";
  const after = selectionEnd < value.length && value[selectionStart + code.length] !== "\n" ? "\n```\n" : "\n```";
  const end = selectionStart + code.length;
  replaceRange(field, selectionStart, end, before + code + after, [before.length, before.length + code.length]);
}

function addLink(field: HTMLTextAreaElement) {
  const { selectionStart, selectionEnd } = field;
  const selected = selectionOf(field).trim();
  // What is missing is typed next.
  if (URL.canParse(selected)) return replaceRange(field, selectionStart, selectionEnd, `[](${selected})`, [1, 1]);
  const text = `[${selected}](https://)`;
  replaceRange(field, selectionStart, selectionEnd, text, [text.length - 1 - "https://".length, text.length - 1]);
}
