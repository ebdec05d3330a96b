// How long somebody is banned, and why.
import { useId, useState } from "preact/hooks";
import type { BanInput, Person } from "../../../../sdk/index.ts";
import { untilOf } from "../../lib/time.ts";
import { fullNameInText } from "../../state/person.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Choice } from "./chips.tsx";
import { ReasonField } from "./reason-field.tsx";
import { FOREVER } from "./section.ts";

const HOUR_MS = 3_600_000;

const ENDS = [
  ["1", "1 hour"],
  ["24", "1 day"],
  ["168", "7 days"],
  [FOREVER, "For good"],
  ["date", "Until…"],
] as const;
type End = (typeof ENDS)[number][0];

interface BanDialogProps {
  person: Person;
  /** Whether there is a ban already. */
  isChange?: boolean;
  reason?: string;
  /** What else is done with the same press, for the button: "Delete message and ban". */
  action?: string;
  onBan: (ban: BanInput) => Promise<boolean>;
  onClose: () => void;
}

export function BanDialog({ person, isChange = false, reason: given = "", action, onBan, onClose }: BanDialogProps) {
  const [end, setEnd] = useState<End>("168");
  const [date, setDate] = useState("");
  const [reason, setReason] = useState(given);
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const dateId = useId();
  const until =
    end === FOREVER
      ? null
      : end === "date"
        ? date === ""
          ? undefined
          : new Date(date)
        : new Date(Date.now() + Number(end) * HOUR_MS);

  async function submit() {
    if (isBusy) return;
    if (until === undefined) return setError("Choose a date and time.");
    if (until && until.getTime() <= Date.now()) return setError("Choose a time that is still to come.");
    setBusy(true);
    const isDone = await onBan({
      until: until?.toISOString() ?? FOREVER,
      ...(reason.trim() && { reason: reason.trim() }),
    });
    setBusy(false);
    if (isDone) onClose();
  }
  return (
    <Dialog title={`${isChange ? "Change the ban of" : "Ban"} ${fullNameInText(person)}`} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p class="about-section text-muted">
          Their connections close at once, on every server. They can’t log in until the ban ends; their messages and
          groups stay.
        </p>
        <p class="field-label">For how long</p>
        <Choice
          label="For how long"
          options={ENDS}
          value={end}
          onChange={(value) => {
            setEnd(value);
            setError("");
          }}
        />
        {end === "date" && (
          <div class="field">
            <label for={dateId}>Until</label>
            <input
              id={dateId}
              type="datetime-local"
              value={date}
              aria-invalid={error ? true : undefined}
              onInput={({ currentTarget }) => {
                setDate(currentTarget.value);
                setError("");
              }}
            />
          </div>
        )}
        <p class={error ? "note error" : "note"} role={error ? "alert" : undefined}>
          {error || (until === null ? "Until somebody lifts it." : until && `Until ${untilOf(until.toISOString())}.`)}
        </p>
        <ReasonField
          value={reason}
          onInput={setReason}
          hint="They see it when they try to log in. It stands in the audit log."
        />
        <div class="actions">
          <button type="button" class="button plain" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button danger" aria-busy={isBusy}>
            {action ?? (isChange ? "Change ban" : "Ban")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
