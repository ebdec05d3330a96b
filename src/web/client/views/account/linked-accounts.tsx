// The accounts of providers that log the user in: linking and unlinking them.
import { useEffect, useState } from "preact/hooks";
import type { Identity, OwnerProof } from "../../../../sdk/index.ts";
import { whenOf } from "../../lib/time.ts";
import { useRegistration } from "../../state/registration.ts";
import { leaveFor, returnTo } from "../../state/sign-on.ts";
import { errorText, toast } from "../../state/toasts.ts";
import { OwnerForm, useFactors } from "./owner-form.tsx";
import type { SectionProps } from "./section.ts";
import { useViewFocus } from "./use-view-focus.ts";

interface Choice {
  provider: string;
  label: string;
  isLinked: boolean;
}

export function LinkedAccounts({ chat }: SectionProps) {
  const providers = useRegistration()?.providers ?? [];
  const [linked, setLinked] = useState<Identity[] | null>(null);
  const factors = useFactors(chat);
  const [error, setError] = useState<unknown>(null);
  const [choice, setChoice] = useState<Choice | null>(null);

  async function load() {
    setError(null);
    setLinked(await (await chat.identities()).list());
  }
  const reload = () => void load().catch(setError);
  useEffect(reload, [chat]);

  useViewFocus(choice ? choice.provider : "");

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
  if (choice)
    return (
      <>
        <p>
          {choice.isLinked ? (
            <>
              <bdi>{choice.label}</bdi> will no longer log you in.
            </>
          ) : (
            <>
              You’ll log in at <bdi>{choice.label}</bdi>, and come back here.
            </>
          )}
        </p>
        <OwnerForm
          factors={factors}
          action={choice.isLinked ? "Unlink" : "Continue"}
          onCancel={() => setChoice(null)}
          onProof={(proof) => confirm(choice, proof)}
        />
      </>
    );
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
                  data-opens={id}
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
