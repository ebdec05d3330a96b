// Reporting something. Whom it is about is never told.
import { and, eq } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Database, Transaction } from "../../db/client.ts";
import { reports } from "../../db/schema.ts";
import { ChatError } from "../../lib/errors.ts";
import { trimmedText } from "../../lib/validation.ts";
import { REPORT_COMMENT_LIMIT } from "../../protocol/limits.ts";
import { alreadyReported } from "../../protocol/refusals.ts";
import type { CreatedReport, NewReport } from "../../protocol/reports.ts";
import { lockPrivacy } from "../users/policy.ts";
import { publishReport } from "./publish.ts";
import { findSubject } from "./targets.ts";

const created = { id: reports.id, kind: reports.kind, reason: reports.reason, created_at: reports.createdAt };

/**
 * Stores a report; with a `client_id` that the caller has used, returns that one. Throws `invalid`, `not_found`, `message_deleted`,
 * `bad_request`, `already_reported` while one of the same thing is open, `slow_down`.
 */
export async function createReport(core: Core, userId: number, input: NewReport): Promise<CreatedReport> {
  const comment = trimmedText("comment", input.comment ?? "", REPORT_COMMENT_LIMIT, { minLength: 0 });
  const clientId = input.client_id.toLowerCase();
  const known = await findOwn(core.db, userId, clientId);
  if (known) return known;
  const { report, subject } = await core.limits.report(userId, () =>
    core.db.transaction(async (tx) => {
      // Nothing is stored of somebody whose account is being deleted.
      await lockPrivacy(tx, [userId], userId);
      const subject = await findSubject(core, tx, userId, input);
      const [report] = await tx
        .insert(reports)
        .values({ reporterId: userId, clientId, reason: input.reason, comment, ...subject })
        .onConflictDoNothing()
        .returning(created);
      if (report) return { report, subject };
      // The same request twice at the same time, or the same thing once more.
      const same = await findOwn(tx, userId, clientId);
      if (!same) throw new ChatError(alreadyReported);
      return { report: same, subject: null };
    }),
  );
  if (subject) {
    const { kind, userId: reportedId = null, roomId = null, roomKind = null } = subject;
    publishReport(core, { id: report.id, kind, userId: reportedId, roomId, roomKind });
  }
  return report;
}

async function findOwn(db: Database | Transaction, userId: number, clientId: string): Promise<CreatedReport | null> {
  const [report] = await db
    .select(created)
    .from(reports)
    .where(and(eq(reports.reporterId, userId), eq(reports.clientId, clientId)));
  return report ?? null;
}
