// A row of a list that is drawn aside by a finger, and does something when it was drawn far enough.

/** A finger that has moved this far is scrolling or drawing. */
const START_PX = 12;
/** From here on, letting go does it. */
const REACH_PX = 56;
const MAX_PX = 72;

interface SwipeOptions {
  /** Which rows can be drawn. */
  rows: string;
  /** What in them moves by a finger itself. */
  except: string;
  onSwipe: (row: HTMLElement) => void;
}

/** Listens in `list`, whose rows need `touch-action: pan-y`. Rows are drawn to the left. Returns a function that ends this. */
export function listenToSwipes(list: HTMLElement, { rows, except, onSwipe }: SwipeOptions): () => void {
  let row: HTMLElement | null = null;
  let isDrawn = false;
  let from = { x: 0, y: 0 };
  let offset = 0;

  function onStart({ touches, target }: TouchEvent) {
    reset();
    const [touch, second] = touches;
    const element = target as Element;
    if (!touch || second || element.closest(except)) return;
    row = element.closest<HTMLElement>(rows);
    from = { x: touch.clientX, y: touch.clientY };
  }

  function onMove({ touches }: TouchEvent) {
    const [touch] = touches;
    if (!row || !touch) return;
    const x = touch.clientX - from.x;
    const y = Math.abs(touch.clientY - from.y);
    if (!isDrawn) {
      if (y > START_PX || x > START_PX) row = null;
      else isDrawn = x < -START_PX && -x > 2 * y;
      if (!isDrawn || !row) return;
    }
    offset = Math.max(-MAX_PX, Math.min(0, x + START_PX));
    row.style.translate = `${offset}px`;
    row.dataset.drawn = offset <= -REACH_PX ? "far" : "near";
  }

  function onEnd() {
    const drawn = isDrawn && offset <= -REACH_PX ? row : null;
    reset();
    if (drawn) onSwipe(drawn);
  }

  function reset() {
    if (row) {
      row.style.translate = "";
      delete row.dataset.drawn;
    }
    row = null;
    isDrawn = false;
    offset = 0;
  }

  // Before the handlers of a long press, which keep the event to themselves.
  const options = { passive: true, capture: true };
  list.addEventListener("touchstart", onStart, options);
  list.addEventListener("touchmove", onMove, options);
  list.addEventListener("touchend", onEnd);
  list.addEventListener("touchcancel", reset);
  return () => {
    list.removeEventListener("touchstart", onStart, options);
    list.removeEventListener("touchmove", onMove, options);
    list.removeEventListener("touchend", onEnd);
    list.removeEventListener("touchcancel", reset);
  };
}
