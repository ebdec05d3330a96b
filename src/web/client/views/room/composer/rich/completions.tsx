// The list above the field that completes what is typed behind `@` or `:`. The focus stays in the field; the arrow keys choose,
// Enter or Tab inserts, Escape closes the list until something else is completed.
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RoomStore } from "../../../../../../sdk/index.ts";
import { isComposing } from "../../../../lib/composing.ts";
import { TEXT_REPLACED } from "../message-field.tsx";
import { isInFence } from "./fences.ts";
import { replaceRange } from "./insert.ts";
import type { Option } from "./option.ts";
import { type Query, queryAt } from "./query.ts";
import { useEmojiOptions } from "./use-emoji-options.tsx";
import { useMentionOptions } from "./use-mention-options.tsx";

const LIST_ID = "completions";
const optionId = (index: number) => `${LIST_ID}-${index}`;

interface CompletionsProps {
  field: RefObject<HTMLTextAreaElement | null>;
  room: RoomStore;
  meId: number;
}

export function Completions({ field, room, meId }: CompletionsProps) {
  const [query, setQuery] = useState<Query | null>(null);
  const [index, setIndex] = useState(0);
  /** Where the list was closed by Escape. */
  const closedAt = useRef(-1);
  const mentions = useMentionOptions(room, meId, query?.sign === "@" ? query.text : null);
  const emojis = useEmojiOptions(query?.sign === ":" ? query.text : null);
  const options = query === null ? [] : query.sign === "@" ? mentions : emojis;
  const chosen = Math.min(index, options.length - 1);

  function insert(option: Option) {
    const { value, selectionStart } = field.current!;
    const space = /^\s/.test(value.slice(selectionStart)) ? "" : " ";
    replaceRange(field.current!, query!.start, selectionStart, option.insert + space);
    setQuery(null);
    option.onInsert?.();
  }

  // What the listeners below see is what is shown.
  const state = useRef({ options, chosen, insert });
  state.current = { options, chosen, insert };

  useLayoutEffect(() => {
    const { current } = field;
    const read = () => {
      const next = queryAt(current!);
      if (next?.start !== closedAt.current) closedAt.current = -1;
      const isClosed = next === null || closedAt.current !== -1 || isInFence(current!.value, next.start);
      setQuery((before) => {
        if (isClosed) return null;
        if (before?.start === next.start && before.text === next.text) return before;
        setIndex(0);
        return next;
      });
    };
    const close = () => setQuery(null);
    const onKeyDown = (event: KeyboardEvent) => {
      const { options, chosen, insert } = state.current;
      if (options.length === 0 || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "ArrowDown") setIndex((chosen + 1) % options.length);
      else if (event.key === "ArrowUp") setIndex((chosen + options.length - 1) % options.length);
      else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) {
        const typed = queryAt(current!);
        // A name that is complete already: the message is sent.
        const isComplete = typed && options[chosen]!.insert.toLowerCase() === (typed.sign + typed.text).toLowerCase();
        if (event.key === "Enter" && isComplete) return close();
        insert(options[chosen]!);
      } else if (event.key === "Escape") {
        closedAt.current = queryAt(current!)?.start ?? -1;
        close();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    };
    // (selectionchange comes on the field in some browsers, on the document in others.)
    const onSelection = () => document.activeElement === current && read();
    current!.addEventListener("input", read);
    current!.addEventListener(TEXT_REPLACED, read);
    current!.addEventListener("blur", close);
    document.addEventListener("selectionchange", onSelection);
    // Before the composer's own keys.
    current!.parentElement!.addEventListener("keydown", onKeyDown, true);
    return () => {
      current!.removeEventListener("input", read);
      current!.removeEventListener(TEXT_REPLACED, read);
      current!.removeEventListener("blur", close);
      document.removeEventListener("selectionchange", onSelection);
      current!.parentElement!.removeEventListener("keydown", onKeyDown, true);
    };
  }, []);

  const isOpen = options.length > 0;
  useLayoutEffect(() => {
    const { current } = field;
    if (!isOpen) return;
    current!.setAttribute("aria-controls", LIST_ID);
    current!.setAttribute("aria-activedescendant", optionId(chosen));
    return () => {
      current!.removeAttribute("aria-controls");
      current!.removeAttribute("aria-activedescendant");
    };
  }, [isOpen, chosen]);
  useEffect(() => {
    if (isOpen) document.getElementById(optionId(chosen))?.scrollIntoView({ block: "nearest" });
  }, [isOpen, chosen]);

  if (!isOpen) return null;
  return (
    <div
      class="completions"
      id={LIST_ID}
      role="listbox"
      aria-label={query!.sign === "@" ? "People to mention" : "Emoji"}
    >
      {options.map((option, at) => (
        // biome-ignore lint/a11y/useFocusableInteractive: as above.
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys.
        <div
          key={option.key}
          id={optionId(at)}
          class="completion"
          role="option"
          aria-selected={at === chosen}
          // The focus stays in the field.
          onMouseDown={(event) => event.preventDefault()}
          onPointerMove={({ pointerType }) => pointerType === "mouse" && setIndex(at)}
          onClick={() => insert(option)}
        >
          {option.content}
        </div>
      ))}
    </div>
  );
}
