// How accounts are created on this server, read when a form first needs it.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { getRegistration, PASSWORD_MIN, type RegistrationInfo } from "../../../sdk/index.ts";
import { serverUrl as url } from "./base.ts";

/** Null until it is known. */
const registration = signal<RegistrationInfo | null>(null);

/** What the server says of it; null until it is known. */
export function useRegistration(): RegistrationInfo | null {
  useEffect(() => {
    if (registration.peek()) return;
    getRegistration({ url }).then(
      (found) => {
        registration.value = found;
      },
      () => {
        // The server checks everything again.
        registration.value = { mode: "open", password_min_length: PASSWORD_MIN, passkeys: false, providers: [] };
      },
    );
  }, []);
  return registration.value;
}
