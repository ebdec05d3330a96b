// Which of a room's messages are in the page, and where one has scrolled to. Only a stretch of what the store holds is drawn;
// it moves along as one scrolls. Whatever is added or taken away, what one looks at stays where it is.
import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RoomSnapshot, RoomStore } from "../../../../sdk/index.ts";

/** So many messages are in the page at most: a few screens, on the largest of them. */
const SHOWN = 160;
/** By so many it moves along. */
const STEP = 40;
// As near to an end of the stretch it moves; and as near to the newest message one counts as being there.
const NEAR_PX = 800;
const AT_END_PX = 60;
// Past so many in memory, those that were read long ago are let go of when one is back at the newest.
const KEPT = 400;

const NONE: RoomSnapshot["messages"] = [];

/** A message that one sees, and how far it is from the upper edge. */
interface Anchor {
  key: string;
  top: number;
}

/** Where one was in a room that one has left for another; nothing is kept of those left at their end. */
const savedAnchors = new WeakMap<RoomStore, { last: string | null; anchor: Anchor }>();

/** Nothing is in the page before it is known where one begins: `firstUnread` is undefined until then. */
export function useMessageWindow(room: RoomStore, snapshot: RoomSnapshot, firstUnread: string | null | undefined) {
  const { hasOlder, isLoadingOlder } = snapshot;
  const messages = firstUnread === undefined ? NONE : snapshot.messages;
  const scroller = useRef<HTMLDivElement>(null);
  /** The last message of the stretch; null: the newest, whichever that is. */
  const [last, setLast] = useState(() => savedAnchors.get(room)?.last ?? null);
  const shownLast = useRef(last);
  shownLast.current = last;
  /** Null before there is anything to be at the end of. */
  const [isAtEnd, setAtEnd] = useState<boolean | null>(null);
  /** What is put back where it was after a drawing; null at the newest message, where one stays. */
  const anchor = useRef<Anchor | null>(null);
  const hasBegun = useRef(false);
  const isOnWayToEnd = useRef(false);
  /** Of the window onto the messages, as last seen. */
  const height = useRef(0);
  /** Earlier messages could not be read: not asked for again before one scrolls. */
  const isStuck = useRef(false);

  const found = last === null ? -1 : messages.findLastIndex(({ key }) => key === last);
  const end = found < 0 ? messages.length : found + 1;
  const start = Math.max(0, end - SHOWN);
  const shown = messages.slice(start, end);
  const newest = messages.at(-1);

  // Taken before the page changes, for one may have scrolled since the last event told of it.
  // One who is at the end stays there while the window or the composer changes size, which is seen to below.
  const isResized = scroller.current?.clientHeight !== height.current;
  if (hasBegun.current && !isOnWayToEnd.current && !(isResized && anchor.current === null))
    anchor.current = look(scroller.current!, last === null);

  /** Moves the stretch, or asks for more, when one comes near its ends. */
  const move = () => {
    const element = scroller.current!;
    const { scrollTop } = element;
    const left = leftBelow(element);
    const isEnd = end === messages.length && left < AT_END_PX;
    anchor.current = look(element, isEnd);
    setAtEnd(isEnd);
    if (isEnd) {
      if (last !== null) setLast(null);
      if (messages.length > KEPT) room.dropOlder(SHOWN);
    } else if (last === null && newest) setLast(newest.key);
    if (scrollTop < NEAR_PX && start > 0) setLast(messages[Math.max(SHOWN, end - STEP) - 1]!.key);
    else if (scrollTop < NEAR_PX && hasOlder && !isLoadingOlder && !isStuck.current) {
      room.loadOlder().catch(() => {
        isStuck.current = true;
      });
    } else if (left < NEAR_PX && end < messages.length)
      setLast(messages[Math.min(messages.length, end + STEP) - 1]!.key);
  };

  const toEnd = useCallback(() => {
    isOnWayToEnd.current = true;
    anchor.current = null;
    setLast(null);
    setAtEnd(true);
    toBottom(scroller.current!);
  }, []);

  // Who writes wants to see it.
  const ownKey = newest?.state === "sending" ? newest.key : null;
  useLayoutEffect(() => {
    if (ownKey) toEnd();
  }, [ownKey]);

  useLayoutEffect(() => {
    const element = scroller.current!;
    if (shown.length === 0) return;
    if (!hasBegun.current) {
      hasBegun.current = true;
      const place = savedAnchors.get(room);
      const mark = firstUnread && element.querySelector(".divider.unread");
      if (place && restoreAnchor(element, place.anchor)) {
        // Where one was is where one goes on.
      } else if (mark) mark.scrollIntoView({ block: "start" });
      else toBottom(element);
      anchor.current = look(element, true);
      setAtEnd(anchor.current === null);
      return;
    }
    if (anchor.current === null) toBottom(element);
    else restoreAnchor(element, anchor.current);
    if (last === null) isOnWayToEnd.current = false;
    if (element.scrollTop < NEAR_PX) move();
  });

  // A window that is made smaller, or a composer that grows, hides nothing of the newest message.
  useLayoutEffect(() => {
    const element = scroller.current!;
    const observer = new ResizeObserver(() => {
      height.current = element.clientHeight;
      if (anchor.current === null) toBottom(element);
    });
    observer.observe(element);
    observer.observe(element.querySelector("ol")!);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(
    () => () => {
      if (anchor.current) savedAnchors.set(room, { last: shownLast.current, anchor: anchor.current });
      else savedAnchors.delete(room);
    },
    [room],
  );

  const onScroll = () => {
    isStuck.current = false;
    move();
  };
  return { scroller, start, shown, isAtEnd, onScroll, toEnd };
}

const leftBelow = ({ scrollTop, clientHeight, scrollHeight }: HTMLElement) => scrollHeight - scrollTop - clientHeight;

function toBottom(element: HTMLElement) {
  element.scrollTop = element.scrollHeight;
}

/** Null when one is at the newest message. */
function look(element: HTMLElement, mayBeAtEnd: boolean): Anchor | null {
  if (mayBeAtEnd && leftBelow(element) < AT_END_PX) return null;
  const edge = element.getBoundingClientRect().top;
  const rows = element.querySelectorAll<HTMLElement>(".message");
  // The first whose end is below the edge, found by halving: they stand one below the other.
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.getBoundingClientRect().bottom > edge) high = middle;
    else low = middle + 1;
  }
  const row = rows[low];
  return row ? { key: row.dataset.key!, top: row.getBoundingClientRect().top - edge } : null;
}

/** False when the message is not in the page. */
function restoreAnchor(element: HTMLElement, { key, top }: Anchor): boolean {
  const row = [...element.querySelectorAll<HTMLElement>(".message")].find(({ dataset }) => dataset.key === key);
  if (!row) return false;
  const moved = row.getBoundingClientRect().top - element.getBoundingClientRect().top - top;
  if (Math.abs(moved) >= 1) element.scrollTop += moved;
  return true;
}
