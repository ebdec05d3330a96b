// The audit log: who did what to whom, when and from where. What moderators and admins do is written in the transaction of the act, so
// that neither is without the other; what people do about the security of their own accounts comes from security-log.ts, in batches
// (audit-writer.ts).
import { sql } from "drizzle-orm";
import type { Database, Transaction } from "../db/client.ts";
import { type AuditDetails, auditLog } from "../db/schema.ts";
import type { Logger } from "../lib/log.ts";
import { logOnly, type SecurityEvent } from "../lib/security-log.ts";
import type { ServerRole } from "../protocol/scopes.ts";

/** Who acts on the server as a moderator or an admin. */
export interface Actor {
  /** Null: the command line, or the server by itself. */
  id: number | null;
  /** What they act as at most, where it is less than they are: with a key for moderation. */
  role?: ServerRole;
  /** Where they are in the network. */
  address?: string | undefined;
  /** What they act by, where it is no call. */
  via?: "command line";
}

export interface AuditEntry {
  event: SecurityEvent;
  actor: Actor;
  userId?: number | undefined;
  groupId?: number | undefined;
  messageId?: number | undefined;
  /** What is undefined or null in it is left out. */
  details?: AuditDetails | undefined;
}

/** Adds an entry in the transaction of what it is about. `logAudit` writes its line once that is committed. */
export async function writeAudit(tx: Database | Transaction, entry: AuditEntry): Promise<void> {
  await tx.insert(auditLog).values(toRow(entry));
}

/** The line of an entry that is committed, for those who follow the log. */
export function logAudit(log: Logger, { event, actor, userId, groupId, messageId, details }: AuditEntry) {
  logOnly(log, event, {
    user: userId,
    by: actor.id,
    ...(groupId !== undefined && { group: groupId }),
    ...(messageId !== undefined && { message: messageId }),
    ...(actor.address !== undefined && { address: actor.address }),
    ...withoutNothing({ ...details, via: actor.via }),
  });
}

const toRow = ({ event, actor, userId, groupId, messageId, details }: AuditEntry): typeof auditLog.$inferInsert => {
  const all = withoutNothing({ ...details, via: actor.via });
  return {
    event,
    actorId: actor.id,
    userId: userId ?? null,
    groupId: groupId ?? null,
    messageId: messageId ?? null,
    address: actor.address ?? null,
    details: Object.keys(all).length > 0 ? all : null,
  };
};

const withoutNothing = (details: AuditDetails): AuditDetails =>
  Object.fromEntries(
    Object.entries(details).filter(([, value]) => value !== undefined && value !== null && value !== ""),
  );

/** Rows deleted at a time, so that no transaction of the sweep is long. */
const SLICE = 1_000;

/** Deletes what is older than so many days; the trigger of the table lets nothing younger go. */
export async function sweepAudit(db: Database, days: number): Promise<void> {
  for (let deleted = SLICE; deleted === SLICE; ) {
    deleted = await db.transaction(async (tx) => {
      await tx.execute(sql`select set_config('chat.audit_days', ${String(days)}, true)`);
      const rows = await tx.execute(sql`
        delete from audit_log where id in (
          select id from audit_log where at < clock_timestamp() - ${days} * interval '1 day' order by at limit ${SLICE})
        returning id`);
      return rows.length;
    });
  }
}
