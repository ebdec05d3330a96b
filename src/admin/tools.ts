// What the commands of `bun run admin` have in the place of a server: its database, and the means to tell servers that run on it.

import type { Actor } from "../audit/audit.ts";
import { AuditWriter } from "../audit/audit-writer.ts";
import { encodeControl } from "../bus/control.ts";
import type { Core } from "../core.ts";
import type { DatabaseTarget } from "../db/client.ts";
import { createLogger } from "../lib/log.ts";
import { keepSecurityEvents } from "../lib/security-log.ts";
import { StartupError } from "../lib/startup-error.ts";
import { Mail } from "../mail/mail.ts";
import type { Acting } from "../modules/admin/bans.ts";
import { findUser, type User } from "../modules/users/service.ts";
import { Sessions } from "../sessions/sessions.ts";

/** What the commands work on. */
export interface Given extends Pick<Core, "db" | "sql" | "config"> {
  target: DatabaseTarget;
}

export interface Tools extends Given, Acting, Pick<Core, "mail" | "sessions"> {
  /** Who acts, for the audit log. */
  actor: Actor;
  /** When servers that run take over what was changed. */
  noticed: string;
  /** Resolves once mails have left and the audit log is written. */
  close(): Promise<void>;
}

export interface Command {
  /** Its words and arguments, as people type them. */
  usage: string;
  about: string;
  /** Returns what is printed, as a whole or in pieces. Throws a StartupError for arguments that make no sense. */
  run(tools: Tools, args: string[]): Promise<string | AsyncIterable<string>>;
}

export function createTools(given: Given): Tools {
  const { db, sql, config } = given;
  const via = "command line";
  const log = createLogger("silent");
  const audit = new AuditWriter({ db, log, via });
  keepSecurityEvents(log, (event, fields) => audit.add(event, fields));
  // (A server passes over what it has said itself.)
  const nodeId = crypto.randomUUID();
  const bus: Acting["bus"] = { signal: () => {}, notificationOf: (signal) => encodeControl(nodeId, signal) };
  const mail = new Mail({ config, log });
  const sessions = new Sessions({
    db,
    sql,
    bus,
    log,
    epoch: { isUncertain: false, verified: async () => {} },
    secrets: [config.jwtSecret],
    ttl: config.tokenTtl,
    maxAge: config.sessionMaxAge,
    addressDays: config.addressDays,
  });
  const isHeard = config.databaseUrl !== undefined || config.workers > 1;
  return {
    ...given,
    log,
    bus,
    mail,
    sessions,
    actor: { id: null, via },
    noticed: isHeard
      ? "Servers that are running have taken it over."
      : "A running server takes it over within 15 seconds.",
    async close() {
      await mail.close();
      await audit.flush();
    },
  };
}

/** Throws a StartupError. */
export async function requireUser(tools: Pick<Tools, "db">, name: string | undefined): Promise<User> {
  const user = name ? await findUser(tools, name) : null;
  if (!user) throw new StartupError(name ? `There is no user ${name}.` : "Name a user.");
  return user;
}

/** Arguments that a command does not understand; `runAdmin` says how it is used. */
export class UsageError extends Error {}
