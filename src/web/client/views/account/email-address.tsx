// The account's e-mail address: confirming it, and changing it.
import { toast, withErrorToast } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import { OwnerForm, useFactors } from "./owner-form.tsx";
import type { SectionProps } from "./section.ts";

export function EmailAddress({ chat, me, onDone }: SectionProps) {
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
      <OwnerForm
        factors={useFactors(chat)}
        action="Send link"
        onProof={async ({ password, code }, form) => {
          const email = String(form.get("email")).trim();
          await chat.changeEmail(email, password, code);
          toast(`Follow the link in the mail to ${email}: until then your address stays as it is.`);
          onDone();
        }}
      >
        {(errorOf) => (
          <Field
            label="New address"
            name="email"
            type="email"
            autocomplete="email"
            error={errorOf("email", "email_taken")}
          />
        )}
      </OwnerForm>
    </>
  );
}
