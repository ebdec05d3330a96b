// Buttons that format what is selected in the field, above it. The focus stays in the field unless it is brought here by keys.
import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { isShortcut, keysOf } from "../../../../lib/shortcuts.ts";
import { Icon } from "../../../../ui/icons.tsx";
import { STYLES, type StyleName, selectionOf } from "./formatting.ts";

const BUTTONS: [name: StyleName, label: string, sign: ComponentChildren][] = [
  ["bold", "Bold", <b key="b">B</b>],
  ["italic", "Italic", <i key="i">I</i>],
  ["strike", "Strikethrough", <s key="s">S</s>],
  ["code", "Code", <Icon key="c" name="code" />],
  ["link", "Link", <Icon key="l" name="link" />],
  ["spoiler", "Hidden text", <Icon key="h" name="hide" />],
  ["quote", "Quote", <span key="q">”</span>],
];

const hint = (name: StyleName) =>
  keysOf(name)[0]!.replace("Control", /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl");

interface Shown {
  /** Where the selection begins, in pixels from the left of what the bar lies in. */
  left: number;
  /** The styles that it has. */
  on: readonly StyleName[];
}

export function FormatBar({ field }: { field: RefObject<HTMLTextAreaElement | null> }) {
  const bar = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const isOpen = shown !== null;

  useLayoutEffect(() => {
    const area = field.current!;
    const form = area.form!;
    const read = () => {
      const hasFocus = document.activeElement === area || bar.current?.contains(document.activeElement);
      if (!hasFocus || selectionOf(area).trim() === "") return setShown(null);
      const on = BUTTONS.flatMap(([name]) => (STYLES[name].isOn(area) ? name : []));
      const row = area.closest(".composer-row")!;
      setShown({ left: leftOf(area) - row.getBoundingClientRect().left, on });
    };
    const onFocusOut = ({ relatedTarget }: FocusEvent) =>
      relatedTarget !== area && !bar.current?.contains(relatedTarget as Node | null) && setShown(null);
    const onKeyDown = (event: KeyboardEvent) => {
      if (!bar.current || !isShortcut(event, "formatBar")) return;
      event.preventDefault();
      bar.current.querySelector<HTMLElement>("[tabindex='0']")!.focus();
    };
    // (selectionchange comes on the field in some browsers, on the document in others.)
    document.addEventListener("selectionchange", read);
    area.addEventListener("input", read);
    area.addEventListener("focus", read);
    area.addEventListener("keydown", onKeyDown);
    form.addEventListener("focusout", onFocusOut);
    return () => {
      document.removeEventListener("selectionchange", read);
      area.removeEventListener("input", read);
      area.removeEventListener("focus", read);
      area.removeEventListener("keydown", onKeyDown);
      form.removeEventListener("focusout", onFocusOut);
    };
  }, []);

  /** One stop for Tab, and the arrow keys within. */
  const [stop, setStop] = useState(0);
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      return field.current!.focus();
    }
    const to = { ArrowRight: stop + 1, ArrowLeft: stop - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + BUTTONS.length) % BUTTONS.length;
    setStop(next);
    bar.current!.querySelectorAll("button")[next]!.focus();
  }

  if (!isOpen) return null;
  return (
    <div
      ref={bar}
      class="format-bar"
      role="toolbar"
      aria-label="Formatting"
      tabIndex={-1}
      style={{ "--at": `${shown.left}px` } as Record<string, string>}
      // The focus and the selection stay in the field.
      onMouseDown={(event) => event.preventDefault()}
      onKeyDown={onKeyDown}
    >
      {BUTTONS.map(([name, label, sign], index) => (
        <button
          key={name}
          type="button"
          class="icon-button"
          tabIndex={index === stop ? 0 : -1}
          aria-label={label}
          aria-pressed={name === "link" ? undefined : shown.on.includes(name)}
          aria-keyshortcuts={keysOf(name).join(" ")}
          title={`${label} (${hint(name)})`}
          onFocus={() => setStop(index)}
          onClick={() => STYLES[name].apply(field.current!)}
        >
          {sign}
        </button>
      ))}
    </div>
  );
}

/** By the copy of the text that lies behind the field: of a field's own selection no place is known. */
function leftOf(area: HTMLTextAreaElement): number {
  const copy = area.previousElementSibling!;
  const walker = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  let left = area.selectionStart;
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    if (left < node.length) {
      const range = new Range();
      range.setStart(node, left);
      range.setEnd(node, left + 1);
      return range.getBoundingClientRect().left;
    }
    left -= node.length;
  }
  return copy.getBoundingClientRect().left;
}
