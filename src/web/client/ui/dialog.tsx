// A window over the page: the browser's own, so that focus, Escape and screen readers are right.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { raiseToasts } from "./toast-layer.ts";

interface DialogProps {
  title: string;
  onClose: () => void;
  /** To what the window showed before; left out where that is nothing. */
  onBack?: () => void;
  children: ComponentChildren;
}

export function Dialog({ title, onClose, onBack, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const { current } = element;
    const opener = document.activeElement;
    current!.showModal();
    // Where there is nothing to type into, the window itself: on its first button, WebKit draws a ring for the mouse as well.
    if (!document.activeElement?.matches("input, textarea, select")) current!.focus();
    raiseToasts();
    return () => {
      // While it is open, nothing else takes the focus.
      current!.close();
      raiseToasts();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      tabIndex={-1}
      aria-labelledby={titleId}
      // Told at once. The browser tells of the end only later, when the next may be open already.
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={() => element.current && onClose()}
      onPointerDown={(event) => {
        // Beside the window, on what darkens the page.
        if (event.target === element.current) onClose();
      }}
    >
      <div class="dialog">
        <header>
          {onBack && (
            <button type="button" class="icon-button" aria-label="Back" onClick={onBack}>
              <Icon name="back" />
            </button>
          )}
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  /** What the button says that does it. */
  action: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before what can't be taken back. */
export const Confirm = ({ title, text, action, onConfirm, onClose }: ConfirmProps) => (
  <Dialog title={title} onClose={onClose}>
    <p>{text}</p>
    <div class="actions">
      <button type="button" class="button plain" onClick={onClose}>
        Cancel
      </button>
      <button
        type="button"
        class="button danger"
        onClick={() => {
          onConfirm();
          onClose();
        }}
      >
        {action}
      </button>
    </div>
  </Dialog>
);
