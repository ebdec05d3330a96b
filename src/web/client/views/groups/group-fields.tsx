// The form for the name and description of a group.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ChatError } from "../../../../sdk/index.ts";
import { errorText } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";

interface GroupFieldsProps {
  name?: string;
  description?: string;
  /** The label of the submit button. */
  action: string;
  /** Returns to the previous step, if there is one. */
  onBack?: () => void;
  /** A ChatError that it throws is shown beside its field. */
  onSubmit: (group: { name: string; description: string }) => Promise<void>;
  children?: ComponentChildren;
}

export function GroupFields({ name = "", description = "", action, onBack, onSubmit, children }: GroupFieldsProps) {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const fields = error instanceof ChatError ? error.fields : {};
  const isFieldError = "name" in fields || "description" in fields;
  return (
    <form
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        if (isBusy) return;
        const form = new FormData(event.currentTarget);
        setBusy(true);
        setError(null);
        try {
          await onSubmit({ name: String(form.get("name")), description: String(form.get("description")) });
        } catch (failure) {
          setError(failure);
        }
        setBusy(false);
      }}
    >
      <Field label="Name" name="name" defaultValue={name} autocomplete="off" autofocus error={fields.name} />
      <Field
        label="Description"
        name="description"
        defaultValue={description}
        autocomplete="off"
        error={fields.description}
      />
      {children}
      <p class="form-error" role="alert">
        {error !== null && !isFieldError && errorText(error)}
      </p>
      <div class="actions">
        {onBack && (
          <button type="button" class="button plain" onClick={onBack}>
            Back
          </button>
        )}
        <button type="submit" class="button primary" aria-busy={isBusy}>
          {action}
        </button>
      </div>
    </form>
  );
}
