import { Icon } from "./icons.tsx";

interface SearchFieldProps {
  /** What is searched, in a few words. */
  label: string;
  value: string;
  onChange: (value: string) => void;
  id?: string;
  shortcut?: string;
  autofocus?: boolean;
}

/** Escape empties it; only when it is empty, Escape is for what is around it. */
export const SearchField = ({ label, value, onChange, shortcut, ...rest }: SearchFieldProps) => (
  <div class="search">
    <Icon name="search" size={18} />
    <input
      {...rest}
      type="search"
      placeholder={label}
      aria-label={label}
      aria-keyshortcuts={shortcut}
      autocapitalize="none"
      spellcheck={false}
      value={value}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.isComposing || value === "") return;
        event.preventDefault();
        onChange("");
      }}
    />
  </div>
);
