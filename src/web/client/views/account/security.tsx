// How the user logs in: the second factor with its recovery codes, and passkeys.
import { useEffect, useState } from "preact/hooks";
import {
  canUsePasskeys,
  type Factors,
  type FactorsInfo,
  type Passkey,
  type TotpSecret,
} from "../../../../sdk/index.ts";
import { whenOf } from "../../lib/time.ts";
import { useRegistration } from "../../state/registration.ts";
import { errorText, toast } from "../../state/toasts.ts";
import { Field } from "../../ui/field.tsx";
import { ActionForm } from "./action-form.tsx";
import { EnrolTotp } from "./enrol-totp.tsx";
import { OwnerForm } from "./owner-form.tsx";
import { RecoveryCodes } from "./recovery-codes.tsx";
import type { SectionProps } from "./section.ts";
import { useViewFocus } from "./use-view-focus.ts";

/** As the server has it. */
const NAME_LENGTH = 50;

type View =
  | { name: "overview" | "start" | "renew" | "off" | "add" }
  | { name: "enrol"; secret: TotpSecret }
  | { name: "codes"; codes: string[] }
  | { name: "rename" | "remove"; passkey: Passkey };

export function Security({ chat, me }: SectionProps) {
  const [factors, setFactors] = useState<Factors | null>(null);
  const [info, setInfo] = useState<FactorsInfo | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [view, setView] = useState<View>({ name: "overview" });

  async function load() {
    const loaded = await chat.factors();
    setInfo(await loaded.get());
    setFactors(loaded);
    setError(null);
  }
  const reload = () => void load().catch(setError);
  useEffect(reload, [chat]);
  useViewFocus("passkey" in view ? `${view.name} ${view.passkey.id}` : view.name);

  if (error !== null)
    return (
      <p class="form-error" role="alert">
        {errorText(error)}
        <button type="button" class="link" onClick={reload}>
          Try again
        </button>
      </p>
    );
  if (!factors || !info) return <div aria-busy="true" />;

  const overview = () => setView({ name: "overview" });
  const finish = async (text: string) => {
    await load();
    overview();
    toast(text);
  };
  const form = { factors: info, onCancel: overview };
  switch (view.name) {
    case "overview":
      return <Overview info={info} onView={setView} />;
    case "start":
      return (
        <OwnerForm
          key="start"
          {...form}
          action="Continue"
          onProof={async (proof) => setView({ name: "enrol", secret: await factors.startTotp(proof) })}
        />
      );
    case "enrol":
      return (
        <EnrolTotp
          secret={view.secret}
          onCancel={overview}
          onCode={async (code) => setView({ name: "codes", codes: await factors.confirmTotp(code) })}
        />
      );
    case "codes":
      return (
        <RecoveryCodes codes={view.codes} username={me.username} onDone={() => void finish("Two-step log-in is on.")} />
      );
    case "renew":
      return (
        <OwnerForm
          key="renew"
          {...form}
          action="New codes"
          onProof={async (proof) => setView({ name: "codes", codes: await factors.renewRecoveryCodes(proof) })}
        />
      );
    case "off":
      return (
        <OwnerForm
          key="off"
          {...form}
          action="Turn off"
          isDanger
          onProof={async (proof) => {
            await factors.removeTotp(proof);
            await finish("Two-step log-in is off.");
          }}
        />
      );
    case "add":
      return (
        <OwnerForm
          key="add"
          {...form}
          action="Add passkey"
          onProof={async (proof, fields) => {
            await factors.addPasskey(String(fields.get("name")).trim(), proof);
            await finish("Passkey added.");
          }}
        >
          {(errorOf) => (
            <Field
              label="Name"
              name="name"
              autocomplete="off"
              autofocus
              maxLength={NAME_LENGTH}
              defaultValue="This device"
              error={errorOf("name")}
            />
          )}
        </OwnerForm>
      );
    case "rename":
      return (
        <ActionForm
          key="rename"
          action="Save"
          onCancel={overview}
          onSubmit={async (fields) => {
            await factors.renamePasskey(view.passkey.id, String(fields.get("name")).trim());
            await finish("Passkey renamed.");
          }}
        >
          {(errorOf) => (
            <Field
              label="Name"
              name="name"
              autocomplete="off"
              autofocus
              maxLength={NAME_LENGTH}
              defaultValue={view.passkey.name}
              error={errorOf("name")}
            />
          )}
        </ActionForm>
      );
    case "remove":
      return (
        <>
          <p>
            Nobody can log in with <bdi>{view.passkey.name}</bdi> any more.
          </p>
          <OwnerForm
            key="remove"
            {...form}
            action="Remove"
            isDanger
            onProof={async (proof) => {
              await factors.removePasskey(view.passkey.id, proof);
              await finish("Passkey removed.");
            }}
          />
        </>
      );
  }
}

function Overview({ info, onView }: { info: FactorsInfo; onView: (view: View) => void }) {
  const hasPasskeys = useRegistration()?.passkeys && canUsePasskeys();
  const { totp_enabled_at, recovery_codes, passkeys, has_password } = info;
  return (
    <div class="stack security">
      <h3>Two-step log-in</h3>
      {totp_enabled_at ? (
        <>
          <p>
            Turned on {whenOf(totp_enabled_at)}.{" "}
            {recovery_codes === 1 ? "1 recovery code is" : `${recovery_codes} recovery codes are`} left.
          </p>
          <button type="button" class="button" data-opens="renew" onClick={() => onView({ name: "renew" })}>
            New recovery codes
          </button>
          <button type="button" class="button danger-text" data-opens="off" onClick={() => onView({ name: "off" })}>
            Turn off
          </button>
        </>
      ) : has_password ? (
        <>
          <p class="text-muted">
            When somebody logs in with your password, a code of an app on your phone is asked for as well.
          </p>
          <button type="button" class="button" data-opens="start" onClick={() => onView({ name: "start" })}>
            Turn on
          </button>
        </>
      ) : (
        <p class="text-muted">Set a password first: a code is asked for besides it.</p>
      )}
      <h3>Passkeys</h3>
      {passkeys.length === 0 ? (
        <p class="text-muted">Log in with your fingerprint, your face or the PIN of your device, without a password.</p>
      ) : (
        <ul class="rows">
          {passkeys.map((passkey) => (
            <li key={passkey.id} class="device">
              <span>
                <strong>
                  <bdi>{passkey.name}</bdi>
                </strong>
                <span class="text-muted">
                  {passkey.last_used_at ? `Last used ${whenOf(passkey.last_used_at)}` : "Not used yet"}
                </span>
              </span>
              <span class="row-actions">
                <button
                  type="button"
                  class="button"
                  data-opens={`rename ${passkey.id}`}
                  aria-label={`Rename ${passkey.name}`}
                  onClick={() => onView({ name: "rename", passkey })}
                >
                  Rename
                </button>
                <button
                  type="button"
                  class="button"
                  data-opens={`remove ${passkey.id}`}
                  aria-label={`Remove ${passkey.name}`}
                  onClick={() => onView({ name: "remove", passkey })}
                >
                  Remove
                </button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {hasPasskeys ? (
        <button type="button" class="button" data-opens="add" onClick={() => onView({ name: "add" })}>
          Add a passkey
        </button>
      ) : (
        <p class="text-muted">This browser can’t make passkeys at this address.</p>
      )}
    </div>
  );
}
