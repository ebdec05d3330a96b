// The form for another username.
import { useState } from "preact/hooks";
import { ChatError } from "../../../../sdk/index.ts";
import { errorText, toast } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import { isAboutProof, OwnerProofFields, proofOf } from "./owner-proof.tsx";
import type { SectionProps } from "./section.ts";

export function ChangeUsername({ chat, me, onDone }: SectionProps) {
  const [error, setError] = useState<unknown>(null);
  const nameError =
    error instanceof ChatError
      ? (error.fields.username ?? (error.code === "username_taken" ? error.detail : undefined))
      : undefined;
  return (
    <form
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        setError(null);
        try {
          const { username } = await (await chat.account()).changeUsername(
            String(form.get("username")).trim(),
            proofOf(form),
          );
          toast(`You are @${username} now.`);
          onDone();
        } catch (failure) {
          setError(failure);
        }
      }}
    >
      <p class="about-section text-muted">
        Everybody sees the new name, also on what you have written. Nobody else gets the old one for 90 days. You can
        change it twice in 30 days.
      </p>
      <Field
        label="Username"
        name="username"
        autocomplete="username"
        defaultValue={me.username}
        isVerbatim
        autofocus
        error={nameError}
      />
      <OwnerProofFields chat={chat} error={error} />
      <p class="form-error" role="alert">
        {error !== null && nameError === undefined && !isAboutProof(error) && errorText(error)}
      </p>
      <div class="actions">
        <button type="button" class="button plain" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" class="button primary">
          Change username
        </button>
      </div>
    </form>
  );
}
