// Why an act is done: kept in the audit log.
import { BAN_REASON_LIMIT } from "../../../../sdk/index.ts";
import { Field } from "../../ui/field.tsx";

interface ReasonFieldProps {
  value: string;
  onInput: (reason: string) => void;
  hint: string;
}

export const ReasonField = (props: ReasonFieldProps) => (
  <Field label="Reason" name="reason" autocomplete="off" maxLength={BAN_REASON_LIMIT} {...props} />
);
