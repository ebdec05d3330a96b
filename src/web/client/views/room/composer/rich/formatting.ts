// What formats the text that is selected in the field: by keys here, by buttons in format-bar.tsx.
import { isShortcut, type ShortcutName } from "../../../../lib/shortcuts.ts";
import { replaceRange } from "./insert.ts";

interface Style {
  apply: (field: HTMLTextAreaElement) => void;
  /** Whether that would take the formatting away. */
  isOn: (field: HTMLTextAreaElement) => boolean;
}

const around = (markup: string): Style => ({
  apply: (field) => toggle(field, markup),
  isOn: (field) => findMarkup(field, markup) !== "none",
});

export const STYLES = {
  bold: around("**"),
  italic: around("*"),
  strike: around("~~"),
  spoiler: around("||"),
  code: {
    ...around("`"),
    apply: (field) => (selectionOf(field).includes("\n") ? toggleFence(field) : toggle(field, "`")),
  },
  quote: { apply: (field) => toggleQuote(field), isOn: (field) => linesOf(field).lines.every(isQuoted) },
  link: { apply: (field) => addLink(field), isOn: () => false },
} satisfies Partial<Record<ShortcutName, Style>>;

export type StyleName = keyof typeof STYLES;

const NAMES = Object.keys(STYLES) as StyleName[];

/** Formats what is selected, if the keys are a shortcut for that. Returns whether they are. */
export function onShortcut(event: KeyboardEvent, field: HTMLTextAreaElement): boolean {
  const name = NAMES.find((one) => isShortcut(event, one));
  // Without a selection Ctrl+K is the way to the search, as everywhere.
  if (!name || (name === "link" && selectionOf(field) === "")) return false;
  event.preventDefault();
  event.stopPropagation();
  STYLES[name].apply(field);
  return true;
}

export const selectionOf = ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement) =>
  value.slice(selectionStart, selectionEnd);

/** What is selected, without the white space at its edges: markup beside that is none. */
function coreOf(field: HTMLTextAreaElement) {
  const { selectionStart, selectionEnd } = field;
  const selected = selectionOf(field);
  const start = selectionStart + (selected.length - selected.trimStart().length);
  return { start, end: Math.max(start, selectionEnd - (selected.length - selected.trimEnd().length)) };
}

/** Where this markup is: around what is selected, or at its edges. */
function findMarkup(field: HTMLTextAreaElement, markup: string): "around" | "inside" | "none" {
  const { value } = field;
  const { start, end } = coreOf(field);
  const { length } = markup;
  if (isAround(value, start, end, markup)) return "around";
  return end - start > 2 * length && isAround(value, start + length, end - length, markup) ? "inside" : "none";
}

/** Puts the markup around what is selected, or takes it away. */
function toggle(field: HTMLTextAreaElement, markup: string) {
  const { start, end } = coreOf(field);
  const core = field.value.slice(start, end);
  const { length } = markup;
  const where = findMarkup(field, markup);
  if (where === "around") replaceRange(field, start - length, end + length, core, [0, core.length]);
  else if (where === "inside")
    replaceRange(field, start, end, core.slice(length, -length), [0, core.length - 2 * length]);
  else replaceRange(field, start, end, markup + core + markup, [length, length + core.length]);
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

const isQuoted = (line: string) => line === ">" || line.startsWith("> ");

/** The lines that are selected, whole. */
function linesOf({ value, selectionStart, selectionEnd }: HTMLTextAreaElement) {
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  // A break at the end of the selection begins no further line of it.
  const last = Math.max(selectionStart, value[selectionEnd - 1] === "\n" ? selectionEnd - 1 : selectionEnd);
  const next = value.indexOf("\n", last);
  const end = next === -1 ? value.length : next;
  return { start, end, lines: value.slice(start, end).split("\n") };
}

function toggleQuote(field: HTMLTextAreaElement) {
  const { start, end, lines } = linesOf(field);
  const isOn = lines.every(isQuoted);
  const text = lines.map((line) => (isOn ? line.replace(/^> ?/, "") : `> ${line}`)).join("\n");
  replaceRange(field, start, end, text, [isOn ? 0 : 2, text.length]);
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
