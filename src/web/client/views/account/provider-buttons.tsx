// Logging in at a provider instead of with a password.
import { useState } from "preact/hooks";
import { type RegistrationInfo, startSignOn } from "../../../../sdk/index.ts";
import { serverUrl as url } from "../../state/base.ts";
import { leaveFor, returnTo } from "../../state/sign-on.ts";
import { errorText } from "../../state/toasts.ts";

export function ProviderButtons({ providers }: Pick<RegistrationInfo, "providers">) {
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState<string | null>(null);

  async function go(provider: string) {
    if (busy !== null) return;
    setBusy(provider);
    setError(null);
    try {
      leaveFor(await startSignOn({ url, provider, returnTo }), false);
    } catch (failure) {
      setError(failure);
    }
    // Whoever comes back by the browser's button finds them working.
    setBusy(null);
  }

  return (
    <div class="providers">
      <p class="or text-muted">or</p>
      {providers.map(({ id, label }) => (
        <button key={id} type="button" class="button wide" aria-busy={busy === id} onClick={() => void go(id)}>
          <span>
            Continue with <bdi>{label}</bdi>
          </span>
        </button>
      ))}
      <p class="form-error" role="alert">
        {error !== null && errorText(error)}
      </p>
    </div>
  );
}
