import { useRef } from "preact/hooks";
import { isComposing } from "../lib/composing.ts";
import { Icon } from "./icons.tsx";

interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onEnter?: () => void;
  id?: string;
  shortcut?: string;
  autofocus?: boolean;
}

/** Escape clears it; in an empty field, Escape is left to whatever is around it. */
export const SearchField = ({ label, value, onChange, onEnter, shortcut, ...rest }: SearchFieldProps) => {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="search">
      <Icon name="search" size={18} />
      <input
        {...rest}
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
