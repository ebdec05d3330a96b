// The account's e-mail address: confirming it, and changing it.
import { useState } from "preact/hooks";
import { ChatError } from "../../../../sdk/index.ts";
import { errorText, toast, withErrorToast } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import type { SectionProps } from "./section.ts";

export function EmailAddress({ chat, me, onDone }: SectionProps) {
  const [error, setError] = useState<unknown>(null);
  const fields = error instanceof ChatError ? error.fields : {};
  const [needsCode, setNeedsCode] = useState(false);
  const emailError =
    fields.email ?? (error instanceof ChatError && error.code === "email_taken" ? error.detail : undefined);
  const isAboutField = emailError !== undefined || fields.current_password !== undefined;
  return (
    <>
      <p>
        <bdi>{me.email}</bdi>
        <span class="text-muted">{me.email_verified_at ? ", confirmed" : ", not confirmed yet"}</span>
      </p>
      {!me.email_verified_at && (
        <button
          type="button"
          class="button"
          onClick={() => void withErrorToast(() => chat.requestVerification(), "A link is on its way to your address.")}
        >
          Send a link to confirm it
        </button>
      )}
      <h3>Change it</h3>
      <form
        noValidate
        onSubmit={async (event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          const email = String(form.get("email")).trim();
          setError(null);
          try {
            await chat.changeEmail(email, String(form.get("current")), form.get("code")?.toString());
            toast(`Follow the link in the mail to ${email}: until then your address stays as it is.`);
            onDone();
          } catch (failure) {
            if (failure instanceof ChatError && failure.code === "second_factor") setNeedsCode(true);
            setError(failure);
          }
        }}
      >
        <Field label="New address" name="email" type="email" autocomplete="email" error={emailError} />
        <Field
          label="Password"
          name="current"
          type="password"
          autocomplete="current-password"
          error={fields.current_password}
        />
        {needsCode && <Field label="Code" name="code" autocomplete="one-time-code" isVerbatim autofocus />}
        <p class="form-error" role="alert">
          {error !== null && !isAboutField && errorText(error)}
        </p>
        <div class="actions">
          <button type="submit" class="button primary">
            Send link
          </button>
        </div>
      </form>
    </>
  );
}
