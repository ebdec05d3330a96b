// What a report is about, as it stands: what the reporter can see, or could when they were in its room.
import { and, eq, exists, or, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import type { Transaction } from "../../db/client.ts";
import {
  events,
  formerMembers,
  groups,
  members,
  messageKinds,
  type ReportedExtras,
  type reports,
  rooms,
} from "../../db/schema.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import type { Attachment } from "../../protocol/files.ts";
import { cannotReportSelf, messageDeleted, notFound } from "../../protocol/refusals.ts";
import type { NewReport } from "../../protocol/reports.ts";
import { getPerson } from "../users/people.ts";

type Subject = Pick<
  typeof reports.$inferInsert,
  "kind" | "userId" | "messageId" | "roomId" | "roomKind" | "groupName" | "body" | "data"
>;

/** Throws `invalid`, `not_found`, `message_deleted`, `bad_request` for oneself. */
export async function findSubject(core: Core, tx: Transaction, userId: number, input: NewReport): Promise<Subject> {
  const { message_id: messageId, user_id: reportedId, group_id: groupId } = input;
  if ([messageId, reportedId, groupId].filter((id) => id !== undefined).length !== 1)
    throw invalid("message_id", "give one of message_id, user_id and group_id");
  if (messageId !== undefined) return findMessage(tx, userId, messageId);
  if (reportedId !== undefined) return findPerson(core, userId, reportedId);
  return findGroup(tx, userId, groupId!);
}

async function findPerson(core: Core, userId: number, reportedId: number): Promise<Subject> {
  if (reportedId === userId) throw new ChatError(cannotReportSelf);
  const person = await getPerson(core, userId, String(reportedId));
  if (person.deleted) throw new ChatError(notFound("user"));
  return { kind: "user", userId: person.id };
}

async function findGroup(tx: Transaction, userId: number, groupId: number): Promise<Subject> {
  const [group] = await tx
    .select({ name: groups.name })
    .from(groups)
    .where(
      and(
        eq(groups.roomId, groupId),
        or(eq(groups.isPrivate, false), isMember(tx, userId, groups), wasMember(tx, userId, groups)),
      ),
    );
  if (!group) throw new ChatError(notFound("group"));
  return { kind: "group", roomId: groupId, roomKind: "group", groupName: group.name };
}

async function findMessage(tx: Transaction, userId: number, messageId: number): Promise<Subject> {
  const [message] = await tx
    .select({
      roomId: events.roomId,
      roomKind: rooms.kind,
      groupName: groups.name,
      senderId: events.actorId,
      body: events.body,
      data: events.data,
      deletedAt: events.deletedAt,
    })
    .from(events)
    .innerJoin(rooms, eq(rooms.id, events.roomId))
    .leftJoin(groups, eq(groups.roomId, events.roomId))
    .where(
      and(
        eq(events.id, messageId),
        eq(events.kind, "message"),
        or(isMember(tx, userId, events), and(wasMember(tx, userId, events), leftLater(userId))),
      ),
    );
  if (!message || (message.roomKind === "group" && message.groupName === null))
    throw new ChatError(notFound("message"));
  if (message.senderId === userId) throw new ChatError(cannotReportSelf);
  if (message.deletedAt) throw new ChatError(messageDeleted);
  const { roomId, roomKind, groupName, senderId, body, data } = message;
  return { kind: "message", messageId, userId: senderId, roomId, roomKind, groupName, body, data: extrasOf(data) };
}

const isMember = (tx: Transaction, userId: number, { roomId }: Pick<typeof events | typeof groups, "roomId">) =>
  exists(
    tx
      .select({ one: sql`1` })
      .from(members)
      .where(and(eq(members.roomId, roomId), eq(members.userId, userId))),
  );

const wasMember = (tx: Transaction, userId: number, { roomId }: Pick<typeof events | typeof groups, "roomId">) =>
  exists(
    tx
      .select({ one: sql`1` })
      .from(formerMembers)
      .where(and(eq(formerMembers.roomId, roomId), eq(formerMembers.userId, userId))),
  );

/** Whether the user left the group after the message; members see all that was said before they came. */
const leftLater = (userId: number) => sql`exists (
  select from ${events} l
  where l.room_id = ${events.roomId} and l.seq > ${events.seq} and l.kind not in (${messageKinds})
    and l.kind = 'member.left' and (l.data ->> 'user_id')::bigint = ${userId})`;

function extrasOf(stored: unknown): ReportedExtras | null {
  const { entities, attachments } = (stored ?? {}) as {
    entities?: ReportedExtras["entities"];
    attachments?: Attachment[];
  };
  if (!entities && !attachments) return null;
  return {
    ...(entities && { entities }),
    ...(attachments && { attachments: attachments.map(({ kind, name }) => ({ kind, name })) }),
  };
}
