// Marks the words that were found in the messages of the open chat: as highlights of the browser's, so that nothing of what is rendered
// changes. A browser without them marks nothing.
import { useEffect } from "preact/hooks";
import type { SearchResult } from "../../../../sdk/index.ts";

/** In the style sheet: `::highlight(found)`. */
const NAME = "found";

interface HighlightRegistry {
  set(name: string, highlight: unknown): void;
  delete(name: string): void;
}

export function useMarkedWords(results: readonly SearchResult[], meId: number) {
  useEffect(() => {
    const { highlights } = CSS as { highlights?: HighlightRegistry };
    const { Highlight } = globalThis as { Highlight?: new (...ranges: Range[]) => unknown };
    if (!highlights || !Highlight || results.length === 0) return;
    const wordsByKey = new Map(results.map((result) => [keyOf(result, meId), wordsOf(result)]));
    let frame = 0;
    const mark = () => {
      frame = 0;
      const rows = document.querySelectorAll<HTMLElement>(".messages .message");
      const ranges = [...rows].flatMap((row) => {
        const words = wordsByKey.get(row.dataset.key!);
        const body = words && row.querySelector(".body");
        return body ? rangesOf(body, words) : [];
      });
      highlights.set(NAME, new Highlight(...ranges));
    };
    mark();
    const observer = new MutationObserver(() => {
      frame ||= requestAnimationFrame(mark);
    });
    observer.observe(document.querySelector(".panes")!, { childList: true, subtree: true });
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      highlights.delete(NAME);
    };
  }, [results, meId]);
}

/** As the room's list has it. */
const keyOf = ({ message: { id, sender_id, client_id } }: SearchResult, meId: number) =>
  sender_id === meId && client_id ? client_id : `m${id}`;

/** What was found, as it is written. */
function wordsOf({ message: { body }, highlights }: SearchResult): Set<string> {
  const characters = [...body];
  return new Set(
    highlights
      .map(([offset, length]) => characters.slice(offset, offset! + length!).join(""))
      .filter((word) => word !== ""),
  );
}

/** Formatting may cut a text into several nodes: a word that crosses two of them is left out. */
function rangesOf(body: Element, words: Set<string>): Range[] {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.nodeValue!;
    for (const word of words)
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
        if (isInWord(text, at, word)) continue;
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        ranges.push(range);
      }
  }
  return ranges;
}

/** "he" was not found in "the". Scripts without spaces have no such bounds. */
const isInWord = (text: string, at: number, word: string) =>
  /^[\p{L}\p{N}]/u.test(word) &&
  !/^[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u.test(word) &&
  /[\p{L}\p{N}]$/u.test(text.slice(0, at));
