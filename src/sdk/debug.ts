// What goes on inside, for whoever looks for a fault. Tokens and bodies of HTTP calls are left out.
import type { ConnectionState } from "./connection/state.ts";
import { callSafely } from "./store.ts";

export type DebugEntry =
  | { type: "state"; state: ConnectionState["state"]; reason: string | null }
  | { type: "sent" | "received"; frame: unknown }
  /** `status` is 0 and `error` set when nothing was answered; `ms` is how long it took. */
  | { type: "call"; method: string; path: string; status: number; ms: number; error: string | null };

export type Debug = (entry: DebugEntry) => void;

/** A hook of the application's that can't break anything; null for none, so that nothing is made for it. */
export const safely = (debug: Debug | undefined): Debug | null =>
  debug ? (entry) => callSafely(() => debug(entry)) : null;
