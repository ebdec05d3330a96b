// A log-in at a provider, while the browser is there: what the page has to know when it comes back. Of this tab alone.
import type { SignOn } from "../../../sdk/index.ts";
import { scoped, serverUrl } from "./base.ts";

const KEY = scoped("chat sign-on");

export interface PendingSignOn {
  verifier: string;
  /** Whether an account of the provider is to be linked. */
  isLinking: boolean;
  /** The route to return to, such as an invite. */
  from: string;
}

/** Sends the browser to the provider. */
export function leaveFor({ url, verifier }: SignOn, isLinking: boolean) {
  const pending: PendingSignOn = { verifier, isLinking, from: location.hash || "#/" };
  sessionStorage.setItem(KEY, JSON.stringify(pending));
  location.assign(url);
}

/** What was begun in this tab, once; null when nothing was. */
export function takePending(): PendingSignOn | null {
  try {
    const text = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** Where providers' answers are to end: this page. */
export const returnTo = serverUrl;
