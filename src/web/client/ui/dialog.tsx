// A modal dialog: the native element, so that focus, Escape and screen readers work.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { raiseToasts } from "./toast-layer.ts";

interface DialogProps {
  title: string;
  onClose: () => void;
  /** Returns to the dialog's previous content, if there is any. */
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
    // Without a field the dialog itself gets the focus: on a first button, WebKit would draw a focus ring even after a click.
    if (!document.activeElement?.matches("input, textarea, select")) current!.focus();
    raiseToasts();
    return () => {
      // Closed first: while it is open, nothing outside takes the focus.
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
      // Close at once: the `close` event comes later, when the next dialog may already be open.
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={() => element.current && onClose()}
      onPointerDown={(event) => {
        // The backdrop counts as the element itself.
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

interface ConfirmDialogProps {
  title: string;
  text: string;
  /** The label of the button that confirms. */
  action: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks for confirmation of what can't easily be undone. */
export const ConfirmDialog = ({ title, text, action, onConfirm, onClose }: ConfirmDialogProps) => (
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
