// The accounts of providers that log the user in: linking and unlinking them.
import { useEffect, useState } from "preact/hooks";
import { ChatError, type FactorsInfo, type Identity, type OwnerProof } from "../../../../sdk/index.ts";
import { whenOf } from "../../lib/time.ts";
import { useRegistration } from "../../state/registration.ts";
import { leaveFor, returnTo } from "../../state/sign-on.ts";
import { errorText, toast } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import type { SectionProps } from "./section.ts";

interface Choice {
  provider: string;
  label: string;
  isLinked: boolean;
}

export function LinkedAccounts({ chat }: SectionProps) {
  const providers = useRegistration()?.providers ?? [];
  const [linked, setLinked] = useState<Identity[] | null>(null);
  const [factors, setFactors] = useState<FactorsInfo | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [choice, setChoice] = useState<Choice | null>(null);

  async function load() {
    setError(null);
    const [identities, owner] = await Promise.all([chat.identities(), chat.factors()]);
    const [list, info] = await Promise.all([identities.list(), owner.get()]);
    setLinked(list);
    setFactors(info);
  }
  const reload = () => void load().catch(setError);
  useEffect(reload, [chat]);

  async function confirm({ provider, label, isLinked }: Choice, proof: OwnerProof) {
    const identities = await chat.identities();
    if (!isLinked) return leaveFor(await identities.start(provider, proof, returnTo), true);
    await identities.remove(provider, proof);
    toast(`${label} no longer logs you in.`);
    setChoice(null);
    await load();
  }

  if (error !== null)
    return (
      <p class="form-error" role="alert">
        {errorText(error)}
        <button type="button" class="link" onClick={reload}>
          Try again
        </button>
      </p>
    );
  if (choice && factors)
    return <Confirmation choice={choice} factors={factors} confirm={confirm} onCancel={() => setChoice(null)} />;
  return (
    <section aria-busy={linked === null}>
      <p class="text-muted">Log in to this account with one that you have elsewhere.</p>
      <ul class="rows">
        {linked &&
          providers.map(({ id, label }) => {
            const identity = linked.find(({ provider }) => provider === id);
            return (
              <li key={id} class="device">
                <span>
                  <strong>
                    <bdi>{label}</bdi>
                  </strong>
                  <span class="text-muted">{identity ? `Linked ${whenOf(identity.created_at)}` : "Not linked"}</span>
                </span>
                <button
                  type="button"
                  class="button"
                  aria-label={`${identity ? "Unlink" : "Link"} ${label}`}
                  onClick={() => setChoice({ provider: id, label, isLinked: identity !== undefined })}
                >
                  {identity ? "Unlink" : "Link"}
                </button>
              </li>
            );
          })}
      </ul>
    </section>
  );
}

interface ConfirmationProps {
  choice: Choice;
  factors: FactorsInfo;
  confirm: (choice: Choice, proof: OwnerProof) => Promise<void>;
  onCancel: () => void;
}

function Confirmation({ choice, factors, confirm, onCancel }: ConfirmationProps) {
  const { label, isLinked } = choice;
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const fields = error instanceof ChatError ? error.fields : {};
  const needsCode = factors.has_password && factors.totp_enabled_at !== undefined;

  async function onSubmit(event: SubmitEvent) {
    event.preventDefault();
    if (isBusy) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setError(null);
    try {
      await confirm(choice, {
        ...(factors.has_password && { password: String(form.get("current")) }),
        ...(needsCode && { code: String(form.get("code")).trim() }),
      });
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  }

  return (
    <form noValidate onSubmit={onSubmit}>
      <p>
        {isLinked ? (
          <>
            <bdi>{label}</bdi> will no longer log you in.
          </>
        ) : (
          <>
            You’ll log in at <bdi>{label}</bdi>, and come back here.
          </>
        )}
      </p>
      {factors.has_password && (
        <Field
          label="Password"
          name="current"
          type="password"
          autocomplete="current-password"
          autofocus
          error={fields.current_password}
        />
      )}
      {needsCode && <Field label="Code" name="code" autocomplete="one-time-code" error={fields.code} isVerbatim />}
      <p class="form-error" role="alert">
        {error !== null && !fields.current_password && !fields.code && errorText(error)}
      </p>
      <div class="actions">
        <button type="button" class="button plain" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="button primary" aria-busy={isBusy} autofocus={!factors.has_password}>
          {isLinked ? "Unlink" : "Continue"}
        </button>
      </div>
    </form>
  );
}
