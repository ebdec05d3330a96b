// The links by which people join a group: created, copied and revoked by its admins.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Chat, Invite } from "../../../../sdk/index.ts";
import { copyText } from "../../lib/clipboard.ts";
import { isolate } from "../../lib/text.ts";
import { untilOf } from "../../lib/time.ts";
import { inviteUrl } from "../../state/route.ts";
import { errorText, withErrorToast } from "../../state/toasts.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icons.tsx";

const DAYS = [
  [1, "A day"],
  [7, "7 days"],
  [30, "30 days"],
  [365, "A year"],
] as const;
const USES = [
  [0, "Any number of people"],
  [1, "One person"],
  [10, "10 people"],
  [100, "100 people"],
] as const;
const DAY_MS = 86_400_000;
// The server's clock decides: a link for a year, created by a device that is ahead, would be refused.
const SLACK_MS = 3_600_000;

export function GroupInvites({
  chat: { invites },
  groupId,
  onClose,
}: {
  chat: Chat;
  groupId: number;
  onClose: () => void;
}) {
  const [list, setList] = useState<Invite[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [days, setDays] = useState(7);
  const [uses, setUses] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const createButton = useRef<HTMLButtonElement>(null);

  async function load(from: string | null = null) {
    const { data, next_cursor } = await invites.list(groupId, from);
    setList((known) => (from === null ? data : [...known!, ...data]));
    setCursor(next_cursor);
    setError(null);
  }
  const reload = () => void load().catch(setError);
  useEffect(reload, [invites, groupId]);

  async function create() {
    if (isBusy) return;
    setBusy(true);
    await withErrorToast(async () => {
      const expires_at = new Date(Date.now() + days * DAY_MS - (days === 365 ? SLACK_MS : 0)).toISOString();
      const created = await invites.create(groupId, { expires_at, ...(uses > 0 && { max_uses: uses }) });
      setList((known) => [created, ...(known ?? [])]);
    });
    setBusy(false);
  }
  const revoke = ({ code }: Invite) =>
    withErrorToast(async () => {
      await invites.revoke(groupId, code);
      setList((known) => known!.filter((invite) => invite.code !== code));
      // The button that had it goes with the link.
      createButton.current?.focus();
    }, "The link no longer works.");

  return (
    <Dialog title="Invite links" onClose={onClose}>
      <p class="text-muted">
        Whoever has a link can see the group’s name and join it. Share it only with people you want here.
      </p>
      <div class="invite-choices">
        <Choice label="Works for" options={DAYS} value={days} onChange={setDays} />
        <Choice label="Can be used by" options={USES} value={uses} onChange={setUses} />
      </div>
      <button
        ref={createButton}
        type="button"
        class="button primary wide"
        aria-busy={isBusy}
        onClick={() => void create()}
      >
        <Icon name="link" size={18} /> Create link
      </button>
      {error !== null && (
        <p class="form-error" role="alert">
          {errorText(error)}{" "}
          <button type="button" class="link" onClick={reload}>
            Try again
          </button>
        </p>
      )}
      <ul class="rows" aria-label="Links" aria-busy={list === null && error === null}>
        {list?.map((invite, index) => (
          <li key={invite.code} class="invite">
            <span class="invite-link" dir="ltr">
              {inviteUrl(invite.code)}
            </span>
            <span class="text-muted">{noteOf(invite)}</span>
            <span class="actions">
              <button
                type="button"
                class="button"
                aria-label={`Revoke link ${index + 1}`}
                onClick={() => void revoke(invite)}
              >
                Revoke
              </button>
              <button
                type="button"
                class="button"
                aria-label={`Copy link ${index + 1}`}
                onClick={() => void copyText(inviteUrl(invite.code), "Link copied.")}
              >
                <Icon name="copy" size={18} /> Copy
              </button>
            </span>
          </li>
        ))}
      </ul>
      {cursor && (
        <button type="button" class="button" onClick={() => void withErrorToast(() => load(cursor))}>
          Show more
        </button>
      )}
    </Dialog>
  );
}

interface ChoiceProps {
  label: string;
  options: readonly (readonly [number, string])[];
  value: number;
  onChange: (value: number) => void;
}

function Choice({ label, options, value, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** "3 of 10 people joined · until tomorrow at 14:30 · by ali" */
const noteOf = ({ uses, max_uses, expires_at, creator_name }: Invite) =>
  [
    max_uses === null
      ? uses === 0
        ? "Nobody has used it yet"
        : `Used by ${uses === 1 ? "one person" : `${uses} people`}`
      : `Used by ${uses} of ${max_uses === 1 ? "one person" : `${max_uses} people`}`,
    `until ${untilOf(expires_at)}`,
    `by ${isolate(creator_name)}`,
  ].join(" · ");
