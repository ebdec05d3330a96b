// What happens inside, for debugging. Tokens and the bodies of HTTP calls are left out.
import type { ConnectionState } from "./connection/state.ts";
import { callSafely } from "./store.ts";

export type DebugEntry =
  | { type: "state"; state: ConnectionState["state"]; reason: string | null }
  | { type: "sent" | "received"; frame: unknown }
  /** Without a response `status` is 0 and `error` is set. `ms` is the duration. */
  | { type: "call"; method: string; path: string; status: number; ms: number; error: string | null };

export type Debug = (entry: DebugEntry) => void;

/** Wraps the application's hook so that it can't break anything. Null without one, so that no entries are created. */
export const safely = (debug: Debug | undefined): Debug | null =>
  debug ? (entry) => callSafely(() => debug(entry)) : null;
