// Markdown as people type it in chats: bold, italic, strike, code, quotes, spoilers, links and mentions. What is nothing of that
// stays text. It imports no schema, so that clients may use it at run time.
import { type EntityRange, isLanguage } from "./entity-values.ts";
import { ENTITIES_LIMIT, ENTITY_LANGUAGE_LIMIT, MENTIONS_LIMIT, MESSAGE_DATA_LIMIT } from "./limits.ts";
import { scanInline } from "./markdown-inline.ts";
import type { Mark, MarkdownScan, MentionOf } from "./markdown-marks.ts";
import { normalizeMarks } from "./markdown-order.ts";

export type { Mark, MarkdownScan, MentionOf } from "./markdown-marks.ts";

export interface MarkdownOptions {
  /** Who is mentioned by `@name`. Without it nobody is. */
  mention?: MentionOf;
}

/** Left free in what a message may have besides its text, for a reply and files. */
const DATA_RESERVE = 1_024;
const FENCE = /^(`{3,})([^`\s]*)[ \t]*$/;
const FENCE_END = /^(`{3,})[ \t]*$/;
const fenceEndLength = (line: string) => (line.startsWith("```") ? (FENCE_END.exec(line)?.[1] ?? "").length : 0);

/** The text without its markup, trimmed, with entities that the server takes. Never throws. */
export function parseMarkdown(text: string, options: MarkdownOptions = {}): { body: string; entities: EntityRange[] } {
  const { marks, syntax } = scanMarkdown(text, options);
  const { stripped, toStripped } = strip(text, syntax);
  const body = stripped.trim();
  const before = stripped.length - stripped.trimStart().length;
  const moved = marks.map((mark) => ({
    ...mark,
    start: Math.max(0, toStripped(mark.start) - before),
    end: Math.min(body.length, toStripped(mark.end) - before),
  }));
  return { body, entities: toEntities(body, normalizeMarks(moved)) };
}

/** What is markup in the text and what it formats, by positions in the text as it is: for showing it while it is typed. */
export const scanMarkdown = (text: string, { mention }: MarkdownOptions = {}): MarkdownScan =>
  scanBlocks(text, mention, true);

/** The same formatting in the form that `parseMarkdown` has it. */
export function normalizeEntities(body: string, entities: readonly EntityRange[]): EntityRange[] {
  const positions: number[] = [0];
  for (const character of body) positions.push(positions.at(-1)! + character.length);
  const positionOf = (offset: number) => positions[Math.min(offset, positions.length - 1)]!;
  const marks = entities.map(({ offset, length, ...rest }) => ({
    ...rest,
    start: positionOf(offset),
    end: positionOf(offset + length),
  }));
  return toEntities(body, normalizeMarks(marks));
}

function scanBlocks(text: string, mention: MentionOf | undefined, hasQuotes: boolean): MarkdownScan {
  const scan: MarkdownScan = { marks: [], syntax: [] };
  const lines = text.split("\n");
  const starts: number[] = [];
  let length = 0;
  for (const line of lines) {
    starts.push(length);
    length += line.length + 1;
  }
  const endOf = (line: number) => starts[line]! + lines[line]!.length;
  const fenceEnds = text.includes("```") ? longestFenceEnds(lines) : null;
  let plainFrom = 0;
  /** The lines up to this one are no block. */
  const closePlain = (to: number) => {
    if (to > plainFrom)
      add(scan, scanInline(text.slice(starts[plainFrom]!, endOf(to - 1)), mention), () => starts[plainFrom]!);
  };
  for (let at = 0; at < lines.length; at++) {
    const end = blockEnd(lines, at, hasQuotes, fenceEnds);
    if (end === null) continue;
    closePlain(at);
    if (lines[at]![0] === "`") addCode(scan, lines, { at, end, starts, endOf });
    else addQuote(scan, lines.slice(at, end + 1), starts.slice(at, end + 1), mention);
    plainFrom = end + 1;
    at = end;
  }
  closePlain(lines.length);
  return scan;
}

/** The last line of the block that begins with this one; null where none does. */
function blockEnd(lines: string[], at: number, hasQuotes: boolean, fenceEnds: number[] | null): number | null {
  const line = lines[at]!;
  if (hasQuotes && line.startsWith("> ")) {
    let end = at;
    while (isQuoted(lines[end + 1])) end++;
    // An arrow alone is none.
    return lines.slice(at, end + 1).some((quoted) => quoted.slice(1).trim() !== "") ? end : null;
  }
  const [, fence, language] = (fenceEnds && line.startsWith("```") && FENCE.exec(line)) || [];
  if (!fence || (language && (!isLanguage(language) || language.length > ENTITY_LANGUAGE_LIMIT))) return null;
  if ((fenceEnds![at + 1] ?? 0) < fence.length) return null;
  let end = at + 1;
  while (fenceEndLength(lines[end]!) < fence.length) end++;
  // Code without a character is none.
  return end > at + 2 || (end === at + 2 && lines[at + 1] !== "") ? end : null;
}

const isQuoted = (line: string | undefined) => line !== undefined && (line.startsWith("> ") || line === ">");

/** By line: the longest fence that may end code there or below. */
function longestFenceEnds(lines: string[]): number[] {
  const longest = new Array<number>(lines.length);
  let length = 0;
  for (let at = lines.length - 1; at >= 0; at--) {
    length = Math.max(length, fenceEndLength(lines[at]!));
    longest[at] = length;
  }
  return longest;
}

interface Lines {
  at: number;
  end: number;
  starts: number[];
  endOf: (line: number) => number;
}

function addCode({ marks, syntax }: MarkdownScan, lines: string[], { at, end, starts, endOf }: Lines) {
  const [, , language] = FENCE.exec(lines[at]!)!;
  const range = { start: starts[at + 1]!, end: endOf(end - 1) };
  marks.push({ type: "pre", ...range, ...(language && { language }) });
  syntax.push([starts[at]!, range.start], [range.end, endOf(end)]);
}

/** Quotes are not in each other: what is left of a line behind its first `>` is as it is. */
function addQuote(scan: MarkdownScan, lines: string[], starts: number[], mention: MentionOf | undefined) {
  const quoted = lines.map((line) => line.slice(line === ">" ? 1 : 2));
  const prefixes = lines.map((line, index) => starts[index]! + line.length - quoted[index]!.length);
  for (const [index, start] of starts.entries()) scan.syntax.push([start, prefixes[index]!]);
  const last = lines.length - 1;
  scan.marks.push({ type: "quote", start: prefixes[0]!, end: prefixes[last]! + quoted[last]!.length });
  const quotedStarts: number[] = [];
  let length = 0;
  for (const line of quoted) {
    quotedStarts.push(length);
    length += line.length + 1;
  }
  add(scan, scanBlocks(quoted.join("\n"), mention, false), (at) => {
    const line = lineAt(quotedStarts, at);
    return prefixes[line]! - quotedStarts[line]!;
  });
}

/** The last of the ascending starts that is not behind the position. */
function lineAt(starts: number[], at: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Adds what was found in a part of the text; `shift` says how far it is moved there. */
function add(scan: MarkdownScan, part: MarkdownScan, shift: (at: number) => number) {
  for (const mark of part.marks)
    scan.marks.push({ ...mark, start: mark.start + shift(mark.start), end: mark.end + shift(mark.end) });
  for (const [start, end] of part.syntax) scan.syntax.push([start + shift(start), end + shift(end)]);
}

/** The text without the ranges, and where a position of it is then. */
function strip(text: string, ranges: MarkdownScan["syntax"]) {
  const kept: [start: number, end: number, strippedStart: number][] = [];
  let at = 0;
  let stripped = "";
  const keep = (to: number) => {
    if (to <= at) return;
    kept.push([at, to, stripped.length]);
    stripped += text.slice(at, to);
  };
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    keep(start);
    at = Math.max(at, end);
  }
  keep(text.length);
  const starts = kept.map(([start]) => start);
  const toStripped = (position: number) => {
    if (kept.length === 0) return 0;
    const [start, end, strippedStart] = kept[lineAt(starts, position)]!;
    return position < start ? strippedStart : strippedStart + Math.min(position, end) - start;
  };
  return { stripped, toStripped };
}

/** As many as a message may have, with offsets in code points. */
function toEntities(body: string, marks: Mark[]): EntityRange[] {
  const positions = [...new Set(marks.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const characters = new Map<number, number>();
  let count = 0;
  let at = 0;
  for (const position of positions) {
    for (; at < position; at += body.codePointAt(at)! > 0xffff ? 2 : 1) count++;
    characters.set(position, count);
  }
  let left = MESSAGE_DATA_LIMIT - DATA_RESERVE;
  let mentions = 0;
  const entities: EntityRange[] = [];
  for (const { start, end, ...rest } of marks) {
    if (entities.length === ENTITIES_LIMIT) break;
    if (rest.type === "mention" && ++mentions > MENTIONS_LIMIT) continue;
    const offset = characters.get(start)!;
    const { type, ...values } = rest;
    const entity = { type, offset, length: characters.get(end)! - offset, ...values };
    left -= new TextEncoder().encode(JSON.stringify(entity)).length + 1;
    if (left < 0) break;
    entities.push(entity);
  }
  return entities;
}
