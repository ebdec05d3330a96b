// A form that does one thing: its fields, what is wrong with them, and the buttons.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ChatError, type ChatErrorCode } from "../../../../sdk/index.ts";
import { errorText } from "../../state/toasts.ts";

/** What the last try found wrong with a field: by the field's name, or because it was refused with one of these codes. */
export type ErrorOf = (field: string, ...codes: ChatErrorCode[]) => string | undefined;

export interface ActionFormProps {
  /** The label of the button that sends it. */
  action: string;
  isDanger?: boolean;
  /** Whether it may be sent. */
  isReady?: boolean;
  /** What it throws is shown, and the form stays. */
  onSubmit: (form: FormData) => Promise<unknown>;
  onCancel?: () => void;
  /** The fields, which show what `errorOf` returns to them; the rest is shown below. */
  children?: (errorOf: ErrorOf) => ComponentChildren;
}

export function ActionForm({ action, isDanger, isReady = true, onSubmit, onCancel, children }: ActionFormProps) {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  // What is wrong is read out, and the next key mends it.
  useLayoutEffect(() => {
    if (error !== null) element.current!.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [error]);
  let isSaid = false;
  const errorOf: ErrorOf = (field, ...codes) => {
    if (!(error instanceof ChatError)) return undefined;
    const text = error.fields[field] ?? (codes.includes(error.code) ? error.detail : undefined);
    if (text !== undefined) isSaid = true;
    return text;
  };
  const fields = children?.(errorOf);
  return (
    <form
      ref={element}
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        if (isBusy || !isReady) return;
        const form = new FormData(event.currentTarget);
        setBusy(true);
        setError(null);
        try {
          await onSubmit(form);
        } catch (failure) {
          // A prompt that was closed says so itself.
          if (!(failure instanceof ChatError && failure.code === "canceled")) setError(failure);
        }
        setBusy(false);
      }}
    >
      {fields}
      <p class="form-error" role="alert">
        {error !== null && !isSaid && errorText(error)}
      </p>
      <div class="actions">
        {onCancel && (
          <button type="button" class="button plain" onClick={onCancel}>
            Cancel
          </button>
        )}
        <button
          type="submit"
          class={isDanger ? "button danger" : "button primary"}
          aria-busy={isBusy}
          disabled={!isReady}
        >
          {action}
        </button>
      </div>
    </form>
  );
}
