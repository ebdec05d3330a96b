// The words that a name is found by. Folded and cut here, so that no database locale has a say in it, and languages that
// write without spaces are cut as well.
import { foldName } from "./names.ts";

const segmenter = new Intl.Segmenter("und", { granularity: "word" });

// A name has 50 characters; a query that long is answered all the same.
const WORD_LIMIT = 25;

/** The words of a name without accents and case, none twice; a sign that stands alone, such as an emoji, is one, too. */
export function wordsOf(name: string): string[] {
  const plain = foldName(name.normalize("NFKD").replace(/\p{M}/gu, ""));
  const segments = Array.from(segmenter.segment(plain), ({ segment }) => segment.trim());
  return [...new Set(segments.filter((segment) => segment !== "" && !/^\p{P}+$/u.test(segment)))].slice(0, WORD_LIMIT);
}

/** As PostgreSQL's `tsquery`: every word of the query begins a word of the name. Null for a query without words. */
export function wordsQuery(query: string): string | null {
  const quoted = wordsOf(query).map((word) => `'${word.replaceAll("\\", "\\\\").replaceAll("'", "''")}':*`);
  return quoted.length === 0 ? null : quoted.join(" & ");
}
