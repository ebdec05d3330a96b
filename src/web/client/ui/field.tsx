// A labelled input with what was wrong with it.
import { useId } from "preact/hooks";

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
  const noteId = `${id}-note`;
  const note = error ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        type={type as "text"}
        id={id}
        autocomplete={autocomplete as "on"}
        autocapitalize={isVerbatim ? "none" : undefined}
        spellcheck={isVerbatim ? false : undefined}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? noteId : undefined}
      />
      <p id={noteId} class={error ? "note error" : "note"}>
        {note && note[0]!.toUpperCase() + note.slice(1)}
      </p>
    </div>
  );
}
