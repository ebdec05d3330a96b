// Long presses. Browsers on Android report one as a context menu, Safari on iOS does not.

const LONG_PRESS_MS = 500;
/** A finger that moves this far is scrolling. */
const TOLERANCE_PX = 10;

interface Handlers {
  onContextMenu(event: MouseEvent): void;
  onTouchStart(event: TouchEvent): void;
  onTouchMove(event: TouchEvent): void;
  onTouchEnd(event: TouchEvent): void;
  onTouchCancel(): void;
}

let timer: ReturnType<typeof setTimeout> | undefined;
let from = { x: 0, y: 0 };
/** Whether the finger that is down has opened the menu. */
let isOpened = false;

/** For these the browser's own menu has something to offer. On touch it takes the place of ours for links alone. */
const WITH_OWN_MENU = "a[href], img, video, audio";

/**
 * Handlers that open a menu on a right click, the context-menu key or a long press. Links, pictures and selected text keep the
 * browser's menu.
 */
export function opensMenu(open: (at: { x: number; y: number }) => void): Handlers {
  const cancel = () => clearTimeout(timer);
  return {
    onContextMenu(event) {
      const isTouch = (event as PointerEvent).pointerType === "touch";
      if ((event.target as Element).closest(isTouch ? "a[href]" : WITH_OWN_MENU) || !getSelection()?.isCollapsed)
        return;
      event.preventDefault();
      // One inside of another is the one that is meant.
      event.stopPropagation();
      cancel();
      open({ x: event.clientX, y: event.clientY });
    },
    onTouchStart(event) {
      event.stopPropagation();
      cancel();
      isOpened = false;
      const [touch, second] = event.touches;
      if (!touch || second || (event.target as Element).closest("a[href]")) return;
      from = { x: touch.clientX, y: touch.clientY };
      timer = setTimeout(() => {
        isOpened = true;
        open(from);
      }, LONG_PRESS_MS);
    },
    onTouchMove(event) {
      const touch = event.touches[0];
      if (!touch || Math.hypot(touch.clientX - from.x, touch.clientY - from.y) > TOLERANCE_PX) cancel();
    },
    onTouchEnd(event) {
      cancel();
      // Otherwise a click would follow, on the button below the finger.
      if (isOpened) event.preventDefault();
    },
    onTouchCancel: cancel,
  };
}
