// How deep JSON from outside may be nested, judged before it is parsed: a parser takes milliseconds for a few KiB of brackets,
// on the one thread that everybody shares.

import { DEPTH_LIMIT } from "../protocol/limits.ts";
import { nestedTooDeep } from "../protocol/refusals.ts";
import { ChatError } from "./errors.ts";

/** Whether parsing the text would go deeper than DEPTH_LIMIT; false also for text that is no JSON but stays flat. */
export function isTooDeep(text: string): boolean {
  // Fewer brackets than levels settle it; native searches find that out far faster than a loop over the characters.
  if (countOf("[", text, countOf("{", text, 0)) <= DEPTH_LIMIT) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = endOfString(text, i + 1);
        break;
      case OPEN_BRACKET:
      case OPEN_BRACE:
        if (++depth > DEPTH_LIMIT) return true;
        break;
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        depth--;
    }
  }
  return false;
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** `count` and how often the character stands in the text, as far as that matters here. */
function countOf(character: string, text: string, count: number): number {
  let found = count;
  for (let at = text.indexOf(character); at !== -1 && found <= DEPTH_LIMIT; at = text.indexOf(character, at + 1))
    found++;
  return found;
}

/** Where the string that begins at `start` has its closing quote; the end of the text when it has none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (before > start && text.charCodeAt(before - 1) === BACKSLASH) before--;
    if ((end - before) % 2 === 0) return end;
  }
  return text.length;
}

const REF = /"ref"\s*:\s*"([^"\\]*)"/y;

/** The `ref` of a frame that is refused unparsed, as far as plain text shows it. */
export function findRef(frame: string): string | undefined {
  REF.lastIndex = frame.indexOf('"ref"');
  return REF.lastIndex < 0 ? undefined : REF.exec(frame)?.[1];
}

export const tooDeep = (what: string) => new ChatError(nestedTooDeep(what, DEPTH_LIMIT));
