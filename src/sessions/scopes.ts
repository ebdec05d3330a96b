// What a session may do: everything, unless it is that of an API key. The one place where scopes are enforced; routes and commands
// declare what they need.
import { ChatError } from "../lib/errors.ts";
import { adminsOnly, keyNotAllowed, moderatorsOnly, scopeMissing } from "../protocol/refusals.ts";
import type { RequiredScope, ServerRole } from "../protocol/scopes.ts";
import type { Session } from "./cache.ts";

/** As what a session acts on the server: a key with `moderate` alone is no more than a moderator, whoever made it. */
export const actingRole = ({ role, scopes }: Session): ServerRole =>
  role === "admin" && scopes !== null && !scopes.includes("admin") ? "moderator" : role;

/** Throws `forbidden` when the session may not do what asks for `required`. */
export function requireScope({ scopes, role }: Session, required: RequiredScope) {
  if (scopes !== null && required !== "any") {
    if (required === "session") throw new ChatError(keyNotAllowed);
    // A key for all that admins may do moderates as well.
    const suffices = scopes.includes(required) || (required === "moderate" && scopes.includes("admin"));
    if (!suffices) throw new ChatError(scopeMissing(required));
  }
  if (required === "admin" && role !== "admin") throw new ChatError(adminsOnly);
  if (required === "moderate" && role === "user") throw new ChatError(moderatorsOnly);
}
