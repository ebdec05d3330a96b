// Text from other people, split into pieces that are safe to show: it never becomes markup.
import { LinkifyIt } from "linkify-it";

export type Piece = string | { href: string; text: string };

const links = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true }).add("ftp:", null).add("//", null);

/** Punctuation that belongs to the sentence when it ends a link. */
const MARKS = /[!'*_~…]+$/u;

/** Splits text into plain pieces, web links and e-mail addresses. A bare domain is a link if its top-level domain is well known. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { schema, index, text: found, url } of links.match(text) ?? []) {
    const link = found.replace(MARKS, "");
    const address = url.replace(MARKS, "");
    // A domain without a scheme: nearly every server supports HTTPS.
    const href = toHref(schema === "" ? address.replace("http:", "https:") : address);
    if (!href) continue;
    if (index > end) pieces.push(text.slice(end, index));
    pieces.push({ href, text: link });
    end = index + link.length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

function toHref(url: string): string | null {
  try {
    const { protocol, href } = new URL(url);
    return ["https:", "http:", "mailto:"].includes(protocol) ? href : null;
  } catch {
    return null;
  }
}

// Pictographs with modifiers and joiners, flags of two letters, and keycaps.
const EMOJI =
  /^(?:\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier}|[\u{E0020}-\u{E007F}]|\u200D\p{Extended_Pictographic})*|\p{RI}{2}|[\d#*]\uFE0F?\u20E3){1,3}$/u;

/** Whether a message is one to three emoji and nothing else. */
export const isEmojiOnly = (text: string) => text.length <= 40 && EMOJI.test(text);

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter() : null;

/** The letter on an avatar. */
export function initialOf(name: string): string {
  const first = segmenter ? segmenter.segment(name.trim())[Symbol.iterator]().next().value?.segment : [...name][0];
  return (first ?? "?").toUpperCase();
}

/** Isolates a name within a sentence, so that its text direction ends with it; the name can't close the isolate itself. */
export const isolate = (name: string) => `\u2068${name.replaceAll(/[\u2066-\u2069]/g, "")}\u2069`;

/** "Ada", "Ada and Ben", "Ada, Ben and 3 others": `count` people, of whom these are known. */
export function namesText(names: readonly string[], count: number): string {
  const shown = names.slice(0, count);
  const others = count - shown.length;
  if (shown.length === 0) return count === 1 ? "1 person" : `${count} people`;
  if (others > 0) return `${shown.join(", ")} and ${others} ${others === 1 ? "other" : "others"}`;
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** "1 member", "3 members". */
export const memberCountText = ({ member_count: count }: { member_count: number }) =>
  `${count} ${count === 1 ? "member" : "members"}`;

/** The length in code points, as the server counts it. */
export const lengthOf = (text: string) => [...text].length;
