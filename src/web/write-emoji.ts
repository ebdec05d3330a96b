// `bun run web:emoji`: writes the emoji that the client offers, from emojibase-data: that package's names and keywords are Unicode's own
// (CLDR), and come with the short names that people know from other chats. One line an emoji, which is a tenth of its JSON.
import { join } from "node:path";
import { isEmoji } from "../protocol/text.ts";

const OUTPUT = join(import.meta.dir, "client/views/room/emoji/emoji-data.ts");
/** Newer ones are boxes on many devices. */
const UNICODE_VERSION = 15.1;
const TONES = ["🏻", "🏼", "🏽", "🏾", "🏿"];
/** By emojibase's numbers; 2 has parts of emoji alone. */
const GROUPS: Record<number, string> = {
  0: "Smileys and emotion",
  1: "People and body",
  3: "Animals and nature",
  4: "Food and drink",
  5: "Travel and places",
  6: "Activities",
  7: "Objects",
  8: "Symbols",
  9: "Flags",
};

interface Entry {
  emoji: string;
  hexcode: string;
  label: string;
  tags?: string[];
  group?: number;
  order?: number;
  version: number;
  skins?: { emoji: string }[];
}

/** The text of the module. */
export async function emojiModule(): Promise<string> {
  const read = (name: string) => Bun.file(Bun.resolveSync(`emojibase-data/en/${name}.json`, import.meta.dir)).json();
  const entries: Entry[] = await read("data");
  const shortcodes: Record<string, string | string[]> = await read("shortcodes/github");
  const lines = Object.entries(GROUPS).flatMap(([group, name]) => [
    `# ${name}`,
    ...entries
      .map((entry) => ({ ...entry, emoji: plainest(entry.emoji) }))
      .filter(({ group: number, version }) => number === Number(group) && version <= UNICODE_VERSION)
      .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
      .map((entry) => line(entry, [shortcodes[entry.hexcode] ?? []].flat())),
  ]);
  return `// Written by \`bun run web:emoji\` from emojibase-data (MIT, © Miles Johnson). By line: the emoji, its name, its short names, further
// keywords, and \`t\` where it comes in tones of skin.
export const EMOJI_DATA = \`
${lines.join("\n")}
\`;
`;
}

/** As Unicode recommends it for interchange: some are given with a mark that they don't need. */
const plainest = (emoji: string) => (isEmoji(emoji) ? emoji : emoji.replace(/\uFE0F$/, ""));

function line({ emoji, label, tags = [], skins = [] }: Entry, codes: string[]): string {
  const known = new Set(`${label} ${codes.join(" ")}`.toLowerCase().split(/[^\p{L}\p{N}]+/u));
  const further = tags.filter((tag) => !known.has(tag.toLowerCase()));
  // Only what a tone is simply added to: couples have two.
  const hasTones =
    skins.length === TONES.length && skins.every((skin, index) => skin.emoji === withTone(emoji, TONES[index]!));
  return [emoji, label, codes.join(" "), further.join(" "), hasTones ? "t" : ""].join("|").replace(/\|+$/, "");
}

function withTone(emoji: string, tone: string): string {
  const [first, ...rest] = emoji;
  return first + tone + rest.join("").replace(/^\uFE0F/, "");
}

if (import.meta.main) await Bun.write(OUTPUT, await emojiModule());
