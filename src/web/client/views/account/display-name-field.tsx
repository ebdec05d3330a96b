// The field for the name that somebody is shown under.
import { DISPLAY_NAME_LIMIT } from "../../../../sdk/index.ts";
import { Field } from "../../ui/field.tsx";
import type { ErrorOf } from "./action-form.tsx";

interface DisplayNameFieldProps {
  defaultValue: string | undefined;
  hint: string;
  errorOf: ErrorOf;
  /** Of one's own name; a bot's is nobody's. */
  autocomplete?: "name" | "off";
}

export function DisplayNameField({ defaultValue = "", hint, errorOf, autocomplete = "name" }: DisplayNameFieldProps) {
  const isTaken = errorOf("display_name", "name_taken") !== undefined && errorOf("display_name") === undefined;
  return (
    <Field
      label="Display name"
      name="display_name"
      autocomplete={autocomplete}
      defaultValue={defaultValue}
      maxLength={DISPLAY_NAME_LIMIT * 4}
      hint={hint}
      error={
        isTaken ? "This is somebody else’s username, or looks like it. Choose another name." : errorOf("display_name")
      }
    />
  );
}
