// The copy of the text that lies behind the field, formatted. Each piece keeps the width that it has in the field, or the caret
// would stand beside the text: bold is drawn with a stroke, and slanted words are sheared.
import { type MentionOf, scanMarkdown } from "../../../../../../markdown/index.ts";
import { closeFence } from "./fences.ts";

const MAY_BE_MARKUP = /[*_~|`[\]@\\]|^> /m;
// Right to left scripts: a sheared word would be moved within its line.
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** A longer word may have to be broken, which a sheared one can't be. */
const SHEARED_MAX = 24;

/** Shows the text in the copy. Returns whether anything in it is formatted. */
export function paint(mirror: HTMLElement, text: string, mention: MentionOf): boolean {
  if (!MAY_BE_MARKUP.test(text)) return false;
  const { marks, syntax } = scanMarkdown(closeFence(text), { mention });
  if (syntax.length === 0 && marks.length === 0) return false;
  const ranges: [start: number, end: number, name: string][] = [
    ...marks.map(({ start, end, type }): [number, number, string] => [start, end, type]),
    ...syntax.map(([start, end]): [number, number, string] => [start, end, "syntax"]),
  ];
  // (The last space gives an empty last line its height.)
  mirror.replaceChildren(...pieces(text, ranges), " ");
  return true;
}

/** The text cut where any of the ranges begins or ends. */
function pieces(text: string, ranges: [start: number, end: number, name: string][]): Node[] {
  const edges = ranges
    .flatMap(([start, end, name]) => [
      { at: start, name, by: 1 },
      { at: end, name, by: -1 },
    ])
    .sort((a, b) => a.at - b.at);
  const active = new Map<string, number>();
  const nodes: Node[] = [];
  let at = 0;
  const push = (end: number) => {
    if (end <= at) return;
    const names = [...active].flatMap(([name, count]) => (count > 0 ? name : []));
    nodes.push(...toNodes(text.slice(at, end), names));
    at = end;
  };
  for (const edge of edges) {
    push(Math.min(edge.at, text.length));
    active.set(edge.name, (active.get(edge.name) ?? 0) + edge.by);
  }
  push(text.length);
  return nodes;
}

function toNodes(text: string, names: string[]): Node[] {
  if (names.length === 0) return [new Text(text)];
  const isSheared = names.includes("italic") && !names.includes("syntax") && !RIGHT_TO_LEFT.test(text);
  const parts = isSheared ? text.split(/(\s+)/) : [text];
  return parts.filter(Boolean).map((part) => {
    const span = document.createElement("span");
    span.dataset.is = names.join(" ");
    if (isSheared && part.length <= SHEARED_MAX && part.trim() !== "") span.className = "sheared";
    span.textContent = part;
    return span;
  });
}
