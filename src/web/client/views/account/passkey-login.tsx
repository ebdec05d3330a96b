// Logging in with a passkey: by a button, and among the names that the browser fills in.
import { useEffect, useRef, useState } from "preact/hooks";
import { ChatError, canUsePasskeys, type PasskeyUse, signInWithPasskey } from "../../../../sdk/index.ts";
import { serverUrl as url } from "../../state/base.ts";
import { startSession } from "../../state/session.ts";
import { errorText } from "../../state/toasts.ts";
import { Icon } from "../../ui/icons.tsx";

/** How long an offer lasts before it is made anew: less than its challenge does. */
const OFFER_MS = 9 * 60_000;

export function PasskeyLogin() {
  const [error, setError] = useState<unknown>(null);
  /** Stops the offer: a browser does one thing at a time. */
  const offer = useRef(new AbortController());
  const [isOffered, setOffered] = useState(true);

  const logIn = async (use: PasskeyUse) => startSession((await signInWithPasskey({ url, ...use })).token);

  useEffect(() => {
    if (!isOffered || !canUsePasskeys()) return;
    let controller = new AbortController();
    const start = async () => {
      offer.current = controller;
      if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
      await logIn({ mediation: "conditional", signal: controller.signal });
    };
    const fail = (failure: unknown) => {
      // Nobody has asked for what can't be offered.
      if (failure instanceof ChatError && failure.code === "bad_credentials") setError(failure);
    };
    start().catch(fail);
    const timer = setInterval(() => {
      controller.abort();
      controller = new AbortController();
      start().catch(fail);
    }, OFFER_MS);
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [isOffered]);

  if (!canUsePasskeys()) return null;
  return (
    <>
      <button
        type="button"
        class="button wide"
        onClick={async () => {
          setOffered(false);
          offer.current.abort();
          setError(null);
          try {
            await logIn({});
          } catch (failure) {
            if (!(failure instanceof ChatError && failure.code === "canceled")) setError(failure);
            setOffered(true);
          }
        }}
      >
        <Icon name="key" /> Log in with a passkey
      </button>
      <p class="form-error" role="alert">
        {error !== null && errorText(error)}
      </p>
    </>
  );
}
