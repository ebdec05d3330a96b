// The keyboard's way through the messages. One row is the stop for Tab, keys walk from it, and a row that is taken out of the
// page while it has the focus hands that to the one nearest to it: else the keys would lead nowhere.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RoomMessage } from "../../../../sdk/index.ts";

// So much of a page stays in sight when it is turned, as in browsers.
const TURNED = 0.875;

interface RowFocus {
  scroller: RefObject<HTMLDivElement | null>;
  messages: readonly RoomMessage[];
  /** Those of them that are in the page, from `start` on. */
  shown: readonly RoomMessage[];
  start: number;
  toEnd: () => void;
}

export function useRowFocus({ scroller, messages, shown, start, toEnd }: RowFocus) {
  const [current, setCurrent] = useState<string | null>(null);
  const currentKey = shown.some(({ key }) => key === current) ? current : shown.at(-1)?.key;
  /** The row that is to have the focus once it is drawn. */
  const wanted = useRef<string | null>(null);
  // Taken before the page changes.
  const held = wanted.current ?? focusedKey(scroller.current);

  useLayoutEffect(() => {
    if (!held || (!wanted.current && document.activeElement !== document.body)) return;
    wanted.current = null;
    const at = messages.findIndex(({ key }) => key === held);
    // One that is nowhere any more was the newest, thrown away unsent.
    const nearest = at < 0 ? shown.length - 1 : Math.max(0, Math.min(at - start, shown.length - 1));
    rowsIn(scroller.current!)[nearest]?.focus({ preventScroll: true });
  });

  function onKeyDown(event: KeyboardEvent) {
    const element = scroller.current!;
    const rows = rowsIn(element);
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const turn = { PageDown: 1, PageUp: -1 }[event.key];
    if (at < 0 || !(step || turn || ["Home", "End"].includes(event.key))) return;
    event.preventDefault();
    if (step) rows[Math.max(0, at + step)]?.focus();
    else if (turn) {
      element.scrollTop += turn * TURNED * element.clientHeight;
      outermostInSight(element, rows, turn)?.focus({ preventScroll: true });
    } else if (event.key === "Home") rows[0]!.focus();
    else {
      const newest = messages.at(-1)!.key;
      if (shown.at(-1)!.key === newest) rows.at(-1)!.focus({ preventScroll: true });
      else wanted.current = newest;
      toEnd();
    }
  }

  function onFocusIn({ target }: FocusEvent) {
    const row = (target as HTMLElement).closest<HTMLElement>(".message");
    if (row) setCurrent(row.dataset.key!);
  }

  return { currentKey, onKeyDown, onFocusIn };
}

const rowsIn = (element: HTMLElement) => [...element.querySelectorAll<HTMLElement>(".message")];

function focusedKey(element: HTMLElement | null): string | null {
  const row = document.activeElement?.closest<HTMLElement>(".message");
  return row && element?.contains(row) ? row.dataset.key! : null;
}

/** The row that one has turned to: the first that is seen whole on the way up, the last on the way down. */
function outermostInSight(element: HTMLElement, rows: HTMLElement[], turn: number): HTMLElement | undefined {
  const { top, bottom } = element.getBoundingClientRect();
  return turn < 0
    ? rows.find((row) => row.getBoundingClientRect().top >= top)
    : rows.findLast((row) => row.getBoundingClientRect().bottom <= bottom);
}
