// The form for an API key: of the user, which takes proof that it is them, or of a bot.
import { useState } from "preact/hooks";
import type {
  Account,
  Bot,
  Chat,
  CreatedKey,
  FactorsInfo,
  KeyRequest,
  KeyScope,
  OwnerProof,
} from "../../../../sdk/index.ts";
import { Field } from "../../ui/field.tsx";
import { BOT_SCOPES, SCOPES, scopesOf } from "./key-scopes.ts";
import { OwnerForm, useFactors } from "./owner-form.tsx";

const DAY_MS = 86_400_000;
const ENDS = [
  [0, "Never"],
  [30, "In 30 days"],
  [90, "In 90 days"],
  [365, "In a year"],
] as const;

/** Of calls that take none. */
const NO_PROOF: FactorsInfo = { has_password: false, recovery_codes: 0, passkeys: [] };

interface NewKeyProps {
  chat: Chat;
  me: Account;
  bot: Bot | null;
  create: (key: KeyRequest, proof: OwnerProof) => Promise<CreatedKey>;
  onCreated: (created: CreatedKey) => void;
  onCancel: () => void;
}

export function NewKey({ chat, me, bot, create, onCreated, onCancel }: NewKeyProps) {
  const factors = useFactors(chat);
  const [scopes, setScopes] = useState<ReadonlySet<KeyScope>>(new Set(["read", "write"]));
  const [days, setDays] = useState(bot ? 0 : 90);
  // Sent again after a lost answer, it is the same key.
  const [id] = useState(() => crypto.randomUUID());
  const offered = bot ? BOT_SCOPES : scopesOf(me);
  return (
    <OwnerForm
      factors={bot ? NO_PROOF : factors}
      action="Create key"
      isReady={scopes.size > 0}
      onCancel={onCancel}
      onProof={async (proof, form) => {
        const created = await create(
          {
            name: String(form.get("name")).trim(),
            scopes: offered.filter((scope) => scopes.has(scope)),
            client_id: id,
            ...(days > 0 && { expires_at: new Date(Date.now() + days * DAY_MS).toISOString() }),
          },
          proof,
        );
        onCreated(created);
      }}
    >
      {(errorOf) => (
        <>
          <Field
            label="Name"
            name="name"
            autocomplete="off"
            autofocus
            maxLength={50}
            hint="What the key is for, such as the program that uses it."
            error={errorOf("name")}
          />
          <fieldset class="choice">
            <legend>{bot ? "What the bot may do" : "What a program may do as you"}</legend>
            {offered.map((scope) => (
              <label key={scope}>
                <input
                  type="checkbox"
                  checked={scopes.has(scope)}
                  onChange={({ currentTarget: { checked } }) =>
                    setScopes((now) => {
                      const next = new Set(now);
                      if (checked) next.add(scope);
                      else next.delete(scope);
                      return next;
                    })
                  }
                />
                <span>
                  <strong>{SCOPES[scope].title}</strong>
                  <span>{SCOPES[scope].text}</span>
                </span>
              </label>
            ))}
            <p class="note error" role="status">
              {scopes.size === 0 ? "Choose one at least." : errorOf("scopes")}
            </p>
          </fieldset>
          <div class="field">
            <label for="key-end">Ends</label>
            <select id="key-end" value={days} onChange={({ currentTarget }) => setDays(Number(currentTarget.value))}>
              {ENDS.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
            {errorOf("expires_at") && <p class="note error">{errorOf("expires_at")}</p>}
          </div>
        </>
      )}
    </OwnerForm>
  );
}
