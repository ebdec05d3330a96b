// A labelled input with what was wrong with it; a password can be looked at.
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";

interface FieldProps {
  label: string;
  name: string;
  type?: "text" | "email" | "password";
  /** As the HTML attribute of that name; a name of a value that the browser or a password manager may fill in. */
  autocomplete: string;
  defaultValue?: string;
  maxLength?: number;
  autofocus?: boolean;
  /** For names and addresses: no capital at the start, no spelling. */
  isVerbatim?: boolean;
  error?: string | undefined;
  hint?: string;
}

export function Field({ label, error, hint, type = "text", autocomplete, isVerbatim = false, ...input }: FieldProps) {
  const id = useId();
  const [isShown, setShown] = useState(false);
  const element = useRef<HTMLInputElement>(null);
  // The attribute counts only when the page loads or a window opens.
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
