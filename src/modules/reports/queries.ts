// Reports as they are read: with the people in them as they are now, and what was reported as it was.
import { aliasedTable, and, eq, isNotNull } from "drizzle-orm";
import type { Database, Transaction } from "../../db/client.ts";
import { personColumns, toPerson } from "../../db/people.ts";
import { events, reports, users } from "../../db/schema.ts";
import type { GroupReport, Report, ReportedMessage } from "../../protocol/reports.ts";
import { roomTopic } from "../../protocol/rooms.ts";

const reporters = aliasedTable(users, "reporter");
const closers = aliasedTable(users, "closer");
const groupClosers = aliasedTable(users, "group_closer");

export const selectReports = (db: Database | Transaction) =>
  db
    .select({
      report: reports,
      // (The row of a message stays when it is deleted, unless the whole room goes.)
      standing: events.id,
      subject: personColumns(users),
      reporter: personColumns(reporters),
      closer: personColumns(closers),
      groupCloser: personColumns(groupClosers),
    })
    .from(reports)
    .leftJoin(users, eq(users.id, reports.userId))
    .leftJoin(reporters, eq(reporters.id, reports.reporterId))
    .leftJoin(closers, eq(closers.id, reports.closedBy))
    .leftJoin(groupClosers, eq(groupClosers.id, reports.groupClosedBy))
    .leftJoin(events, and(eq(events.id, reports.messageId), isNotNull(events.body)))
    .$dynamic();

export type ReportRow = Awaited<ReturnType<typeof selectReports>>[number];

const personOf = (row: ReportRow["subject"]) => (row ? toPerson(row) : null);

const messageOf = ({ report, subject, standing }: ReportRow): ReportedMessage => ({
  id: report.messageId!,
  room: roomTopic(report.roomKind!, report.roomId!),
  sender: toPerson(subject!),
  body: report.body ?? "",
  ...report.data,
  ...(standing === null && { deleted: true as const }),
});

const fieldsOf = (row: ReportRow) => {
  const { id, kind, reason, comment, createdAt } = row.report;
  return { id, kind, reason, comment, created_at: createdAt, ...(kind === "message" && { message: messageOf(row) }) };
};

/** For the admins of the group that the message is of. */
export const toGroupReport = (row: ReportRow): GroupReport => ({
  ...fieldsOf(row),
  status: row.report.groupStatus,
  closed_by: personOf(row.groupCloser),
  closed_at: row.report.groupClosedAt,
});

/** For moderators. */
export function toReport(row: ReportRow): Report {
  const { kind, roomId, roomKind, groupName, status, closedAt, groupStatus } = row.report;
  return {
    ...fieldsOf(row),
    ...(kind === "user" && { user: toPerson(row.subject!) }),
    ...(roomKind === "group" && { group: { id: roomId!, name: groupName! } }),
    status,
    reporter: personOf(row.reporter),
    closed_by: personOf(row.closer),
    closed_at: closedAt,
    ...(kind === "message" && roomKind === "group" && { group_status: groupStatus }),
  };
}
