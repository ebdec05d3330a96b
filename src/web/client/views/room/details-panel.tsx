// A column beside the room; on a small screen it lies over it.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { isComposing } from "../../lib/composing.ts";
import { Icon } from "../../ui/icons.tsx";

interface DetailsPanelProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function DetailsPanel({ title, onClose, children }: DetailsPanelProps) {
  const closer = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    closer.current!.focus();
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
        <button ref={closer} type="button" class="icon-button" aria-label="Close the details" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="scroll">{children}</div>
    </section>
  );
}
