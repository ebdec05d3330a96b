import { useLayoutEffect, useRef } from "preact/hooks";
import { isComposing } from "../lib/composing.ts";
import { type Tab, takeSearchFocus } from "../state/route.ts";
import { Icon } from "./icons.tsx";

interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onEnter?: () => void;
  /** Set on the search field of a list of the sidebar. */
  list?: Tab;
  shortcut?: string;
  autofocus?: boolean;
}

/** Escape clears it; in an empty field, Escape is left to whatever is around it. */
export const SearchField = ({
  label,
  value,
  onChange,
  onEnter,
  shortcut,
  list,
  autofocus = false,
}: SearchFieldProps) => {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (list && takeSearchFocus(list)) input.current!.focus();
  }, [list]);
  return (
    <div class="search">
      <Icon name="search" size={18} />
      <input
        id={list && "search"}
        data-list={list}
        autofocus={autofocus}
        ref={input}
        type="search"
        placeholder={label}
        aria-label={label}
        aria-keyshortcuts={shortcut}
        autocapitalize="none"
        autocomplete="off"
        spellcheck={false}
        enterkeyhint="search"
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
        onKeyDown={(event) => {
          if (isComposing(event)) return;
          if (event.key === "Enter") onEnter?.();
          else if (event.key === "Escape" && value !== "") {
            event.preventDefault();
            onChange("");
          }
        }}
      />
      {value !== "" && (
        <button
          type="button"
          class="icon-button clear"
          aria-label="Clear search"
          onClick={() => {
            onChange("");
            input.current!.focus();
          }}
        >
          <Icon name="close" size={16} />
        </button>
      )}
    </div>
  );
};
