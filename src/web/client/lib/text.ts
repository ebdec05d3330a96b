// Text of other people's, cut into pieces that are safe to show: it never becomes markup.

export type Piece = string | { href: string; text: string };

const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"]+/gi;
const BRACKETS: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

/** Cuts text into plain pieces and web links. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const link = withoutTrailing(found);
    const href = toHref(link);
    if (!href) continue;
    if (index > end) pieces.push(text.slice(end, index));
    pieces.push({ href, text: link });
    end = index + link.length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** The full stop behind a link is the sentence's, and so is a bracket that the link did not open. */
function withoutTrailing(link: string): string {
  /** How many of a closing bracket nobody opened. Counted once: a link may be made of brackets. */
  const strays = new Map<string, number>();
  let end = link.length;
  for (; ; end--) {
    const last = link[end - 1]!;
    const opening = BRACKETS[last];
    if (!opening) {
      if (/[.,:;!?'*_~…]/.test(last)) continue;
      break;
    }
    const left = strays.get(last) ?? link.split(last).length - link.split(opening).length;
    if (left <= 0) break;
    strays.set(last, left - 1);
  }
  return link.slice(0, end);
}

function toHref(link: string): string | null {
  try {
    const { protocol, href } = new URL(/^www\./i.test(link) ? `https://${link}` : link);
    return protocol === "https:" || protocol === "http:" ? href : null;
  } catch {
    return null;
  }
}

// Pictures with what alters and joins them, flags of two letters, and keycaps.
const EMOJI =
  /^(?:\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier}|[\u{E0020}-\u{E007F}]|\u200D\p{Extended_Pictographic})*|\p{RI}{2}|[\d#*]\uFE0F?\u20E3){1,3}$/u;

/** Whether a message is one to three emoji and nothing else. */
export const isEmojiOnly = (text: string) => text.length <= 40 && EMOJI.test(text);

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter() : null;

/** What stands on somebody's avatar. */
export function initialOf(name: string): string {
  const first = segmenter ? segmenter.segment(name.trim())[Symbol.iterator]().next().value?.segment : [...name][0];
  return (first ?? "?").toUpperCase();
}

/** A name as part of a sentence: whatever directions it sets end with it. It can't end that itself. */
export const isolate = (name: string) => `\u2068${name.replaceAll(/[\u2066-\u2069]/g, "")}\u2069`;

/** Characters as the server counts them: an emoji is not two. */
export const lengthOf = (text: string) => [...text].length;
