// Asking for a link by which a new password can be chosen.
import { useState } from "preact/hooks";
import { ChatError, requestPasswordReset } from "../../../../sdk/index.ts";
import { serverUrl as url } from "../../state/base.ts";
import { errorText } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";

export function ForgotPassword({ email, onBack }: { email: string; onBack: () => void }) {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [sentTo, setSentTo] = useState<string | null>(null);
  const fields = error instanceof ChatError ? error.fields : {};

  async function onSubmit(event: SubmitEvent) {
    event.preventDefault();
    if (isBusy) return;
    const address = String(new FormData(event.currentTarget as HTMLFormElement).get("email")).trim();
    setBusy(true);
    setError(null);
    try {
      await requestPasswordReset({ url, email: address });
      setSentTo(address);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  }

  return (
    <>
      <h1>Reset your password</h1>
      {sentTo === null ? (
        <>
          <p class="lead">Enter the e-mail address of your account, and we’ll send you a link.</p>
          <form onSubmit={onSubmit} noValidate>
            <Field
              label="E-mail"
              name="email"
              type="email"
              autocomplete="email"
              autofocus
              defaultValue={email}
              error={fields.email}
            />
            <p class="form-error" role="alert">
              {error !== null && !fields.email && errorText(error)}
            </p>
            <button type="submit" class="button primary wide" aria-busy={isBusy}>
              Send link
            </button>
          </form>
        </>
      ) : (
        <p class="lead" role="status">
          If an account has the address <bdi>{sentTo}</bdi>, a link is on its way to it. It works once, within an hour.
          Look into the spam folder too.
        </p>
      )}
      <p class="switch">
        <button type="button" class="link" onClick={onBack}>
          Back to log in
        </button>
      </p>
    </>
  );
}
