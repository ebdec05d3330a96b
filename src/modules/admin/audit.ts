// Reading the audit log: pages of it, and all of it as a file that is written while it is read.
import { aliasedTable, and, desc, eq, gte, lt, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { personColumns, toPerson } from "../../db/people.ts";
import { auditLog, groups, users } from "../../db/schema.ts";
import { readCursor, toPage } from "../../http/pagination.ts";
import { isoFromText } from "../../lib/time.ts";
import type { AuditFilter, AuditRecord } from "../../protocol/admin.ts";
import { PAGE_LIMIT } from "../../protocol/limits.ts";
import { DELETED_NAME } from "../../protocol/users.ts";

/** Rows of the export that are read at a time. */
const SLICE = 500;

const actors = aliasedTable(users, "actors");

/** Newest first. Throws `bad_request`. */
export async function listAudit(
  { db }: Pick<Core, "db">,
  { cursor, limit = PAGE_LIMIT, ...filter }: AuditFilter & { cursor?: string; limit?: number },
) {
  const after = readCursor(cursor, "id")?.[0];
  const rows = await readEntries(db, filter, after === undefined ? null : Number(after), limit + 1);
  return toPage(rows, limit, ({ entry }) => [entry.id], toRecord);
}

/** All of it, newest first, as pieces of a file; the database is asked for the next ones when those before are on their way. */
export async function* exportAudit(
  { db }: Pick<Core, "db">,
  filter: AuditFilter,
  format: "csv" | "ndjson",
): AsyncGenerator<string> {
  if (format === "csv") yield `${COLUMNS.join(",")}\r\n`;
  const toLine = format === "csv" ? toCsv : (record: AuditRecord) => `${JSON.stringify(record)}\n`;
  for (let before: number | null = null; ; ) {
    const rows = await readEntries(db, filter, before, SLICE);
    if (rows.length > 0) yield rows.map((row) => toLine(toRecord(row))).join("");
    if (rows.length < SLICE) return;
    before = rows.at(-1)!.entry.id;
  }
}

const readEntries = (db: Core["db"], filter: AuditFilter, before: number | null, limit: number) =>
  db
    .select({
      entry: auditLog,
      actor: personColumns(actors),
      user: personColumns(users),
      groupName: groups.name,
    })
    .from(auditLog)
    .leftJoin(actors, eq(actors.id, auditLog.actorId))
    .leftJoin(users, eq(users.id, auditLog.userId))
    .leftJoin(groups, eq(groups.roomId, auditLog.groupId))
    .where(
      and(
        before === null ? undefined : lt(auditLog.id, before),
        filter.event === undefined ? undefined : sql`${auditLog.event} = ${filter.event}`,
        filter.actor === undefined ? undefined : eq(auditLog.actorId, filter.actor),
        filter.user === undefined ? undefined : eq(auditLog.userId, filter.user),
        filter.from === undefined ? undefined : gte(auditLog.at, isoFromText(filter.from)),
        filter.to === undefined ? undefined : lt(auditLog.at, isoFromText(filter.to)),
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(limit);

type Row = Awaited<ReturnType<typeof readEntries>>[number];

function toRecord({ entry, actor, user, groupName }: Row): AuditRecord {
  const person = (id: number, row: Row["user"]) => (row ? toPerson(row) : { id, username: DELETED_NAME });
  return {
    id: entry.id,
    at: entry.at,
    event: entry.event,
    ...(entry.actorId !== null && { actor: person(entry.actorId, actor) }),
    ...(entry.userId !== null && { user: person(entry.userId, user) }),
    ...(entry.groupId !== null && { group: { id: entry.groupId, ...(groupName !== null && { name: groupName }) } }),
    ...(entry.messageId !== null && { message_id: entry.messageId }),
    ...(entry.address !== null && { address: entry.address }),
    ...(entry.details !== null && { details: entry.details }),
  };
}

const COLUMNS = [
  ...["id", "at", "event", "actor_id", "actor", "user_id", "user", "group_id", "group", "message_id", "address"],
  ...["reason", "details"],
];

function toCsv({ id, at, event, actor, user, group, message_id, address, details }: AuditRecord): string {
  const { reason, ...others } = details ?? {};
  const fields = [
    ...[
      id,
      at,
      event,
      actor?.id,
      actor?.username,
      user?.id,
      user?.username,
      group?.id,
      group?.name,
      message_id,
      address,
    ],
    ...[reason, Object.keys(others).length > 0 ? JSON.stringify(others) : undefined],
  ];
  return `${fields.map(toField).join(",")}\r\n`;
}

/** A field by RFC 4180; a text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function toField(value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "number" ? String(value) : String(value).replace(/^(?=[\s]*[=+\-@\t\r\n])/, "'");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
