// What the admins of a group are shown of reports of its messages, and what they decide. It settles nothing for the server's
// moderators, so that no group hides from them what it likes to see.
import { and, eq, isNull, ne, or, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { reports } from "../../db/schema.ts";
import { newestFirst, toPage } from "../../http/pagination.ts";
import { ChatError } from "../../lib/errors.ts";
import { notFound, reportClosed } from "../../protocol/refusals.ts";
import type { GroupReport, GroupReportUpdate, ReportStatus } from "../../protocol/reports.ts";
import { removeMessage } from "../../timeline/remove-message.ts";
import { banInGroup } from "../groups/bans.ts";
import { requireMember, requirePermission } from "../groups/policy.ts";
import { changeGroup } from "../groups/service.ts";
import { actionsOf, isSameDecision } from "./decision.ts";
import { selectReports, toGroupReport } from "./queries.ts";

/** Of others' messages: an admin is not told of reports about themselves. */
const isShownTo = (userId: number, groupId: number) =>
  and(eq(reports.roomId, groupId), eq(reports.kind, "message"), or(isNull(reports.userId), ne(reports.userId, userId)));

/** Newest first. Throws `forbidden`, `not_found`. */
export async function listGroupReports(
  core: Core,
  userId: number,
  groupId: number,
  { status = "open", cursor, limit }: { status?: ReportStatus; cursor?: string; limit: number },
) {
  requirePermission(await requireMember(core.db, groupId, userId), "listReports");
  const { isPast, orderBy } = newestFirst(reports.createdAt, reports.id, cursor);
  const rows = await selectReports(core.db)
    .where(and(isShownTo(userId, groupId), eq(reports.groupStatus, status), isPast))
    .orderBy(...orderBy)
    .limit(limit + 1);
  return toPage(rows, limit, ({ report }) => [report.createdAt, report.id], toGroupReport);
}

/**
 * Closes a report for the group, and does what goes with it, both or neither. Closing one again in the same way changes nothing. Throws
 * `forbidden`, `not_found`, `closed`, `invalid`, and what a ban does.
 */
export async function closeGroupReport(
  core: Core,
  userId: number,
  groupId: number,
  reportId: number,
  input: GroupReportUpdate,
): Promise<GroupReport> {
  const { status } = input;
  const actions = actionsOf(input);
  await changeGroup(core, userId, groupId, async (change, actor) => {
    requirePermission(actor, "closeReport");
    const [report] = await change.tx
      .select()
      .from(reports)
      .where(and(isShownTo(userId, groupId), eq(reports.id, reportId)))
      .for("update");
    if (!report) throw new ChatError(notFound("report"));
    if (report.groupStatus !== "open") {
      const before = { status: report.groupStatus, by: report.groupClosedBy, actions: report.groupActions };
      if (isSameDecision(before, { status, by: userId, actions })) return;
      throw new ChatError(reportClosed);
    }
    if (actions.includes("delete_message")) {
      requirePermission(actor, "deleteOthersMessage");
      await removeMessage(change, userId, report.messageId!, core.config.search);
    }
    if (actions.includes("ban_user")) {
      await banInGroup(change, actor, report.userId!, { reason: "", until: null });
    }
    await change.tx
      .update(reports)
      .set({ groupStatus: status, groupActions: actions, groupClosedBy: userId, groupClosedAt: sql`clock_timestamp()` })
      .where(eq(reports.id, reportId));
  });
  const [row] = await selectReports(core.db).where(eq(reports.id, reportId));
  if (!row) throw new ChatError(notFound("report"));
  return toGroupReport(row);
}
