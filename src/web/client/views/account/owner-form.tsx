// Asks for what proves that it is the account's owner, before what an open page must not be enough for: the password, and a code where
// the second factor is on. Whoever has no password is proved by a log-in that is not old.
import { useEffect, useState } from "preact/hooks";
import { type Chat, ChatError, type FactorsInfo, type OwnerProof } from "../../../../sdk/index.ts";
import { Field } from "../../ui/field.tsx";
import { ActionForm, type ActionFormProps } from "./action-form.tsx";

/** What the account has to prove its owner by; null until it is known. */
export function useFactors(chat: Chat): FactorsInfo | null {
  const [factors, setFactors] = useState<FactorsInfo | null>(null);
  useEffect(() => {
    chat
      .factors()
      .then((loaded) => loaded.get())
      // The server asks for what is missing.
      .then(setFactors, () => {});
  }, [chat]);
  return factors;
}

interface OwnerFormProps extends Omit<ActionFormProps, "onSubmit"> {
  /** Null: as of most accounts, a password until the server asks for more. */
  factors: FactorsInfo | null;
  passwordLabel?: string;
  /** Whether the proof stands before the other fields, and has the focus. */
  isProofFirst?: boolean;
  /** `form` has the fields among `children`. What it throws is shown. */
  onProof: (proof: OwnerProof, form: FormData) => Promise<unknown>;
}

export function OwnerForm({
  factors,
  passwordLabel = "Password",
  children,
  isProofFirst = !children,
  onProof,
  ...form
}: OwnerFormProps) {
  const [isCodeAsked, setCodeAsked] = useState(false);
  const hasPassword = factors?.has_password ?? true;
  const takesCode = hasPassword && (isCodeAsked || factors?.totp_enabled_at !== undefined);
  return (
    <ActionForm
      {...form}
      onSubmit={async (fields) => {
        const [password, code] = [String(fields.get("current") ?? ""), String(fields.get("code") ?? "").trim()];
        try {
          await onProof({ ...(password !== "" && { password }), ...(code !== "" && { code }) }, fields);
        } catch (failure) {
          if (failure instanceof ChatError && failure.code === "second_factor") setCodeAsked(true);
          throw failure;
        }
      }}
    >
      {(errorOf) => {
        const proof = hasPassword && (
          <>
            <Field
              label={passwordLabel}
              name="current"
              type="password"
              autocomplete="current-password"
              autofocus={isProofFirst}
              // With a code it may be that one; the sentence says which.
              error={errorOf("current_password", ...(takesCode ? [] : (["bad_credentials"] as const)))}
            />
            {takesCode && (
              <Field
                label="Code"
                name="code"
                autocomplete="one-time-code"
                isVerbatim
                autofocus={isCodeAsked}
                hint="Of your authenticator app, or a recovery code."
                error={errorOf("code", "second_factor")}
              />
            )}
          </>
        );
        return (
          <>
            {isProofFirst && proof}
            {children?.(errorOf)}
            {!isProofFirst && proof}
          </>
        );
      }}
    </ActionForm>
  );
}
