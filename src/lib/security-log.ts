// Lines for operators, and for programs that watch for attacks: who was let in and who was not, what changed about the security of
// an account, and what was refused to whom. None holds a name or an address that somebody typed, for it may be a password.
import type { Logger } from "./log.ts";

/** What is logged, by its stable name. docs/security.md lists them. */
export const SECURITY_EVENTS = {
  registered: "an account was created",
  logged_in: "a session was started",
  log_in_failed: "a log-in failed",
  logged_out: "sessions were ended by their owner",
  password_changed: "a password was changed",
  password_reset: "a password was replaced by a link in a mail",
  email_changed: "an e-mail address was changed",
  username_changed: "a username was changed",
  data_exported: "an account's data was given to its owner",
  account_deleted: "an account was deleted",
  second_factor_on: "a second factor was turned on",
  second_factor_off: "a second factor was turned off",
  recovery_codes_replaced: "recovery codes were replaced",
  recovery_code_used: "a recovery code was used",
  passkey_added: "a passkey was added",
  passkey_removed: "a passkey was removed",
  logged_out_by_admin: "a user was logged out by a moderator or an admin",
  user_banned: "a user was banned from the server",
  user_unbanned: "a ban from the server was lifted",
  role_changed: "a user was given another role on the server",
  user_changed_by_admin: "a user was created or changed by an admin",
  password_reset_by_admin: "an admin had a link made by which a user chooses a new password",
  message_deleted_by_admin: "a message was deleted by a moderator or an admin",
  group_deleted_by_admin: "a group was deleted by a moderator or an admin",
  invite_created_by_admin: "an invite to the server was created",
  report_closed: "a report was closed by a moderator or an admin",
  audit_exported: "the audit log was exported",
  acted_for: "a key made calls for a user, told once an hour",
  key_created: "an API key was created",
  key_deleted: "an API key was deleted",
  bot_created: "a bot was created",
  issuer_saved: "an issuer of tokens was added or changed",
  issuer_deleted: "an issuer of tokens was deleted",
  sign_on_failed: "a log-in at a provider failed",
  identity_linked: "an account of a provider was linked",
  identity_unlinked: "an account of a provider was unlinked",
  owner_not_confirmed: "a dangerous call did not prove that the owner made it",
  not_authenticated: "a token was refused",
  access_refused: "a call was refused",
} as const;

export type SecurityEvent = keyof typeof SECURITY_EVENTS;

export interface SecurityFields {
  /** Who it is about, where that is known. */
  user?: number | undefined;
  /** Where the client is in the network. */
  address?: string | undefined;
  [field: string]: unknown;
}

// What others cause without having proved anything fills no disk: the rest is counted, and chat_refusals_total has all.
const LINES_A_SECOND = 50;
const CAUSED_BY_ANYBODY: ReadonlySet<SecurityEvent> = new Set([
  "log_in_failed",
  "sign_on_failed",
  "owner_not_confirmed",
  "not_authenticated",
  "access_refused",
]);

export const isCausedByAnybody = (event: SecurityEvent) => CAUSED_BY_ANYBODY.has(event);

let second = 0;
let lines = 0;
let leftOut = 0;

type Sink = (event: SecurityEvent, fields: SecurityFields) => void;

/** By the logger of a server: who keeps its events (the audit log). */
const sinks = new WeakMap<Logger, Sink>();

/** Has `sink` called with each event that is logged there and that not anybody can cause. */
export const keepSecurityEvents = (log: Logger, sink: Sink) => void sinks.set(log, sink);

/** Writes the line of what is kept already. */
export const logOnly = (log: Logger, event: SecurityEvent, fields: SecurityFields) =>
  log.info({ event, ...fields }, SECURITY_EVENTS[event]);

/** Writes the line, and keeps it; of what anybody can cause, so many lines a second, which are not kept. */
export function logSecurity(log: Logger, event: SecurityEvent, fields: SecurityFields) {
  if (!CAUSED_BY_ANYBODY.has(event)) {
    sinks.get(log)?.(event, fields);
    return logOnly(log, event, fields);
  }
  const now = Math.floor(performance.now() / 1000);
  if (now !== second) {
    second = now;
    lines = 0;
  }
  if (++lines > LINES_A_SECOND) {
    leftOut++;
    return;
  }
  log.warn({ event, ...fields, ...(leftOut > 0 && { left_out: leftOut }) }, SECURITY_EVENTS[event]);
  leftOut = 0;
}
