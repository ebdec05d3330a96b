// A column beside the room; on a small screen it covers it.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { isComposing } from "../../lib/composing.ts";
import { Icon } from "../../ui/icons.tsx";

interface DetailsPanelProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function DetailsPanel({ title, onClose, children }: DetailsPanelProps) {
  const closeButton = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const opener = document.activeElement;
    closeButton.current!.focus();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <section
      class="details"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented || isComposing(event)) return;
        if ((event.target as HTMLElement).closest("dialog, [popover]")) return;
        event.preventDefault();
        onClose();
      }}
    >
      <header class="bar">
        <h2>{title}</h2>
        <button ref={closeButton} type="button" class="icon-button" aria-label="Close details" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="scroll">{children}</div>
    </section>
  );
}
