// The form for another username.
import { toast } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import { OwnerForm, useFactors } from "./owner-form.tsx";
import type { SectionProps } from "./section.ts";

export function ChangeUsername({ chat, me, onDone }: SectionProps) {
  return (
    <OwnerForm
      factors={useFactors(chat)}
      action="Change username"
      onCancel={onDone}
      onProof={async (proof, form) => {
        const account = await chat.account();
        const { username } = await account.changeUsername(String(form.get("username")).trim(), proof);
        toast(`You are @${username} now.`);
        onDone();
      }}
    >
      {(errorOf) => (
        <>
          <p class="about-section text-muted">
            Everybody sees the new name, also on what you have written. Nobody else gets the old one for 90 days. You
            can change it twice in 30 days.
          </p>
          <Field
            label="Username"
            name="username"
            autocomplete="username"
            defaultValue={me.username}
            isVerbatim
            autofocus
            error={errorOf("username", "username_taken")}
          />
        </>
      )}
    </OwnerForm>
  );
}
