/// <reference path="./unicode-data.d.ts" />
// What names and texts may look like. Usernames identify people, so they follow UTS 39 (Unicode Security Mechanisms); names
// and messages that are only shown may hold any script, but must be visible and keep to their place. The data is Unicode's.
import { caseFold } from "unicode-case-folding";
import { USERNAME_MAX, USERNAME_MIN } from "../protocol/limits.ts";
import { countCharacters } from "../protocol/text.ts";

/** What uniqueness and search go by: compatibility forms and full case folding, also right for the beginning of a name. */
export const foldName = (name: string) => caseFold(name.normalize("NFKC")).normalize("NFKC");

/**
 * The keys under which a name may be stored, the likelier first: accounts whose folded name was taken by an older account
 * keep the key that `toLowerCase` gave them.
 */
export function keysOf(name: string): [string, ...string[]] {
  const [older, folded] = [name.normalize("NFKC").toLowerCase(), foldName(name)];
  return older === folded ? [folded] : [older, folded];
}

// Large tables, of use for registrations alone: loaded by the first one rather than at start.
let prototypes: Record<string, string> | undefined;
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** UTS 39 section 4: two texts with the same skeleton look alike. */
function skeletonOf(text: string): string {
  prototypes ??= require("unhomoglyph/data.json") as Record<string, string>;
  const table = prototypes;
  const visible = text.normalize("NFD").replace(INVISIBLE, "");
  return Array.from(visible, (character) => table[character] ?? character)
    .join("")
    .normalize("NFD");
}

/**
 * The skeletons of a username, as its owner writes it and in lower case: a name that shares one with another can be mistaken
 * for it. `AIi` (with a capital I) looks like `Ali`, `rnike` like `Mike`.
 */
export function skeletonsOf(name: string): string[] {
  const written = skeletonOf(foldName(skeletonOf(name)));
  return [...new Set([written, skeletonOf(foldName(name))])];
}

// Letters of any script with their marks, digits, and three signs; no "@", so that a name can't pose as an e-mail address.
const USERNAME = /^[\p{L}\p{N}][\p{L}\p{Mn}\p{Mc}\p{N}._-]*$/u;
const ALL_DIGITS = /^\p{N}+$/u;
const HAS_INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
// UTS 39 section 5.4: marks that are drawn over each other or over the dot of an i hide.
const HIDDEN_MARKS = /(\p{Mn})\1|\p{Mn}{5}|\p{Soft_Dotted}[\p{Mn}--\u0307]*\u0307/v;

/** What is wrong with a username (in NFC) as a sentence for its field; null when nothing is. */
export function usernameFault(name: string): string | null {
  const length = countCharacters(name);
  if (length < USERNAME_MIN) return `must be at least ${USERNAME_MIN} characters`;
  if (length > USERNAME_MAX) return `must be at most ${USERNAME_MAX} characters`;
  if (!USERNAME.test(name)) return "may hold letters, digits, '.', '_' and '-', and starts with a letter or digit";
  if (HAS_INVISIBLE.test(name)) return "must not hold characters that can't be seen";
  if (ALL_DIGITS.test(name)) return "must not be all digits";
  if (HIDDEN_MARKS.test(name.normalize("NFD"))) return "must not hold accents that hide each other";
  if (!isOfOneScript(name)) return "must not mix scripts, such as Latin and Cyrillic letters";
  return null;
}

// UTS 39 section 5.2, "Highly Restrictive": what Japanese, Chinese and Korean are written with, together with Latin.
const MIXED_SCRIPTS = [
  ["Latin", "Han", "Hiragana", "Katakana"],
  ["Latin", "Han", "Bopomofo"],
  ["Latin", "Han", "Hangul"],
];

/** Compiled by the first registration. */
let scripts: RegExp[] | undefined;

function isOfOneScript(name: string): boolean {
  scripts ??= [...MIXED_SCRIPTS, ...scriptNames().map((script) => [script])].flatMap(patternOf);
  return scripts.some((pattern) => pattern.test(name));
}

/** The names of all scripts that Unicode knows. */
function scriptNames(): string[] {
  const aliases: typeof import("unicode-property-value-aliases-ecmascript").default = require("unicode-property-value-aliases-ecmascript");
  return [...new Set<string>(aliases.get("Script")!.values())];
}

/** All of these scripts, and what belongs to every script. Nothing for a script that the runtime does not know yet. */
function patternOf(names: string[]): RegExp[] {
  const members = [...names, "Common", "Inherited"].map((script) => `\\p{Script_Extensions=${script}}`).join("");
  try {
    return [new RegExp(`^[${members}]*$`, "u")];
  } catch {
    return [];
  }
}

// What is not seen at all, save what belongs into names: joiners (Persian and Indic scripts, emoji), selectors of variants
// (Japanese), and the tags in flags.
const ZERO_WIDTH = /[\p{Default_Ignorable_Code_Point}--[\p{Variation_Selector}\u200c\u200d\u{e0020}-\u{e007f}]]/v;

/** What is wrong with a display name that `shownFault` has passed; null when nothing is. */
export const displayNameFault = (name: string) =>
  ZERO_WIDTH.test(name) ? "must not contain characters that can't be seen" : null;

/** A display name as the username that it could be taken for: without spaces and what is not seen. */
export const plainName = (name: string) => name.normalize("NFKC").replace(/\s/gu, "").replace(INVISIBLE, "");

// Marks need something to stand on; the blank Braille pattern and the null note head are symbols without ink.
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Mn}\p{Me}\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/u;
// One search each, because every message is searched. Line breaks and tabs are part of a text; overrides show it in another
// order than it is written.
const OUT_OF_TEXT = /[[\p{Cc}\u202d\u202e]--[\t\n\r]]/v;
// Embeddings and isolates that are left open also turn what stands behind a name.
const OUT_OF_NAME = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;

/** What is wrong with a name (of one line) or a text that is only shown; null when nothing is. Empty is for others to judge. */
export function shownFault(text: string, as: "name" | "text"): string | null {
  if ((as === "name" ? OUT_OF_NAME : OUT_OF_TEXT).test(text))
    return "must not contain control characters or ones that change the direction of text";
  if (text !== "" && !VISIBLE.test(text)) return "must contain a character that can be seen";
  return null;
}
