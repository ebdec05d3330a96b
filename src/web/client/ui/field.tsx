// A labelled input with a hint or an error; a password can be shown.
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

interface FieldProps {
  label: string;
  name: string;
  type?: "text" | "email" | "password";
  /** The value of the HTML attribute. */
  autocomplete: string;
  defaultValue?: string;
  /** In place of it, with `onInput`, where the text is kept outside. */
  value?: string;
  onInput?: (text: string) => void;
  maxLength?: number;
  autofocus?: boolean;
  /** For names and addresses: no automatic capitals, no spell checking. */
  isVerbatim?: boolean;
  error?: string | undefined;
  hint?: string;
}

export function Field({
  label,
  error,
  hint,
  type = "text",
  autocomplete,
  isVerbatim = false,
  onInput,
  ...input
}: FieldProps) {
  const id = useId();
  const [isShown, setShown] = useState(false);
  const element = useRef<HTMLInputElement>(null);
  // The attribute itself works only when the page loads or a dialog opens.
  useLayoutEffect(() => {
    if (input.autofocus) element.current!.focus();
  }, []);
  const isSecret = type === "password";
  const noteId = `${id}-note`;
  const note = error ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-input">
        <input
          {...input}
          onInput={onInput && (({ currentTarget }) => onInput(currentTarget.value))}
          ref={element}
          type={(isShown ? "text" : type) as "text"}
          id={id}
          autocomplete={autocomplete as "on"}
          autocapitalize={isVerbatim || isSecret ? "none" : undefined}
          spellcheck={isVerbatim || isSecret ? false : undefined}
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? noteId : undefined}
        />
        {isSecret && (
          <button type="button" class="icon-button" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
            <Icon name={isShown ? "hide" : "show"} />
            <span class="visually-hidden">Show password</span>
          </button>
        )}
      </div>
      <p id={noteId} class={error ? "note error" : "note"}>
        {note && note[0]!.toUpperCase() + note.slice(1)}
      </p>
    </div>
  );
}
