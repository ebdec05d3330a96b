// How accounts are created on this server, read when a form first needs it.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { getRegistration, type RegistrationInfo } from "../../../sdk/index.ts";
import { serverUrl as url } from "./base.ts";

/** Null until it is known. */
const registration = signal<RegistrationInfo | null>(null);

/** What the server says of it; null until it is known. */
export function useRegistration(): RegistrationInfo | null {
  useEffect(() => {
    if (registration.peek()) return;
    // The server checks everything again: a form that does not know it says a little less.
    getRegistration({ url }).then(
      (found) => {
        registration.value = found;
      },
      () => {},
    );
  }, []);
  return registration.value;
}
