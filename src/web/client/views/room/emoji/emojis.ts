// The emoji that are offered, by group, and found by name.
import { EMOJI_DATA } from "./emoji-data.ts";

export interface Emoji {
  emoji: string;
  name: string;
  /** As typed between colons; the first one is shown. */
  codes: readonly string[];
  hasTones: boolean;
  /** The words that it is found by. */
  words: readonly string[];
}

export interface EmojiGroup {
  name: string;
  emojis: Emoji[];
}

export const EMOJI_GROUPS: readonly EmojiGroup[] = read(EMOJI_DATA);
const ALL = EMOJI_GROUPS.flatMap(({ emojis }) => emojis);
const BY_EMOJI = new Map(ALL.map((one) => [one.emoji, one]));

function read(data: string): EmojiGroup[] {
  const groups: EmojiGroup[] = [];
  for (const line of data.trim().split("\n")) {
    if (line.startsWith("# ")) {
      groups.push({ name: line.slice(2), emojis: [] });
      continue;
    }
    const [emoji = "", name = "", codes = "", tags = "", tones] = line.split("|");
    // Without a short name of its own, its name serves as one.
    const own = codes === "" ? [name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "_")] : codes.split(" ");
    const words = `${name} ${own.join(" ")} ${tags}`.toLowerCase().split(/[\s:,]+/);
    groups.at(-1)!.emojis.push({ emoji, name, codes: own, hasTones: tones === "t", words });
  }
  return groups;
}

/** By a short name or a word that begins so, the closest first. */
export function searchEmojis(text: string, limit: number): Emoji[] {
  const query = text.trim().toLowerCase().replaceAll(/\s+/g, " ");
  if (query === "") return [];
  const parts = query.split(/[ _]/).filter(Boolean);
  const ranked = ALL.flatMap((one) => {
    const rank = rankOf(one, query, parts);
    return rank === null ? [] : { one, rank };
  });
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, limit)
    .map(({ one }) => one);
}

function rankOf({ emoji, name, codes, words }: Emoji, query: string, parts: string[]): number | null {
  if (emoji === query || codes.includes(query)) return 0;
  if (codes.some((code) => code.startsWith(query))) return 1;
  if (name.startsWith(query)) return 2;
  const nameWords = name.split(" ");
  if (parts.every((part) => nameWords.some((word) => word.startsWith(part)))) return 3;
  return parts.every((part) => words.some((word) => word.startsWith(part))) ? 4 : null;
}

/** No tone, and the five of Unicode. */
export const TONES = ["", "🏻", "🏼", "🏽", "🏾", "🏿"] as const;
export const TONE_NAMES = ["Default", "Light", "Medium light", "Medium", "Medium dark", "Dark"];

export function withTone({ emoji, hasTones }: Emoji, tone: string): string {
  if (!hasTones || tone === "") return emoji;
  const [first, ...rest] = emoji;
  return first + tone + rest.join("").replace(/^\uFE0F/, "");
}

/** The emoji of a list of texts, such as those used lately; what is none of these is left out. */
export const emojisOf = (texts: readonly string[]): Emoji[] =>
  texts.flatMap((text) => {
    const plain =
      BY_EMOJI.get(text) ??
      BY_EMOJI.get(text.replace(/[🏻-🏿]/u, "")) ??
      BY_EMOJI.get(text.replace(/[🏻-🏿]/u, "\uFE0F"));
    return plain ? { ...plain, emoji: text, hasTones: false } : [];
  });
