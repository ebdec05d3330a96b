// One choice of a few, as a line of chips; and the small marks on rows.
import { useId } from "preact/hooks";
import type { AdminUser } from "../../../../sdk/index.ts";
import { isBanned, ROLE_NAMES } from "./section.ts";

interface ChoiceProps<Value extends string> {
  label: string;
  options: readonly (readonly [value: Value, label: string])[];
  value: Value;
  onChange: (value: Value) => void;
}

export function Choice<Value extends string>({ label, options, value, onChange }: ChoiceProps<Value>) {
  const name = useId();
  return (
    <fieldset class="chips">
      <legend class="visually-hidden">{label}</legend>
      {options.map(([option, text]) => (
        <label key={option}>
          <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

export const Mark = ({ text, kind = "plain" }: { text: string; kind?: "plain" | "accent" | "danger" }) => (
  <span class="mark-chip" data-kind={kind}>
    {text}
  </span>
);

export const UserMarks = ({ user }: { user: AdminUser }) => (
  <span class="marks">
    {user.role !== "user" && <Mark text={ROLE_NAMES[user.role]} kind="accent" />}
    {user.is_bot && <Mark text="Bot" />}
    {isBanned(user) && <Mark text="Banned" kind="danger" />}
    {user.deleted_at && <Mark text="Deleted" />}
  </span>
);
