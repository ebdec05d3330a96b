// Where links in mails lead: choosing a new password, or an address that is confirmed.
import { useEffect, useState } from "preact/hooks";
import { ChatError, resetPassword, verifyEmail } from "../../../../sdk/index.ts";
import { serverUrl as url } from "../../state/base.ts";
import { listHref, type MailLink, replaceRoute } from "../../state/route.ts";
import { loginNotice } from "../../state/session.ts";
import { errorText } from "../../state/toasts.ts";
import { Card } from "./card.tsx";
import { NewPasswordField } from "./new-password-field.tsx";
import { SignOnReturn } from "./sign-on-return.tsx";

const done = () => replaceRoute(listHref("chats"));

export function MailLinkView({ link }: { link: MailLink }) {
  if (link.kind === "sign-on") return <SignOnReturn key={link.token} code={link.token} />;
  return (
    <Card>{link.kind === "reset" ? <NewPassword token={link.token} /> : <Verification token={link.token} />}</Card>
  );
}

const linkError = (error: unknown) =>
  error instanceof ChatError && error.code === "not_found"
    ? "This link has been used, or is too old. Ask for another one."
    : errorText(error);

function NewPassword({ token }: { token: string }) {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const fieldError = error instanceof ChatError ? error.fields.new_password : undefined;

  async function onSubmit(event: SubmitEvent) {
    event.preventDefault();
    if (isBusy) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const password = String(form.get("password"));
    setBusy(true);
    setError(null);
    try {
      await resetPassword({ url, token, password, ...(form.has("revoke") && { revokeAll: true }) });
      loginNotice.value = { text: "Your password has been changed. Log in with it.", username: "" };
      done();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  return (
    <>
      <h1>Choose a new password</h1>
      <p class="lead">You will be logged out on all your devices, and your API keys end.</p>
      <form onSubmit={onSubmit} noValidate>
        <NewPasswordField label="New password" name="password" autofocus error={fieldError} />
        <div class="choice">
          <label>
            <input type="checkbox" name="revoke" />
            <span>
              <strong>Somebody else was in my account</strong>
              <span>Also remove its passkeys, its linked accounts, and the API keys of its bots.</span>
            </span>
          </label>
        </div>
        <p class="form-error" role="alert">
          {error !== null && !fieldError && linkError(error)}
        </p>
        <button type="submit" class="button primary wide" aria-busy={isBusy}>
          Change password
        </button>
      </form>
      <p class="switch">
        <button type="button" class="link" onClick={done}>
          Keep the old one
        </button>
      </p>
    </>
  );
}

function Verification({ token }: { token: string }) {
  const [outcome, setOutcome] = useState<string | null>(null);
  useEffect(() => {
    verifyEmail({ url, token }).then(
      () => setOutcome("Your e-mail address is confirmed."),
      (error) => setOutcome(linkError(error)),
    );
  }, [token]);
  return (
    <>
      <h1>E-mail address</h1>
      <p class="lead" role="status" aria-busy={outcome === null}>
        {outcome ?? "Confirming your address…"}
      </p>
      <button type="button" class="button primary wide" onClick={done}>
        Continue
      </button>
    </>
  );
}
