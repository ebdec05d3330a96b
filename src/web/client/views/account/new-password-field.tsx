// The field for a password that is being set, with the server's rules for it.
import { PASSWORD_MIN } from "../../../../sdk/index.ts";
import { useRegistration } from "../../state/registration.ts";
import { Field } from "../../ui/field.tsx";

interface Props {
  label: string;
  name: string;
  defaultValue?: string;
  autofocus?: boolean;
  error: string | undefined;
}

export function NewPasswordField(props: Props) {
  const least = useRegistration()?.password_min_length ?? PASSWORD_MIN;
  const hint = `At least ${least} characters. Not your name, and not one that many people use.`;
  return <Field {...props} type="password" autocomplete="new-password" hint={hint} />;
}
