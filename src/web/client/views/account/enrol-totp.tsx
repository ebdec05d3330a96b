// The second step of turning the second factor on: the secret goes into the app, and a code of it comes back.
import { useState } from "preact/hooks";
import { ChatError, type TotpSecret } from "../../../../sdk/index.ts";
import { copyText } from "../../lib/clipboard.ts";
import { errorText } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import { QrCode } from "./qr-code.tsx";

interface EnrolTotpProps {
  secret: TotpSecret;
  /** Throws for a wrong code. */
  onCode: (code: string) => Promise<void>;
  onCancel: () => void;
}

export function EnrolTotp({ secret: { secret, uri }, onCode, onCancel }: EnrolTotpProps) {
  const [error, setError] = useState<unknown>(null);
  const isAboutCode = error instanceof ChatError && error.code === "bad_credentials";
  return (
    <form
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        setError(null);
        try {
          await onCode(String(new FormData(event.currentTarget).get("code")).trim());
        } catch (failure) {
          setError(failure);
        }
      }}
    >
      <p>Scan this with your authenticator app, then enter the code that it shows.</p>
      <QrCode text={uri} label="QR code for your authenticator app" />
      <p class="totp-secret">
        <span class="text-muted">Or type it in:</span> <code>{secret.match(/.{1,4}/g)!.join(" ")}</code>
        <button type="button" class="link" onClick={() => void copyText(secret)}>
          Copy
        </button>
      </p>
      <Field
        label="Code"
        name="code"
        autocomplete="one-time-code"
        autofocus
        isVerbatim
        maxLength={10}
        error={isAboutCode ? error.detail : undefined}
      />
      <p class="form-error" role="alert">
        {error !== null && !isAboutCode && errorText(error)}
      </p>
      <div class="actions">
        <button type="button" class="button plain" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="button primary">
          Turn on
        </button>
      </div>
    </form>
  );
}
