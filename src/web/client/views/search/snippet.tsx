// The part of a message around what was found in it, with the words marked.
import type { ComponentChildren } from "preact";
import type { SearchResult } from "../../../../sdk/index.ts";
import { summaryOf } from "../../lib/message-text.ts";

// Code points before the first word, and in all: a line or two of a list.
const BEFORE = 24;
const LENGTH = 160;

export function Snippet({ result: { message, highlights } }: { result: SearchResult }) {
  const places = highlights as [offset: number, length: number][];
  const [first] = places;
  if (!first) return <>{summaryOf(message).slice(0, LENGTH)}</>;
  const characters = visibleCharacters(message);
  const from = first[0] <= BEFORE ? 0 : wordStart(characters, first[0] - BEFORE);
  const to = Math.min(characters.length, from + LENGTH);
  const text = (start: number, end: number) => characters.slice(start, end).join("");
  const pieces: ComponentChildren[] = [from > 0 && "…"];
  let at = from;
  for (const [offset, length] of places) {
    if (offset >= to) break;
    pieces.push(text(at, offset), <mark key={offset}>{text(offset, Math.min(to, offset + length))}</mark>);
    at = offset + length;
  }
  pieces.push(text(at, to), to < characters.length && "…");
  return <>{pieces}</>;
}

/** On one line, and without what the sender has hidden until it is asked for. */
function visibleCharacters({ body, entities }: SearchResult["message"]): string[] {
  const characters = [...body].map((character) => (/\s/.test(character) ? " " : character));
  for (const { type, offset, length } of entities ?? [])
    if (type === "spoiler")
      for (let at = offset; at < offset + length; at++) if (characters[at] !== " ") characters[at] = "▒";
  return characters;
}

/** The beginning of a word near `at`; in a script without spaces it is `at` itself. */
function wordStart(characters: string[], at: number): number {
  const space = characters.indexOf(" ", at);
  return space >= 0 && space - at < BEFORE / 2 ? space + 1 : at;
}
