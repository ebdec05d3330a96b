// Text from other people, in pieces and numbers.

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
