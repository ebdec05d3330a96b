// A list, and what is open of it: beside it where there is room, else in its place.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { isComposing } from "../../lib/composing.ts";
import { go, listHref } from "../../state/route.ts";
import { Icon } from "../../ui/icons.tsx";
import { type Part, partHref } from "./section.ts";

interface SplitProps {
  part: Part;
  title: string;
  /** Above the list: search and filters. */
  tools?: ComponentChildren;
  /** At the end of the title's line. */
  actions?: ComponentChildren;
  list: ComponentChildren;
  /** Whether nothing in the list takes the focus, so that the keyboard scrolls it by itself. */
  isPlain?: boolean;
  /** Null where nothing is open. */
  detail?: { title: string; content: ComponentChildren; key: number } | null;
}

export function Split({ part, title, tools, actions, list, isPlain = false, detail = null }: SplitProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const lists = useRef<HTMLDivElement>(null);
  const open = detail?.key ?? null;
  const before = useRef<number | null>(null);
  useLayoutEffect(() => {
    // What is opened is read from its heading on; closed, the focus returns to its row.
    if (open !== null && before.current !== open && before.current !== null) heading.current?.focus();
    else if (open !== null && before.current === null && document.activeElement !== document.body)
      heading.current?.focus();
    else if (open === null && before.current !== null)
      lists.current?.querySelector<HTMLElement>(`a[href$="/${before.current}"]`)?.focus();
    before.current = open;
  }, [open]);
  useEffect(() => {
    if (open === null) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || isComposing(event)) return;
      if (!document.querySelector("dialog[open], :popover-open")) go(partHref(part));
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [open, part]);
  return (
    <div class="admin-split" data-open={detail !== null}>
      <section class="admin-list" aria-label={title}>
        <header class="bar">
          <a class="icon-button admin-home" href={listHref("chats")} aria-label="Back to chats">
            <Icon name="back" />
          </a>
          <h2>{title}</h2>
          {actions}
        </header>
        {tools}
        <div ref={lists} class="scroll" tabIndex={isPlain ? 0 : undefined}>
          {list}
        </div>
      </section>
      {detail && (
        <section class="admin-detail" aria-label={detail.title}>
          <header class="bar">
            <a class="icon-button" href={partHref(part)} aria-label={`Close, back to ${title.toLowerCase()}`}>
              <span class="narrow-only">
                <Icon name="back" />
              </span>
              <span class="beside-only">
                <Icon name="close" />
              </span>
            </a>
            <h2 ref={heading} tabIndex={-1}>
              {detail.title}
            </h2>
          </header>
          <div class="scroll" key={detail.key}>
            {detail.content}
          </div>
        </section>
      )}
    </div>
  );
}
