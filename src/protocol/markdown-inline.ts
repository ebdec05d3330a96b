// Formatting within lines of Markdown. It works in linear time whatever it is given: an opener that was passed over is never looked
// at again, and what closes code or an address is found beforehand.
import { type Mark, type MarkdownScan, type MentionOf, toLinkMark } from "./markdown-marks.ts";

/** Characters that may mean something, and addresses, whose own characters mean nothing. */
const TOKEN = /[\\`*_~|[\]@]|https?:\/\/[^\s<>[\]()*|`\\]+/gu;
const PUNCTUATION = /[!-/:-@[-`{-~]/;
/** An underscore begins a style only behind one of these, and ends it only before one: it is part of many names and faces. */
const BEFORE_UNDERSCORE = /^[\s\p{Ps}\p{Pi}"'*~|/-]?$/u;
const AFTER_UNDERSCORE = /^[\s\p{Pe}\p{Pf}"'*~|/.,:;!?…-]?$/u;
const NAME = /[\p{L}\p{N}._-]+/uy;
const BEFORE_NAME = /[\p{L}\p{N}._-]/u;
/** Longer than any username, so that nothing longer is looked up. */
const NAME_LIMIT = 64;

/** A run of one character that may begin a style: its first `count` characters are still unused. */
interface Opener {
  char: string;
  at: number;
  count: number;
}

/** `[`, and how many openers and marks there were before it. */
interface Bracket {
  at: number;
  depth: number;
  marked: number;
}

/** Finds styles, links and mentions in a text without blocks, by positions in it. */
export function scanInline(text: string, mention: MentionOf | undefined): MarkdownScan {
  const marks: Mark[] = [];
  const syntax: [number, number][] = [];
  const openers: Opener[] = [];
  let brackets: Bracket[] = [];
  /** By character and strength: how many openers could be closed by it. */
  const open = new Map<string, number>();
  const codeEnds = new CodeEnds(text);
  const addressEnds = new AddressEnds(text);
  /** Where the last run ended that may begin a style. */
  let openedAt = 0;

  const count = ({ char, count: size }: Opener, by: 1 | -1) => {
    for (const strength of [1, 2])
      if (size & strength) open.set(char + strength, (open.get(char + strength) ?? 0) + by);
  };
  const dropTo = (depth: number) => {
    while (openers.length > depth) count(openers.pop()!, -1);
  };
  const has = (char: string, strength: number) => (open.get(char + strength) ?? 0) > 0;

  /** Closes with as much of the run as fits what is open, and returns where the rest of it begins. */
  function close(char: string, from: number, end: number): number {
    let at = from;
    while (at < end) {
      const left = end - at;
      // One closes one and two close two; in a longer run each closes what was opened last.
      const strengths = left > 2 ? [1, 2] : [left];
      if (!strengths.some((strength) => has(char, strength))) break;
      const fits = (opener: Opener) =>
        opener.char === char && strengths.some((strength) => (opener.count & strength) !== 0);
      while (!fits(openers.at(-1)!)) dropTo(openers.length - 1);
      const opener = openers.at(-1)!;
      const used = left > 1 && opener.count & 2 ? 2 : 1;
      count(opener, -1);
      opener.count -= used;
      count(opener, 1);
      const start = opener.at + opener.count;
      marks.push({ type: styleOf(char, used), start: start + used, end: at });
      syntax.push([start, start + used], [at, at + used]);
      dropTo(opener.count > 0 ? openers.length : openers.length - 1);
      // A link does not reach out of a style.
      while (brackets.length > 0 && brackets.at(-1)!.at > start) brackets.pop();
      at += used;
    }
    return at;
  }

  function onRun(char: string, from: number): number {
    let end = from + 1;
    while (text[end] === char) end++;
    if ((char === "~" || char === "|") && end - from !== 2) return end;
    const before = characterBefore(text, from);
    const after = characterAt(text, end);
    const mayClose = before.trim() !== "" && (char !== "_" || AFTER_UNDERSCORE.test(after));
    const mayOpen = after.trim() !== "" && (char !== "_" || BEFORE_UNDERSCORE.test(before));
    const at = mayClose ? close(char, from, end) : from;
    if (mayOpen && end - at > 0 && end - at <= 3) {
      const opener = { char, at, count: end - at };
      openers.push(opener);
      count(opener, 1);
      openedAt = end;
    }
    return end;
  }

  function onCode(from: number): number {
    let start = from + 1;
    while (text[start] === "`") start++;
    const end = codeEnds.find(start, start - from);
    if (end === -1) return start;
    const after = end + (start - from);
    const content = text.slice(start, end);
    const pad = content.startsWith(" ") && content.endsWith(" ") && content.trim() !== "" ? 1 : 0;
    marks.push({ type: "code", start: start + pad, end: end - pad });
    syntax.push([from, start + pad], [end - pad, after]);
    return after;
  }

  function onBracketEnd(at: number): number {
    const bracket = brackets.pop();
    if (!bracket || text[at + 1] !== "(") return at + 1;
    const start = bracket.at + 1;
    const end = at > start ? addressEnds.find(at + 1) : -1;
    const mark = end === -1 ? null : toLinkMark(text.slice(at + 2, end), start, at);
    if (!mark) return at + 1;
    // The address says who is meant, whatever name is written.
    if (mark.type !== "link") {
      const inside = marks.splice(bracket.marked);
      marks.push(...inside.filter(({ type }) => type !== "mention" && type !== "mention_all"));
    }
    marks.push(mark);
    syntax.push([bracket.at, start], [at, end + 1]);
    dropTo(Math.min(openers.length, bracket.depth));
    // A link is in no other link.
    brackets = [];
    return end + 1;
  }

  function onName(at: number): number {
    const before = characterBefore(text, at);
    if (!mention || (BEFORE_NAME.test(before) && !(before === "_" && openedAt === at))) return at + 1;
    NAME.lastIndex = at + 1;
    const written = NAME.exec(text)?.[0];
    if (!written || written.length > NAME_LIMIT) return at + 1;
    // What may end a sentence or a style is no part of a name at its end, unless there is such a name.
    for (const name of new Set([written, written.replace(/[.-]+$/, ""), written.replace(/[._-]+$/, "")])) {
      const id = name === "" ? undefined : mention(name);
      const range = { start: at, end: at + 1 + name.length };
      if (id === undefined) continue;
      marks.push(id === "all" ? { type: "mention_all", ...range } : { type: "mention", ...range, user_id: id });
      return range.end;
    }
    return at + 1;
  }

  for (let at = 0; ; ) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (!found) break;
    const { index, 0: token } = found;
    switch (token[0]) {
      case "\\":
        if (PUNCTUATION.test(text[index + 1] ?? "")) {
          syntax.push([index, index + 1]);
          at = index + 2;
        } else at = index + 1;
        break;
      case "`":
        at = onCode(index);
        break;
      case "[":
        brackets.push({ at: index, depth: openers.length, marked: marks.length });
        at = index + 1;
        break;
      case "]":
        at = onBracketEnd(index);
        break;
      case "@":
        at = onName(index);
        break;
      case "h":
        // Underscores and tildes at its end are more likely the end of a style.
        at = index + token.replace(/[_~]+$/, "").length;
        break;
      default:
        at = onRun(token, index);
    }
  }
  return { marks, syntax };
}

function styleOf(char: string, strength: number): Mark["type"] {
  if (char === "~") return "strike";
  if (char === "|") return "spoiler";
  return strength === 2 ? "bold" : "italic";
}

/** An empty text where there is none. */
const characterAt = (text: string, at: number) => (at < text.length ? String.fromCodePoint(text.codePointAt(at)!) : "");

function characterBefore(text: string, at: number): string {
  const last = text.slice(Math.max(0, at - 2), at);
  return [...last].at(-1) ?? "";
}

/** Where code ends: at the next run of as many backticks, in the same line. */
class CodeEnds {
  /** By the length of the run: where such runs begin, those already passed left out. */
  #runs: Map<number, number[]> | undefined;
  #lineEnd = -1;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  find(from: number, length: number): number {
    this.#runs ??= this.#read();
    const runs = this.#runs.get(length);
    while (runs && runs.length > 0 && runs.at(-1)! < from) runs.pop();
    if (this.#lineEnd < from) {
      const end = this.#text.indexOf("\n", from);
      this.#lineEnd = end === -1 ? this.#text.length : end;
    }
    const end = runs?.at(-1) ?? -1;
    return end < this.#lineEnd ? end : -1;
  }

  #read() {
    const runs = new Map<number, number[]>();
    for (const { index, 0: run } of [...this.#text.matchAll(/`+/g)].reverse()) {
      const known = runs.get(run.length);
      if (known) known.push(index);
      else runs.set(run.length, [index]);
    }
    return runs;
  }
}

/** Where an address in brackets ends: at the bracket that belongs to the first one. */
class AddressEnds {
  #ends: Map<number, number> | undefined;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  find(at: number): number {
    this.#ends ??= this.#read();
    return this.#ends.get(at) ?? -1;
  }

  #read() {
    const ends = new Map<number, number>();
    let starts: number[] = [];
    for (const { index, 0: found } of this.#text.matchAll(/[()\s]/g)) {
      if (found === "(") starts.push(index);
      else if (found !== ")") starts = [];
      else if (starts.length > 0) ends.set(starts.pop()!, index);
    }
    return ends;
  }
}
