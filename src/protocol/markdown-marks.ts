// What is found in Markdown before it becomes entities: ranges of the text as it was written.
import { type EntityValues, isSafeUrl } from "./entity-values.ts";
import { ENTITY_URL_LIMIT } from "./limits.ts";
import { countCharacters, isCleanText } from "./text.ts";

/** An entity by where its text stands in the Markdown, in UTF-16 code units. */
export interface Mark extends EntityValues {
  start: number;
  end: number;
}

export interface MarkdownScan {
  /** One inside another or apart, in no order. */
  marks: Mark[];
  /** Ranges that are markup and no text, in no order; they may overlap. */
  syntax: [start: number, end: number][];
}

/** The id of who is mentioned by this name, or `all` for everyone; undefined where it is no mention. */
export type MentionOf = (name: string) => number | "all" | undefined;

const MENTION = /^mention:(?:(all)|([1-9]\d{0,15}))$/;

/** Of `[text](address)`: a link, or a mention whose text is no name; null for an address that leads nowhere. */
export function toLinkMark(address: string, start: number, end: number): Mark | null {
  const [, all, id] = MENTION.exec(address) ?? [];
  if (all) return { type: "mention_all", start, end };
  if (id) return Number.isSafeInteger(Number(id)) ? { type: "mention", start, end, user_id: Number(id) } : null;
  const isUsable = isCleanText(address) && isSafeUrl(address) && countCharacters(address) <= ENTITY_URL_LIMIT;
  return isUsable ? { type: "link", start, end, url: address } : null;
}
