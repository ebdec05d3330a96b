// Opens the emoji beside the field, and puts those that are picked into its text.
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { lazy } from "../../../lib/lazy.tsx";
import { Icon } from "../../../ui/icons.tsx";

const EmojiPicker = lazy(async () => (await import("./emoji-picker.tsx")).EmojiPicker);

interface EmojiButtonProps {
  field: RefObject<HTMLTextAreaElement | null>;
}

export function EmojiButton({ field }: EmojiButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const element = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!isOpen) return;
    const onPointerDown = ({ target }: PointerEvent) => {
      if (!element.current!.contains(target as Node) && target !== field.current) setOpen(false);
    };
    addEventListener("pointerdown", onPointerDown);
    return () => removeEventListener("pointerdown", onPointerDown);
  }, [isOpen]);

  function close() {
    setOpen(false);
    field.current!.focus();
  }

  /** Without the focus: on a phone the keyboard would come up and take the room of the emoji. */
  function insert(emoji: string) {
    const { current } = field;
    const hasKeyboard = matchMedia("(hover: hover)").matches;
    if (hasKeyboard) current!.focus();
    if (!hasKeyboard || !document.execCommand("insertText", false, emoji)) {
      current!.setRangeText(emoji, current!.selectionStart, current!.selectionEnd, "end");
      current!.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  }

  return (
    <div class="emoji-button" ref={element}>
      <button
        type="button"
        class="icon-button"
        aria-label="Emoji"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => (isOpen ? close() : setOpen(true))}
      >
        <Icon name="smile" size={22} />
      </button>
      {isOpen && (
        <div
          class="emoji-panel"
          role="dialog"
          aria-label="Emoji"
          onKeyDown={(event) => {
            if (event.key !== "Escape" || event.defaultPrevented) return;
            event.preventDefault();
            close();
          }}
        >
          <EmojiPicker onPick={insert} onClose={close} />
        </div>
      )}
    </div>
  );
}
