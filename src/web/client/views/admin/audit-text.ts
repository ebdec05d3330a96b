// What the events of the audit log are called. One of a newer server is shown by its own name.

import { dateTimeOf } from "../../lib/time.ts";
import { FOREVER } from "./section.ts";

/** By the event's name, for the choice in groups. */
const NAMES = {
  "People and groups": {
    user_banned: "Ban",
    user_unbanned: "Ban lifted",
    role_changed: "Role changed",
    logged_out_by_admin: "Logged out by a moderator",
    password_reset_by_admin: "Password reset by an admin",
    user_changed_by_admin: "Account set by an admin",
    message_deleted_by_admin: "Message deleted by a moderator",
    group_deleted_by_admin: "Group deleted by a moderator",
    group_set_by_admin: "Group set by an admin",
    report_closed: "Report closed",
    invite_created_by_admin: "Invite to the server created",
    audit_exported: "Audit log exported",
  },
  "Log-ins": {
    registered: "Account created",
    logged_in: "Log-in",
    logged_out: "Log-out",
    identity_linked: "Provider linked",
    identity_unlinked: "Provider unlinked",
  },
  "Security of accounts": {
    password_changed: "Password changed",
    password_reset: "Password reset by mail",
    email_changed: "E-mail address changed",
    username_changed: "Username changed",
    second_factor_on: "Second factor turned on",
    second_factor_off: "Second factor turned off",
    recovery_codes_replaced: "Recovery codes replaced",
    recovery_code_used: "Recovery code used",
    passkey_added: "Passkey added",
    passkey_removed: "Passkey removed",
    data_exported: "Own data downloaded",
    account_deleted: "Account deleted",
  },
  Programs: {
    key_created: "API key created",
    key_deleted: "API key deleted",
    bot_created: "Bot created",
  },
} as const satisfies Record<string, Record<string, string>>;

const ABOUT: Record<string, string | undefined> = Object.assign({}, ...Object.values(NAMES));

export const GROUPS_OF_EVENTS = Object.entries(NAMES).map(([title, names]) => [title, Object.keys(names)] as const);

export const eventName = (event: string): string => ABOUT[event] ?? capitalized(event.replaceAll("_", " "));

/** What else belongs to an entry, each with what it is called. */
export function detailsText({
  role,
  former,
  until,
  reason,
  is_sent: isSent,
  ...others
}: Record<string, unknown>): [string, string][] {
  const texts: [string, string][] = [];
  if (typeof role === "string") texts.push(["", `${former ?? "user"} → ${role}`]);
  if (typeof until === "string") texts.push(until === FOREVER ? ["", "for good"] : ["until", dateTimeOf(until)]);
  if (typeof isSent === "boolean") texts.push(["", isSent ? "the link was mailed" : "the link was shown to them"]);
  if (typeof reason === "string") texts.push(["reason:", reason]);
  for (const [name, value] of Object.entries(others))
    texts.push([`${name.replaceAll("_", " ")}:`, typeof value === "string" ? value : JSON.stringify(value)]);
  return texts;
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
