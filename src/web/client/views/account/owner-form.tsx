// Asks for what proves that it is the account's owner: the password, and a code where the second factor is on.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ChatError, type FactorsInfo, type OwnerProof } from "../../../../sdk/index.ts";
import { errorText } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";

interface OwnerFormProps {
  factors: FactorsInfo;
  /** The label of the button that sends it. */
  action: string;
  isDanger?: boolean;
  /** `form` has the fields among `children`. What it throws is shown. */
  onProof: (proof: OwnerProof, form: FormData) => Promise<void>;
  onCancel: () => void;
  children?: ComponentChildren;
}

export function OwnerForm({ factors, action, isDanger, onProof, onCancel, children }: OwnerFormProps) {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const fields = error instanceof ChatError ? error.fields : {};
  const isAboutField = fields.current_password !== undefined || fields.name !== undefined;
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
          const password = factors.has_password ? String(form.get("current")) : undefined;
          await onProof({ password, code: form.get("code")?.toString().trim() }, form);
        } catch (failure) {
          if (!(failure instanceof ChatError && failure.code === "canceled")) setError(failure);
          setBusy(false);
        }
      }}
    >
      {children}
      {factors.has_password && (
        <Field
          label="Your password"
          name="current"
          type="password"
          autocomplete="current-password"
          autofocus={!children}
          error={fields.current_password}
        />
      )}
      {factors.totp_enabled_at && (
        <Field
          label="Code"
          name="code"
          autocomplete="one-time-code"
          isVerbatim
          hint="Of your authenticator app, or a recovery code."
        />
      )}
      <p class="form-error" role="alert">
        {error !== null && !isAboutField && errorText(error)}
      </p>
      <div class="actions">
        <button type="button" class="button plain" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class={isDanger ? "button danger" : "button primary"} aria-busy={isBusy}>
          {action}
        </button>
      </div>
    </form>
  );
}
