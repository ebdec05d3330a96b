// The form for another password.
import type { Chat } from "../../../../sdk/index.ts";
import { toast } from "../../state/toasts.ts";
import { NewPasswordField } from "./new-password-field.tsx";
import { OwnerForm, useFactors } from "./owner-form.tsx";

export function ChangePassword({ chat, onDone }: { chat: Chat; onDone: () => void }) {
  const factors = useFactors(chat);
  // Whoever came by a provider chooses their first one here.
  const hasPassword = factors?.has_password ?? true;
  return (
    <OwnerForm
      factors={factors}
      passwordLabel="Current password"
      isProofFirst
      action={hasPassword ? "Change password" : "Set password"}
      onCancel={onDone}
      onProof={async ({ password, code }, form) => {
        await chat.changePassword(password, String(form.get("new")), code);
        toast(`Password ${hasPassword ? "changed" : "set"}. Your other devices were logged out.`);
        onDone();
      }}
    >
      {(errorOf) => (
        <>
          <input type="text" name="username" autocomplete="username" hidden />
          {!hasPassword && (
            <p class="about-section text-muted">
              Your account has no password yet. With one, you can log in by it as well.
            </p>
          )}
          <NewPasswordField label="New password" name="new" error={errorOf("new_password")} />
        </>
      )}
    </OwnerForm>
  );
}
