// What comes up from the lower edge of a phone's screen, over a page that it makes inert.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { raiseToasts } from "./toast-layer.ts";

interface SheetProps {
  label: string;
  onClose: () => void;
  /** Called with what closes it and returns the focus at once. */
  children: (close: () => void) => ComponentChildren;
}

export function Sheet({ label, onClose, children }: SheetProps) {
  const element = useRef<HTMLDialogElement>(null);
  const opener = useRef<Element | null>(null);
  /** Whether the press began on the backdrop: the one that opened the sheet, and is still down, does not close it. */
  const isPressed = useRef(false);

  function close() {
    element.current?.close();
    raiseToasts();
    if (opener.current instanceof HTMLElement && opener.current.isConnected)
      opener.current.focus({ preventScroll: true });
  }

  useLayoutEffect(() => {
    opener.current = document.activeElement;
    element.current!.showModal();
    // Not the first button, which would look selected.
    element.current!.focus();
    raiseToasts();
    return () => {
      if (element.current?.open !== false) close();
    };
  }, []);

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself.
    <dialog
      ref={element}
      class="sheet"
      tabIndex={-1}
      aria-label={label}
      onClose={onClose}
      onPointerDown={({ target }) => {
        isPressed.current = target === element.current;
      }}
      // On the click, so that it does not reach what is below.
      onClick={({ target }) => {
        if (isPressed.current && target === element.current) close();
      }}
    >
      <div class="sheet-content">{children(close)}</div>
    </dialog>
  );
}
