// The copy of the text that lies behind the field, formatted. Each piece keeps the width that it has in the field, or the caret
// would stand beside the text: bold is drawn with a stroke, and slanted words are sheared.
import { type MentionOf, scanMarkdown } from "../../../../../../markdown/index.ts";
import { closeFence } from "./fences.ts";

const MAY_BE_MARKUP = /[*_~|`[\]@\\]|^> /m;
// Right to left scripts: a sheared word would be moved within its line.
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** A longer word may have to be broken, which a sheared one can't be. */
const SHEARED_MAX = 24;

/** A part of the text that is shown alike throughout; `is` names how, and is empty for plain text. */
interface Piece {
  text: string;
  is: string;
  isSheared: boolean;
}

/** What a copy shows, by which the next key only changes what it changes: a long draft has hundreds of pieces. */
const shown = new WeakMap<HTMLElement, { pieces: Piece[]; nodes: ChildNode[] }>();

/** Shows the text in the copy. Returns whether anything in it is formatted. */
export function paint(mirror: HTMLElement, text: string, mention: MentionOf): boolean {
  if (!MAY_BE_MARKUP.test(text)) return false;
  const { marks, syntax } = scanMarkdown(closeFence(text), { mention });
  if (syntax.length === 0 && marks.length === 0) return false;
  const ranges: Range[] = [
    ...marks.map(({ start, end, type }): Range => [start, end, type]),
    ...syntax.map(([start, end]): Range => [start, end, "syntax"]),
  ];
  // (The last space gives an empty last line its height.)
  show(mirror, [...toPieces(text, ranges), { text: " ", is: "", isSheared: false }]);
  return true;
}

function show(mirror: HTMLElement, pieces: Piece[]) {
  let before = shown.get(mirror);
  // Unformatted text has taken their place since, or a translation by the browser.
  if (
    before?.nodes.length !== mirror.childNodes.length ||
    before.nodes.some(({ parentNode }) => parentNode !== mirror)
  ) {
    mirror.replaceChildren();
    before = { pieces: [], nodes: [] };
  }
  const { nodes } = before;
  const least = Math.min(pieces.length, nodes.length);
  let start = 0;
  while (start < least && isSame(pieces[start]!, before.pieces[start]!)) start++;
  let kept = 0;
  while (kept < least - start && isSame(pieces.at(-1 - kept)!, before.pieces.at(-1 - kept)!)) kept++;
  const changed = pieces.slice(start, pieces.length - kept).map(toNode);
  const removed = nodes.splice(start, nodes.length - kept - start, ...changed);
  for (const node of removed) node.remove();
  const next = nodes[start + changed.length] ?? null;
  for (const node of changed) mirror.insertBefore(node, next);
  shown.set(mirror, { pieces, nodes });
}

const isSame = (a: Piece, b: Piece) => a.text === b.text && a.is === b.is && a.isSheared === b.isSheared;

type Range = [start: number, end: number, name: string];

/** The text cut where any of the ranges begins or ends. */
function toPieces(text: string, ranges: Range[]): Piece[] {
  const edges = ranges
    .flatMap(([start, end, name]) => [
      { at: start, name, by: 1 },
      { at: end, name, by: -1 },
    ])
    .sort((a, b) => a.at - b.at);
  const active = new Map<string, number>();
  const pieces: Piece[] = [];
  let at = 0;
  const push = (end: number) => {
    if (end <= at) return;
    const names = [...active].flatMap(([name, count]) => (count > 0 ? name : []));
    pieces.push(...styled(text.slice(at, end), names));
    at = end;
  };
  for (const edge of edges) {
    push(Math.min(edge.at, text.length));
    const count = (active.get(edge.name) ?? 0) + edge.by;
    // The names in the order in which they begin.
    if (count > 0) active.set(edge.name, count);
    else active.delete(edge.name);
  }
  push(text.length);
  return pieces;
}

function styled(text: string, names: string[]): Piece[] {
  const is = names.join(" ");
  if (!names.includes("italic") || names.includes("syntax") || RIGHT_TO_LEFT.test(text))
    return [{ text, is, isSheared: false }];
  return text
    .split(/(\s+)/)
    .filter(Boolean)
    .map((part) => ({ text: part, is, isSheared: part.length <= SHEARED_MAX && part.trim() !== "" }));
}

function toNode({ text, is, isSheared }: Piece): ChildNode {
  if (is === "") return new Text(text);
  const span = document.createElement("span");
  span.dataset.is = is;
  if (isSheared) span.className = "sheared";
  span.textContent = text;
  return span;
}
