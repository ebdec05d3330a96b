// What a character of a text counts as when words are looked for: folded, so that neither case nor accents nor compatibility forms make a
// difference. Done here and not by the database, so that no locale, dictionary or extension of it has a say.
/// <reference path="../../lib/unicode-data.d.ts" />
import { caseFold } from "unicode-case-folding";

/**
 * `word`: letters, digits and the marks of scripts in which these are vowels. `pair`: the same of scripts that are written without
 * spaces, or are in runs of which no one can say where a word ends. `sign`: an emoji. `none`: what stands between words.
 */
export type CharacterKind = "word" | "pair" | "sign" | "none";

export interface FoldedCharacter {
  kind: CharacterKind;
  /** The code points that it becomes; none of one that is as good as absent. */
  text: string[];
}

const IN_WORDS = /^[\p{L}\p{N}\p{M}]$/u;
const IN_PAIRS = /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]$/u;
const IS_KANA = /^[\p{scx=Hiragana}\p{scx=Katakana}]$/u;
const IS_SIGN = /^\p{Extended_Pictographic}$/u;
// Format characters, such as a soft hyphen or a joiner inside a word, and the Arabic letter that only stretches others.
const IS_ABSENT = /^[\p{Default_Ignorable_Code_Point}\p{Cf}\u0640]$/u;
// Accents, and the vowel signs that Hebrew and Arabic may do without. In other scripts marks are what vowels are written with.
const ACCENT =
  /^[[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]&&\p{M}]$/v;

/** The signs that voice a Japanese syllable, which may come apart from it. */
export const isVoicing = (character: string) => character === "\u3099" || character === "\u309a";

const kindOf = (character: string): CharacterKind => {
  if (IN_WORDS.test(character)) return IN_PAIRS.test(character) ? "pair" : "word";
  return IS_SIGN.test(character) && !/^[\d#*]$/.test(character) ? "sign" : "none";
};

/** Full case folding of the compatibility form, decomposed. */
export const decompose = (character: string) => caseFold(character.normalize("NFKD")).normalize("NFKD");

function fold(character: string): FoldedCharacter {
  if (IS_ABSENT.test(character) || ACCENT.test(character)) return { kind: "none", text: [] };
  // か and が are two letters, not one with an accent.
  const text = IS_KANA.test(character)
    ? [...character.normalize("NFKC")]
    : [...decompose(character)]
        .filter((part) => !ACCENT.test(part))
        // In Turkish two letters, of which either may be the small form of an I that somebody else's device wrote.
        .map((part) => (part === "ı" ? "i" : part));
  return { kind: text[0] === undefined ? "none" : kindOf(text[0]), text };
}

// More than a chat in any language uses; then it starts over.
const MAX_KNOWN = 20_000;
const known = new Map<string, FoldedCharacter>();

/** Of one code point. */
export function foldCharacter(character: string): FoldedCharacter {
  let folded = known.get(character);
  if (folded) return folded;
  if (known.size >= MAX_KNOWN) known.clear();
  folded = fold(character);
  known.set(character, folded);
  return folded;
}
