// What text may be on the wire, and how its length is counted. It imports nothing, so that clients may use it at run time.

/** Text that PostgreSQL can store and every client can show: no NUL, no lone surrogate. */
export const isCleanText = (text: string) => !text.includes("\0") && text.isWellFormed();

/** Unicode code points, which is what every bound counts. */
export const countCharacters = (text: string) => {
  let count = 0;
  for (const _ of text) count++;
  return count;
};

const EMOJI = /^\p{RGI_Emoji}$/v;
/** Whether a text is one emoji, as Unicode recommends them for interchange. */
export const isEmoji = (text: string) => EMOJI.test(text);
