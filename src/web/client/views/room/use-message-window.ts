// Which of a room's messages are rendered, and the scroll position. Only a window of what the store holds is in the page; it moves
// along with scrolling, and so does what the store holds. Whatever is added or removed, visible messages stay in place.
import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RoomSnapshot, RoomStore } from "../../../../sdk/index.ts";
import type { Jump } from "./use-jump.ts";

/** The most messages rendered: a few screens, even on large ones. */
const WINDOW_SIZE = 160;
/** How many messages the window moves by. */
const STEP = 40;
/** The window moves when the scroll position is this near to one of its ends. */
const MOVE_PX = 800;
/** The scroll position counts as the end when it is this near to it. */
const AT_END_PX = 60;
/** With more messages in memory than this, the oldest are dropped on return to the end. */
const MAX_HELD = 400;

const NONE: RoomSnapshot["messages"] = [];

/** A visible message, and the distance of its end from the upper edge: it may lose the space above it that begins a group. */
interface Anchor {
  key: string;
  bottom: number;
}

/** The positions in rooms that were left while scrolled up. */
const savedPositions = new WeakMap<RoomStore, { last: string | null; anchor: Anchor }>();

/** Nothing is rendered while `firstUnread` is undefined, because the initial position depends on it. */
export function useMessageWindow(
  room: RoomStore,
  snapshot: RoomSnapshot,
  firstUnread: string | null | undefined,
  jump: Jump | null,
) {
  const { hasOlder, isLoadingOlder, hasNewer, isLoadingNewer } = snapshot;
  const messages = firstUnread === undefined ? NONE : snapshot.messages;
  const scroller = useRef<HTMLDivElement>(null);
  /** The key of the window's last message; null: the newest, whichever that is. */
  const [last, setLast] = useState(() => savedPositions.get(room)?.last ?? null);
  const latestLast = useRef(last);
  latestLast.current = last;
  /** Null until messages are rendered. */
  const [isAtEnd, setAtEnd] = useState<boolean | null>(null);
  /** What is restored after each render; null at the end, which is kept in view instead. */
  const anchor = useRef<Anchor | null>(null);
  const hasPosition = useRef(false);
  const isMovingToEnd = useRef(false);
  /** The scroller's height when it was last observed. */
  const height = useRef(0);
  /** Whether the store showed a part further up at the last render. */
  const hadNewer = useRef(false);
  /** The anchor could not be restored: what belongs above it is rendered first. */
  const isShort = useRef(false);
  /** The jump that has been made. */
  const done = useRef<Jump | null>(null);
  /** Loading more messages failed: retried on the next scroll. */
  const hasLoadFailed = useRef(false);

  const found = last === null ? -1 : messages.findLastIndex(({ key }) => key === last);
  const end = found < 0 ? messages.length : found + 1;
  const start = Math.max(0, end - WINDOW_SIZE);
  const shown = messages.slice(start, end);
  const newest = messages.at(-1);

  // Captured during render, before the DOM changes: the user may have scrolled since the last scroll event. At the end the scroller
  // may have been resized; the resize observer keeps the end in view.
  const isResized = scroller.current?.clientHeight !== height.current;
  if (hasPosition.current && !isMovingToEnd.current && !isShort.current && !(isResized && anchor.current === null))
    anchor.current = captureAnchor(scroller.current!, last === null && !hasNewer);

  /** Moves the window or loads more when the scroll position is near its ends. */
  const move = () => {
    const element = scroller.current;
    // The scroll event of a list that is gone comes all the same.
    if (!element) return;
    const { scrollTop } = element;
    const below = distanceToEnd(element);
    const isEnd = !hasNewer && end === messages.length && below < AT_END_PX;
    anchor.current = captureAnchor(element, isEnd);
    setAtEnd(isEnd);
    if (isEnd) {
      if (last !== null) setLast(null);
      if (messages.length > MAX_HELD) room.dropOlder(WINDOW_SIZE);
    } else if (last === null && newest) setLast(newest.key);
    if (scrollTop < MOVE_PX && start > 0) setLast(messages[Math.max(WINDOW_SIZE, end - STEP) - 1]!.key);
    else if (scrollTop < MOVE_PX && hasOlder && !isLoadingOlder) load(() => room.loadOlder());
    else if (below < MOVE_PX && end < messages.length)
      setLast(messages[Math.min(messages.length, end + STEP) - 1]!.key);
    else if (below < MOVE_PX && hasNewer && !isLoadingNewer) load(() => room.loadNewer());
  };

  const load = (read: () => Promise<void>) => {
    if (hasLoadFailed.current) return;
    read().catch(() => {
      hasLoadFailed.current = true;
    });
  };

  /** Returns whether the message was scrolled to; otherwise it is rendered first, or isn't there. */
  const jumpTo = (element: HTMLElement, { key, hasFocus }: Jump) => {
    const row = rowOf(element, key);
    const at = messages.findIndex((message) => message.key === key);
    if (at >= 0 && !row) setLast(messages[Math.min(messages.length, at + WINDOW_SIZE / 2) - 1]!.key);
    if (!row) return at < 0;
    hasPosition.current = true;
    isMovingToEnd.current = false;
    row.scrollIntoView({ block: "center" });
    if (hasFocus) row.focus({ preventScroll: true });
    flash(row);
    move();
    return true;
  };

  const scrollToEnd = useCallback(() => {
    room.showNewest();
    isMovingToEnd.current = true;
    anchor.current = null;
    setLast(null);
    setAtEnd(true);
    scrollToBottom(scroller.current!);
  }, [room]);

  // A message that the user sends comes into view.
  const ownKey = newest?.state === "sending" ? newest.key : null;
  useLayoutEffect(() => {
    if (ownKey) scrollToEnd();
  }, [ownKey]);

  useLayoutEffect(() => {
    const element = scroller.current!;
    if (shown.length === 0) return;
    const isBack = hadNewer.current && !hasNewer;
    hadNewer.current = hasNewer;
    if (jump && jump !== done.current) {
      if (!jumpTo(element, jump)) return;
      done.current = jump;
      if (hasPosition.current) return;
    }
    if (!hasPosition.current) {
      hasPosition.current = true;
      const saved = savedPositions.get(room);
      const unreadMark = firstUnread && element.querySelector(".divider.unread");
      if (!saved || !restoreAnchor(element, saved.anchor)) {
        if (unreadMark) unreadMark.scrollIntoView({ block: "start" });
        else scrollToBottom(element);
      }
      anchor.current = captureAnchor(element, !hasNewer);
      setAtEnd(anchor.current === null);
      return;
    }
    if (anchor.current === null) scrollToBottom(element);
    else {
      const restored = restoreAnchor(element, anchor.current);
      // The store has gone back to the newest by itself, such as to edit the last message.
      if (!restored && isBack) return scrollToEnd();
      isShort.current = restored === "short" && start > 0;
      if (isShort.current) return setLast(messages[Math.max(WINDOW_SIZE, end - STEP) - 1]!.key);
    }
    if (last === null) isMovingToEnd.current = false;
    // At its very end no scroll event would follow.
    const hasMore = hasNewer || end < messages.length;
    if (element.scrollTop < MOVE_PX || (hasMore && distanceToEnd(element) < MOVE_PX)) move();
  });

  // The newest message stays in view when the page shrinks or the composer grows.
  useLayoutEffect(() => {
    const element = scroller.current!;
    const observer = new ResizeObserver(() => {
      height.current = element.clientHeight;
      if (anchor.current === null) scrollToBottom(element);
    });
    observer.observe(element);
    observer.observe(element.querySelector("ol")!);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(
    () => () => {
      if (anchor.current) savedPositions.set(room, { last: latestLast.current, anchor: anchor.current });
      else savedPositions.delete(room);
    },
    [room],
  );

  const onScroll = () => {
    hasLoadFailed.current = false;
    // It was resized at its end since: the resize observer, which comes next, keeps the end in view.
    if (anchor.current === null && scroller.current?.clientHeight !== height.current) return;
    move();
  };
  return { scroller, start, shown, isAtEnd, onScroll, scrollToEnd };
}

const rowOf = (element: HTMLElement, key: string) =>
  element.querySelector<HTMLElement>(`.message[data-key="${CSS.escape(key)}"]`);

// As long as the animation in the style sheet.
const FLASH_MS = 2_000;

function flash(row: HTMLElement) {
  row.dataset.found = "";
  setTimeout(() => delete row.dataset.found, FLASH_MS);
}

const distanceToEnd = ({ scrollTop, clientHeight, scrollHeight }: HTMLElement) =>
  scrollHeight - scrollTop - clientHeight;

function scrollToBottom(element: HTMLElement) {
  element.scrollTop = element.scrollHeight;
}

/** Null at the end, if `mayBeAtEnd`. */
function captureAnchor(element: HTMLElement, mayBeAtEnd: boolean): Anchor | null {
  if (mayBeAtEnd && distanceToEnd(element) < AT_END_PX) return null;
  const edge = element.getBoundingClientRect().top;
  const rows = element.querySelectorAll<HTMLElement>(".message");
  // The first row that ends below the edge, by binary search.
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.getBoundingClientRect().bottom > edge) high = middle;
    else low = middle + 1;
  }
  const row = rows[low];
  return row ? { key: row.dataset.key!, bottom: row.getBoundingClientRect().bottom - edge } : null;
}

/** Returns false if the message is not rendered, and "short" if it can't be moved down far enough. */
function restoreAnchor(element: HTMLElement, { key, bottom }: Anchor): boolean | "short" {
  const row = rowOf(element, key);
  if (!row) return false;
  const offset = row.getBoundingClientRect().bottom - element.getBoundingClientRect().top - bottom;
  const isShort = element.scrollTop + offset <= -1;
  if (Math.abs(offset) >= 1) element.scrollTop += offset;
  return isShort ? "short" : true;
}
