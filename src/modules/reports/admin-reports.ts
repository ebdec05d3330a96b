// Reports before the moderators of the server: what they are shown, and what they decide. What they do about one is done, written to the
// audit log and closed in one transaction.
import { and, eq, isNull, ne, or, sql } from "drizzle-orm";
import { type Actor, logAudit, writeAudit } from "../../audit/audit.ts";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import { groups, reports, rooms } from "../../db/schema.ts";
import { newestFirst, toPage } from "../../http/pagination.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { FOREVER } from "../../protocol/admin.ts";
import { notFound, reportClosed } from "../../protocol/refusals.ts";
import type { Report, ReportAction, ReportStatus, ReportUpdate } from "../../protocol/reports.ts";
import type { Room } from "../../protocol/rooms.ts";
import type { RoomTransaction } from "../../timeline/room-transaction.ts";
import { type AfterCommit, banUser, cleanReason } from "../admin/bans.ts";
import { deleteGroupIn, deleteMessageIn } from "../admin/content.ts";
import { actionsOf, isSameDecision } from "./decision.ts";
import { selectReports, toReport } from "./queries.ts";

type StoredReport = typeof reports.$inferSelect;
type Moderator = Actor & { id: number };

/** Nobody is shown what is about themselves, or about a group of theirs. */
const isShownTo = (userId: number) =>
  and(
    or(isNull(reports.userId), ne(reports.userId, userId)),
    sql`not (${reports.kind} = 'group' and exists (
      select from ${groups} g where g.room_id = ${reports.roomId} and g.owner_id = ${userId}))`,
  );

/** Newest first. */
export async function listReports(
  core: Core,
  userId: number,
  { status = "open", cursor, limit }: { status?: ReportStatus; cursor?: string; limit: number },
) {
  const { isPast, orderBy } = newestFirst(reports.createdAt, reports.id, cursor);
  const rows = await selectReports(core.db)
    .where(and(eq(reports.status, status), isShownTo(userId), isPast))
    .orderBy(...orderBy)
    .limit(limit + 1);
  return toPage(rows, limit, ({ report }) => [report.createdAt, report.id], toReport);
}

/**
 * Closes a report, for its group as well, and does what goes with it, all or nothing. Closing one again in the same way changes nothing.
 * Throws `not_found`, `closed`, `invalid`, and `forbidden` where a moderator acts on more than a user.
 */
export async function closeReport(
  core: Core,
  actor: Moderator,
  reportId: number,
  input: ReportUpdate,
): Promise<Report> {
  const actions = actionsOf(input);
  if (input.banned_until !== undefined && !actions.includes("ban_user"))
    throw invalid("banned_until", "goes with `ban_user` alone");
  const decision = { status: input.status, actions, reason: cleanReason(input.reason), until: input.banned_until };
  const isReport = and(eq(reports.id, reportId), isShownTo(actor.id));
  const [known] = await core.db.select().from(reports).where(isReport);
  if (!known) throw new ChatError(notFound("report"));
  requireFit(known, actions);
  const decide = async (tx: Transaction, change: RoomTransaction | null) => {
    const [report] = await tx.select().from(reports).where(isReport).for("update");
    if (!report) throw new ChatError(notFound("report"));
    return settle(core, tx, change, actor, report, decision);
  };
  const room = await findRoom(core, known, actions);
  const after = room
    ? await core.timeline.transaction(room, actor.id, (change) => decide(change.tx, change))
    : await core.db.transaction((tx) => decide(tx, null));
  for (const callback of after) callback();
  const [row] = await selectReports(core.db).where(eq(reports.id, reportId));
  if (!row) throw new ChatError(notFound("report"));
  return toReport(row);
}

/** Throws `invalid` for what can't be done about such a report. */
function requireFit({ kind, userId, roomKind }: StoredReport, actions: ReportAction[]) {
  const fits: Record<ReportAction, boolean> = {
    delete_message: kind === "message",
    delete_group: roomKind === "group",
    ban_user: userId !== null,
  };
  for (const action of actions) if (!fits[action]) throw invalid("action", `${action} does not fit this report`);
}

/** The room that is changed; null where nothing is to be deleted, or what was to be is gone with its room. */
async function findRoom(core: Core, { roomId, roomKind }: StoredReport, actions: ReportAction[]): Promise<Room | null> {
  if (roomId === null || !actions.some((action) => action !== "ban_user")) return null;
  const [room] = await core.db
    .select({ id: rooms.id })
    .from(rooms)
    .leftJoin(groups, eq(groups.roomId, rooms.id))
    .where(and(eq(rooms.id, roomId), roomKind === "group" ? eq(groups.roomId, roomId) : undefined));
  return room ? { id: roomId, kind: roomKind! } : null;
}

interface Decision {
  status: "resolved" | "dismissed";
  actions: ReportAction[];
  reason: string;
  until: string | undefined;
}

/** Under the lock of the report, and of its room where that is changed. */
async function settle(
  core: Core,
  tx: Transaction,
  change: RoomTransaction | null,
  actor: Moderator,
  report: StoredReport,
  { status, actions, reason, until = FOREVER }: Decision,
): Promise<AfterCommit[]> {
  if (report.status !== "open") {
    const before = { status: report.status, by: report.closedBy, actions: report.actions };
    if (isSameDecision(before, { status, by: actor.id, actions })) return [];
    throw new ChatError(reportClosed);
  }
  const after: AfterCommit[] = [];
  const { userId, messageId } = report;
  if (change && actions.includes("delete_message"))
    after.push(await deleteMessageIn(core, change, actor, { id: messageId!, authorId: userId! }, reason));
  if (change && actions.includes("delete_group")) after.push(await deleteGroupIn(core, change, actor, reason));
  if (actions.includes("ban_user")) after.push(await banUser(core, tx, actor, userId!, { until, reason }));
  const closing = { status, actions, closedBy: actor.id, closedAt: sql`clock_timestamp()` };
  await tx.update(reports).set(closing).where(eq(reports.id, report.id));
  // The group's admins have nothing to decide any more.
  await tx
    .update(reports)
    .set({ groupStatus: status, groupClosedAt: sql`clock_timestamp()` })
    .where(and(eq(reports.id, report.id), eq(reports.groupStatus, "open")));
  const entry = {
    event: "report_closed",
    actor,
    ...(userId !== null && { userId }),
    ...(messageId !== null && { messageId }),
    ...(report.roomKind === "group" && { groupId: report.roomId! }),
    details: { report: report.id, status, actions: actions.length > 0 ? actions : undefined, reason },
  } as const;
  await writeAudit(tx, entry);
  after.push(() => logAudit(core.log, entry));
  return after;
}
