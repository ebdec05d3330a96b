// What a request that closes a report asks for, and whether it has been done already.
import { invalid } from "../../lib/errors.ts";

interface Closing<Action extends string> {
  status: "resolved" | "dismissed";
  action?: Action | "none";
  actions?: Action[];
}

/** What is to be done, sorted. Throws `invalid`. */
export function actionsOf<Action extends string>({ status, action, actions }: Closing<Action>): Action[] {
  if (action !== undefined && actions !== undefined) throw invalid("actions", "give action or actions, not both");
  const wanted = actions ?? (action === undefined || action === "none" ? [] : [action]);
  if (wanted.length > 0 && status !== "resolved")
    throw invalid(actions ? "actions" : "action", "goes with `resolved` alone");
  return wanted.toSorted();
}

interface Decision {
  status: string;
  by: number | null;
  actions: string[] | null;
}

/** Whether a report was closed in the very same way, so that the request came twice. */
export const isSameDecision = (before: Decision, now: Decision) =>
  before.status === now.status && before.by === now.by && String(before.actions ?? []) === String(now.actions ?? []);
