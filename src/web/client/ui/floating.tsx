// What opens at a point of the page: at the pointer, or below the button that opened it. With a finger it comes up from the lower edge.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Sheet } from "./sheet.tsx";

const GAP = 4;

interface FloatingProps {
  label: string;
  at: { x: number; y: number };
  onClose: () => void;
  /** Called with what closes it and returns the focus at once. */
  children: (close: () => void, isSheet: boolean) => ComponentChildren;
}

export const Floating = ({ label, at, onClose, children }: FloatingProps) =>
  matchMedia("(pointer: coarse)").matches ? (
    <Sheet label={label} onClose={onClose}>
      {(close) => children(close, true)}
    </Sheet>
  ) : (
    <Popover at={at} onClose={onClose}>
      {(close) => children(close, false)}
    </Popover>
  );

interface PopoverProps extends Pick<FloatingProps, "at" | "onClose"> {
  children: (close: () => void) => ComponentChildren;
}

function Popover({ at, onClose, children }: PopoverProps) {
  const element = useRef<HTMLDivElement>(null);
  const opener = useRef<Element | null>(null);

  // Opened anew before `toggle` has said that it was closed, it is shown again, and only that is said.
  useLayoutEffect(() => {
    const { current } = element;
    if (!current!.matches(":popover-open")) {
      opener.current = document.activeElement;
      current!.showPopover();
    }
    const { offsetWidth: width, offsetHeight: height, style } = current!;
    const isBelow = at.y + height + GAP <= innerHeight;
    style.left = `${Math.max(GAP, Math.min(at.x, innerWidth - GAP - width))}px`;
    style.top = `${isBelow ? at.y : Math.max(GAP, Math.min(at.y, innerHeight - GAP) - height)}px`;
    current!.querySelector<HTMLElement>("input, button")?.focus();
  }, [at]);

  function close() {
    element.current?.hidePopover();
    if (opener.current instanceof HTMLElement && opener.current.isConnected) opener.current.focus();
  }

  return (
    <div
      ref={element}
      class="floating"
      popover="auto"
      onToggle={({ newState }: Pick<ToggleEvent, "newState">) => newState === "closed" && onClose()}
    >
      {children(close)}
    </div>
  );
}
