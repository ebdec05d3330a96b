// Typing while no field has the focus goes into the composer.
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { isShortcut } from "../../../lib/shortcuts.ts";

export function useTypingAnywhere(field: RefObject<HTMLTextAreaElement | null>) {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, defaultPrevented } = event;
      if (defaultPrevented || ctrlKey || metaKey || altKey || [...key].length !== 1 || key === " ") return;
      if (isShortcut(event, "help")) return;
      if (document.querySelector("dialog[open], :popover-open")) return;
      const { activeElement } = document;
      if (activeElement && activeElement !== document.body && !activeElement.matches(".message, .room a, a.row"))
        return;
      field.current!.focus();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}
