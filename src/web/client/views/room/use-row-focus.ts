// Keyboard navigation of the messages. One row is the tab stop, keys move from it, and when the focused row is removed from the
// page, the focus moves to the nearest one: otherwise keyboard navigation would be lost.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RoomMessage } from "../../../../sdk/index.ts";

// The share of the viewport that Page Up and Page Down scroll by, as in browsers.
const PAGE_SHARE = 0.875;

interface RowFocus {
  scroller: RefObject<HTMLDivElement | null>;
  messages: readonly RoomMessage[];
  /** The rendered messages, from index `start` on. */
  shown: readonly RoomMessage[];
  start: number;
  scrollToEnd: () => void;
}

export function useRowFocus({ scroller, messages, shown, start, scrollToEnd }: RowFocus) {
  const [current, setCurrent] = useState<string | null>(null);
  const currentKey = shown.some(({ key }) => key === current) ? current : shown.at(-1)?.key;
  /** The key of the row to focus once it is rendered. */
  const target = useRef<string | null>(null);
  // Read during render, before the DOM changes.
  const focused = target.current ?? focusedKey(scroller.current);

  useLayoutEffect(() => {
    if (!focused || (!target.current && document.activeElement !== document.body)) return;
    target.current = null;
    const at = messages.findIndex(({ key }) => key === focused);
    // A message that no longer exists was the newest one, discarded unsent.
    const nearest = at < 0 ? shown.length - 1 : Math.max(0, Math.min(at - start, shown.length - 1));
    rowsIn(scroller.current!)[nearest]?.focus({ preventScroll: true });
  });

  function onKeyDown(event: KeyboardEvent) {
    const element = scroller.current!;
    const rows = rowsIn(element);
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const page = { PageDown: 1, PageUp: -1 }[event.key];
    if (at < 0 || !(step || page || ["Home", "End"].includes(event.key))) return;
    event.preventDefault();
    if (step) rows[Math.max(0, at + step)]?.focus();
    else if (page) {
      element.scrollTop += page * PAGE_SHARE * element.clientHeight;
      outermostVisible(element, rows, page)?.focus({ preventScroll: true });
    } else if (event.key === "Home") rows[0]!.focus();
    else {
      const newest = messages.at(-1)!.key;
      if (shown.at(-1)!.key === newest) rows.at(-1)!.focus({ preventScroll: true });
      else target.current = newest;
      scrollToEnd();
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

/** The row to focus after paging: the first one fully visible on the way up, the last one on the way down. */
function outermostVisible(element: HTMLElement, rows: HTMLElement[], page: number): HTMLElement | undefined {
  const { top, bottom } = element.getBoundingClientRect();
  return page < 0
    ? rows.find((row) => row.getBoundingClientRect().top >= top)
    : rows.findLast((row) => row.getBoundingClientRect().bottom <= bottom);
}
