// Cuts texts into the words by which they are found, and says where these stand.
import { type CharacterKind, foldCharacter, isVoicing } from "./characters.ts";

/** Code points of a word; what follows them does not count. A lexeme of PostgreSQL's has 2,046 bytes. */
const WORD_LIMIT = 64;

/** A word, a run of a script that is written without spaces, or an emoji. */
export interface Word {
  kind: Exclude<CharacterKind, "none">;
  /** Folded, by code point. */
  characters: string[];
  /** For each of them, which code point of the text it is of. */
  offsets: number[];
}

/** In the order of the text. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let word: Word | null = null as Word | null;
  let offset = -1;
  for (const character of text) {
    offset++;
    const folded = foldCharacter(character);
    if (folded.text.length === 0) continue;
    if (folded.kind === "none" || folded.kind === "sign" || folded.kind !== word?.kind) word = null;
    if (folded.kind === "none") continue;
    for (const part of folded.text) {
      const last = word?.characters.at(-1);
      if (last !== undefined && isVoicing(part)) {
        const voiced = (last + part).normalize("NFC");
        if (voiced.length === 1) {
          word!.characters[word!.characters.length - 1] = voiced;
          continue;
        }
      }
      if (!word) {
        word = { kind: folded.kind, characters: [], offsets: [] };
        words.push(word);
      }
      word.characters.push(part);
      word.offsets.push(offset);
    }
  }
  return words;
}

/** A word as it is stored and compared. */
export const textOf = (word: Word) =>
  (word.characters.length > WORD_LIMIT ? word.characters.slice(0, WORD_LIMIT) : word.characters).join("");

/**
 * What a run is stored as: overlapping pairs, and its last character alone, so that each of its characters begins something that is
 * stored.
 */
export function* pairsOf({ characters }: Word): Generator<string> {
  for (let i = 0; i < characters.length; i++) yield characters[i]! + (characters[i + 1] ?? "");
}
