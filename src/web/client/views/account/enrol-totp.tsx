// The second step of turning the second factor on: the secret goes into the app, and a code of it comes back.
import type { TotpSecret } from "../../../../sdk/index.ts";
import { copyText } from "../../lib/clipboard.ts";
import { Field } from "../../ui/field.tsx";
import { ActionForm } from "./action-form.tsx";
import { QrCode } from "./qr-code.tsx";

interface EnrolTotpProps {
  secret: TotpSecret;
  /** Throws for a wrong code. */
  onCode: (code: string) => Promise<void>;
  onCancel: () => void;
}

export function EnrolTotp({ secret: { secret, uri }, onCode, onCancel }: EnrolTotpProps) {
  return (
    <ActionForm action="Turn on" onCancel={onCancel} onSubmit={(form) => onCode(String(form.get("code")).trim())}>
      {(errorOf) => (
        <>
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
            error={errorOf("code", "bad_credentials")}
          />
        </>
      )}
    </ActionForm>
  );
}
