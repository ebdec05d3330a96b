// What is being completed: a name behind `@`, or an emoji behind `:`.

export interface Query {
  sign: "@" | ":";
  /** What is written behind the sign. */
  text: string;
  /** Where the sign stands. */
  start: number;
}

// No sign within a word, such as in an e-mail address or in a time.
const NAME = /(?:^|[^\p{L}\p{N}._@-])@([\p{L}\p{N}._-]{0,50})$/u;
const EMOJI = /(?:^|[^\p{L}\p{N}_:]):([\p{L}\p{N}_+-]{2,30})$/u;

/** Null where nothing is being completed: with text selected as well. */
export function queryAt({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): Query | null {
  if (selectionStart !== selectionEnd) return null;
  // Nothing further back belongs to it.
  const before = value.slice(Math.max(0, selectionStart - 60), selectionStart);
  for (const [sign, pattern] of [["@", NAME] as const, [":", EMOJI] as const]) {
    const text = pattern.exec(before)?.[1];
    if (text !== undefined) return { sign, text, start: selectionStart - text.length - 1 };
  }
  return null;
}
