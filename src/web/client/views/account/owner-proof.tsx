// The fields by which somebody proves that the account is theirs, before what can't be undone.
import { useEffect, useState } from "preact/hooks";
import { type Chat, ChatError, type OwnerProof } from "../../../../sdk/index.ts";
import { Field } from "../../ui/field.tsx";

/** Whether the account has a password, which it has until the server says otherwise: whoever came by a provider has none. */
export function useHasPassword(chat: Chat): boolean {
  const [hasPassword, setHasPassword] = useState(true);
  useEffect(() => {
    chat
      .factors()
      .then((factors) => factors.get())
      .then(({ has_password }) => setHasPassword(has_password))
      .catch(() => {});
  }, [chat]);
  return hasPassword;
}

/** `error` is what the last try came to. */
export function OwnerProofFields({ chat, error }: { chat: Chat; error: unknown }) {
  const hasPassword = useHasPassword(chat);
  const failure = error instanceof ChatError ? error : null;
  const { code, detail } = failure ?? {};
  const fields = failure?.fields ?? {};
  const passwordError = fields.current_password ?? (code === "bad_credentials" ? detail : undefined);
  const takesCode = code === "second_factor" || fields.code !== undefined;
  if (!hasPassword) return null;
  return (
    <>
      <Field
        label="Password"
        name="current"
        type="password"
        autocomplete="current-password"
        error={takesCode ? undefined : passwordError}
      />
      {takesCode && (
        <Field
          label="Code of your authenticator app"
          name="code"
          autocomplete="one-time-code"
          isVerbatim
          autofocus
          error={fields.code}
        />
      )}
    </>
  );
}

/** Whether the fields themselves say what is wrong. */
export const isAboutProof = (error: unknown): boolean =>
  error instanceof ChatError &&
  (["bad_credentials", "second_factor"].includes(error.code) ||
    "current_password" in error.fields ||
    "code" in error.fields);

/** Without a password where none is typed: accounts that have none are proved by a log-in that is not old. */
export function proofOf(form: FormData): OwnerProof {
  const [password, code] = [String(form.get("current") ?? ""), String(form.get("code") ?? "").trim()];
  return { ...(password !== "" && { password }), ...(code !== "" && { code }) };
}
