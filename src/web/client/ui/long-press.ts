// A finger that rests. Browsers on Android report that as a context menu by themselves, Safari on iOS does not.

const REST_MS = 500;
/** A finger that moves this far scrolls. */
const SLACK_PX = 10;

interface Handlers {
  onContextMenu(event: MouseEvent): void;
  onTouchStart(event: TouchEvent): void;
  onTouchMove(event: TouchEvent): void;
  onTouchEnd(): void;
  onTouchCancel(): void;
}

let timer: ReturnType<typeof setTimeout> | undefined;
let from = { x: 0, y: 0 };

/** Opens with the second button of a mouse, the context-menu key, or a finger that rests. Links and selected text keep the browser's. */
export function opensMenu(open: (at: { x: number; y: number }) => void): Handlers {
  const cancel = () => clearTimeout(timer);
  return {
    onContextMenu(event) {
      if ((event.target as Element).closest("a, button") || !getSelection()?.isCollapsed) return;
      event.preventDefault();
      cancel();
      open({ x: event.clientX, y: event.clientY });
    },
    onTouchStart(event) {
      cancel();
      const [touch, second] = event.touches;
      if (!touch || second || (event.target as Element).closest("a, button")) return;
      from = { x: touch.clientX, y: touch.clientY };
      timer = setTimeout(() => open(from), REST_MS);
    },
    onTouchMove(event) {
      const touch = event.touches[0];
      if (!touch || Math.hypot(touch.clientX - from.x, touch.clientY - from.y) > SLACK_PX) cancel();
    },
    onTouchEnd: cancel,
    onTouchCancel: cancel,
  };
}
