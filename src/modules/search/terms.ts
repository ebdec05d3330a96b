// What is searched for: the terms of a query, as PostgreSQL looks for them in the index, and as they are then found in a text. The index
// knows words alone, so it may find more than what is asked for, never less.
import { decompose } from "../../feeds/search/characters.ts";
import { wordToken } from "../../feeds/search/tokens.ts";
import { pairsOf, textOf, type Word, wordsOf } from "../../feeds/search/words.ts";

/** A place in a text: offset and length in code points. */
export type Place = [offset: number, length: number];

/** One thing that a text must hold. */
export interface Term {
  /** In PostgreSQL's notation, to be joined by `&`. */
  tokens: string[];
  /** Where it stands, ascending; empty where it does not. */
  find(text: SearchedText): Place[];
}

/** A text in which several terms are looked for. */
export interface SearchedText {
  characters: string[];
  words: Word[];
}

export const toSearchedText = (text: string): SearchedText => ({ characters: [...text], words: wordsOf(text) });

// Phones write “…”, and some languages „…“.
const QUOTED = /["“”„]([^"“”„]*)["“”„]/gu;

/** In the order of the query; empty where it holds neither a letter nor a digit nor an emoji. */
export function termsOf(query: string): Term[] {
  const terms: Term[] = [];
  let end = 0;
  const addWords = (text: string, isLast: boolean) => {
    const words = wordsOf(text);
    for (const [i, word] of words.entries()) terms.push(toTerm(word, isLast && i === words.length - 1));
  };
  for (const match of query.matchAll(QUOTED)) {
    addWords(query.slice(end, match.index), false);
    end = match.index + match[0].length;
    const phrase = toPhrase(match[1]!);
    if (phrase) terms.push(phrase);
  }
  addWords(query.slice(end), true);
  return terms;
}

const lexeme = (word: string, isPrefix = false) => `'${wordToken(word)}'${isPrefix ? ":*" : ""}`;

/** A run of a script without spaces by its pairs; a single character of it by the pair that it begins. */
function tokensOf(word: Word, isPrefix: boolean): string[] {
  if (word.kind !== "pair") return [lexeme(textOf(word), isPrefix && word.kind === "word")];
  if (word.characters.length === 1) return [lexeme(word.characters[0]!, true)];
  return Array.from(pairsOf(word), (pair) => lexeme(pair)).slice(0, -1);
}

function toTerm(word: Word, isPrefix: boolean): Term {
  const wanted = word.kind === "pair" ? word.characters.join("") : textOf(word);
  const length = word.kind === "pair" ? word.characters.length : [...wanted].length;
  const find = ({ words }: SearchedText) =>
    words.flatMap((candidate): Place[] => {
      if (candidate.kind !== word.kind) return [];
      if (word.kind === "pair") return runsIn(candidate, word.characters).map((at) => place(candidate, at, length));
      const text = textOf(candidate);
      if (text === wanted) return [place(candidate, 0, candidate.characters.length)];
      return isPrefix && text.startsWith(wanted) ? [place(candidate, 0, length)] : [];
    });
  const place = ({ offsets }: Word, at: number, length: number): Place => [
    offsets[at]!,
    offsets[at + length - 1]! + 1 - offsets[at]!,
  ];
  return {
    tokens: tokensOf(word, isPrefix),
    find: (text) => find(text).map((found) => withMarks(text.characters, found)),
  };
}

/** Marks that belong to the last letter belong to the place. */
function withMarks(characters: string[], [offset, length]: Place): Place {
  let end = offset + length;
  while (end < characters.length && /^\p{M}$/u.test(characters[end]!)) end++;
  return [offset, end - offset];
}

/** Where the characters stand in a row, none of them twice. */
function runsIn({ characters }: { characters: string[] }, wanted: string[]): number[] {
  const found: number[] = [];
  for (let at = 0; at + wanted.length <= characters.length; at++) {
    if (!wanted.every((character, i) => characters[at + i] === character)) continue;
    found.push(at);
    at += wanted.length - 1;
  }
  return found;
}

/** What is between quotation marks: as written but for case and white space, not within a word. Null where nothing is. */
function toPhrase(phrase: string): Term | null {
  const words = wordsOf(phrase);
  if (words.length === 0) return null;
  const wanted = flatten([...phrase.trim()]).characters;
  const starts = words[0]!.kind === "word" && isWordCharacter(wanted[0]!);
  const ends = words.at(-1)!.kind === "word" && isWordCharacter(wanted.at(-1)!);
  return {
    tokens: words.flatMap((word) => tokensOf(word, false)),
    find({ characters }) {
      const text = flatten(characters);
      return runsIn(text, wanted).flatMap((at): Place[] => {
        const end = at + wanted.length;
        if (starts && isWordCharacter(text.characters[at - 1])) return [];
        if (ends && isWordCharacter(text.characters[end])) return [];
        const offset = text.offsets[at]!;
        return [[offset, text.offsets[end - 1]! + 1 - offset]];
      });
    },
  };
}

const isWordCharacter = (character: string | undefined) =>
  character !== undefined && /^[\p{L}\p{N}\p{M}]$/u.test(character);

/** Without regard to case, and white space as one space; with the offsets of what is left. */
function flatten(characters: string[]) {
  const flat: string[] = [];
  const offsets: number[] = [];
  for (const [offset, character] of characters.entries()) {
    const parts = /^\s$/u.test(character) ? (flat.at(-1) === " " ? [] : [" "]) : decompose(character);
    for (const part of parts) {
      flat.push(part);
      offsets.push(offset);
    }
  }
  return { characters: flat, offsets };
}

/** More than anyone looks at; the text has at most 4,000 characters. */
const MAX_PLACES = 100;

/** Where the terms stand in the text, ascending and apart; null unless all do. */
export function placesOf(terms: Term[], text: string): Place[] | null {
  if (terms.length === 0) return [];
  const searched = toSearchedText(text);
  const places: Place[] = [];
  for (const term of terms) {
    const found = term.find(searched);
    if (found.length === 0) return null;
    places.push(...found);
  }
  return merge(places).slice(0, MAX_PLACES);
}

function merge(places: Place[]): Place[] {
  const merged: Place[] = [];
  for (const [offset, length] of places.sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && offset < last[0] + last[1]) last[1] = Math.max(last[1], offset + length - last[0]);
    else merged.push([offset, length]);
  }
  return merged;
}
