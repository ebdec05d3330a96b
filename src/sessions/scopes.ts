// What a session may do: everything, unless it is that of an API key. The one place where scopes are enforced; routes and commands
// declare what they need.
import { ChatError } from "../lib/errors.ts";
import { adminsOnly, keyNotAllowed, scopeMissing } from "../protocol/refusals.ts";
import type { RequiredScope } from "../protocol/scopes.ts";
import type { Session } from "./cache.ts";

/** Throws `forbidden` when the session may not do what asks for `required`. */
export function requireScope({ scopes, isAdmin }: Session, required: RequiredScope) {
  if (scopes !== null && required !== "any") {
    if (required === "session") throw new ChatError(keyNotAllowed);
    if (!scopes.includes(required)) throw new ChatError(scopeMissing(required));
  }
  if (required === "admin" && !isAdmin) throw new ChatError(adminsOnly);
}
