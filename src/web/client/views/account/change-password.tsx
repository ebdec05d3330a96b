// The form for another password.
import { useState } from "preact/hooks";
import { type Chat, ChatError } from "../../../../sdk/index.ts";
import { errorText, toast } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import { NewPasswordField } from "./new-password-field.tsx";
import { useHasPassword } from "./owner-proof.tsx";

export function ChangePassword({ chat, onDone }: { chat: Chat; onDone: () => void }) {
  const [error, setError] = useState<unknown>(null);
  const fields = error instanceof ChatError ? error.fields : {};
  const [needsCode, setNeedsCode] = useState(false);
  // Whoever came by a provider chooses their first one here.
  const hasPassword = useHasPassword(chat);
  const isAboutField = Object.keys(fields).length > 0;
  return (
    <form
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        setError(null);
        try {
          const current = hasPassword ? String(form.get("current")) : undefined;
          await chat.changePassword(current, String(form.get("new")), form.get("code")?.toString());
          toast(`Password ${hasPassword ? "changed" : "set"}. Your other devices were logged out.`);
          onDone();
        } catch (failure) {
          if (failure instanceof ChatError && failure.code === "second_factor") setNeedsCode(true);
          setError(failure);
        }
      }}
    >
      <input type="text" name="username" autocomplete="username" hidden />
      {hasPassword ? (
        <Field
          label="Current password"
          name="current"
          type="password"
          autocomplete="current-password"
          autofocus
          error={fields.current_password}
        />
      ) : (
        <p class="about-section text-muted">
          Your account has no password yet. With one, you can log in by it as well.
        </p>
      )}
      {needsCode && <Field label="Code" name="code" autocomplete="one-time-code" isVerbatim autofocus />}
      <NewPasswordField label="New password" name="new" error={fields.new_password} />
      <p class="form-error" role="alert">
        {error !== null && !isAboutField && errorText(error)}
      </p>
      <div class="actions">
        <button type="button" class="button plain" onClick={onDone}>
          Cancel
        </button>
        <button type="submit" class="button primary">
          {hasPassword ? "Change password" : "Set password"}
        </button>
      </div>
    </form>
  );
}
