// The second step of logging in: a code, once the password was right.
import { useState } from "preact/hooks";
import { ChatError, signIn } from "../../../../sdk/index.ts";
import { serverUrl as url } from "../../state/base.ts";
import { deviceTokenOf, rememberDevice } from "../../state/devices.ts";
import { startSession } from "../../state/session.ts";
import { errorText } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";

interface SecondFactorProps {
  username: string;
  password: string;
  onBack: () => void;
}

export function SecondFactor({ username, password, onBack }: SecondFactorProps) {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);

  async function onSubmit(event: SubmitEvent) {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget as HTMLFormElement).get("code") ?? "").trim();
    if (isBusy) return;
    if (!code) return setError(new ChatError("bad_credentials", "Enter the code."));
    setBusy(true);
    setError(null);
    try {
      const session = await signIn({ url, username, password, code, deviceToken: deviceTokenOf(username) });
      rememberDevice(username, session.deviceToken);
      startSession(session.token);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  const isAboutCode = error instanceof ChatError && error.code === "bad_credentials";
  return (
    <>
      <h1>Enter your code</h1>
      <p class="lead">Your authenticator app shows six digits for this server. A recovery code works as well.</p>
      <form onSubmit={onSubmit} noValidate>
        <Field
          label="Code"
          name="code"
          autocomplete="one-time-code"
          autofocus
          isVerbatim
          maxLength={64}
          error={isAboutCode ? error.detail : undefined}
        />
        <p class="form-error" role="alert">
          {error !== null && !isAboutCode && errorText(error)}
        </p>
        <button type="submit" class="button primary wide" aria-busy={isBusy}>
          Log in
        </button>
      </form>
      <p class="switch">
        <button type="button" class="link" onClick={onBack}>
          Back
        </button>
      </p>
    </>
  );
}
