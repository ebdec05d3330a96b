// Reads the timeline: single messages, pages of history, and events past a position. It writes nothing.
import { aliasedTable, and, asc, desc, eq, gt, inArray, lt, lte, type SQL, sql } from "drizzle-orm";
import { unionAll } from "drizzle-orm/pg-core";
import type { Database, Transaction } from "../db/client.ts";
import { events, members, messageKinds, rooms, users } from "../db/schema.ts";
import { GROUP_CHANGE_KINDS } from "../protocol/index.ts";
import { type RoomEvent, type StoredEvent, toRoomEvent } from "./events.ts";
import { type MessageRow, messageColumns } from "./message-row.ts";

const selectMessages = (db: Database | Transaction, viewerId: number | null, where: SQL | undefined) =>
  db
    .select(messageColumns(events, users, viewerId))
    .from(events)
    .innerJoin(users, eq(users.id, events.actorId))
    .where(and(eq(events.kind, "message"), where));

/** The messages with these ids, in no order, as `viewerId` is shown them (null: everybody). */
export const findMessages = (db: Database, ids: number[], viewerId: number | null): Promise<MessageRow[]> =>
  selectMessages(db, viewerId, inArray(events.id, ids));

export type PagePosition = { before: number } | { after: number } | { page: number };

/**
 * A page of a room's messages, oldest first. `before` and `after` are message ids and cost the same at any depth; `page`
 * counts from the newest. `more` says whether there is anything further in that direction.
 */
export async function listMessages(
  db: Database,
  roomId: number,
  viewerId: number,
  at: PagePosition,
  limit: number,
): Promise<{ rows: MessageRow[]; more: boolean }> {
  const forward = "after" in at;
  const rows = await selectMessages(db, viewerId, and(eq(events.roomId, roomId), beyond(roomId, at)))
    .orderBy(forward ? asc(events.seq) : desc(events.seq))
    .limit(limit + 1)
    .offset("page" in at ? at.page * limit : 0);
  const more = rows.length > limit;
  if (more) rows.pop();
  if (!forward) rows.reverse();
  return { rows, more };
}

/**
 * A page with the message in its middle, oldest first: it, what comes before it and, up to half of the page, what comes after it. Null
 * when there is no such message in the room. `older` and `newer` say whether there is anything further in either direction.
 */
export async function listMessagesAround(
  db: Database,
  roomId: number,
  viewerId: number,
  messageId: number,
  limit: number,
): Promise<{ rows: MessageRow[]; older: boolean; newer: boolean } | null> {
  const after = Math.floor(limit / 2);
  const before = limit - after;
  const { id, seq } = events;
  const isMessage = and(eq(events.roomId, roomId), eq(events.kind, "message"));
  const middle = sql`(select m.seq from ${events} m where m.id = ${messageId} and m.room_id = ${roomId} and m.kind = 'message')`;
  const upTo = db
    .select({ id, seq })
    .from(events)
    .where(and(isMessage, lte(seq, middle)))
    .orderBy(desc(seq))
    .limit(before + 1);
  const past = db
    .select({ id, seq })
    .from(events)
    .where(and(isMessage, gt(seq, middle)))
    .orderBy(asc(seq))
    .limit(after + 1);
  // (A union of sub-selects: each keeps its own order and limit.)
  const found = unionAll(db.select().from(upTo.as("up_to")), db.select().from(past.as("past"))).as("found");
  const rows = await selectMessages(db, viewerId, sql`true`)
    .innerJoin(found, eq(found.id, events.id))
    .orderBy(asc(events.seq));
  const at = rows.findIndex((row) => row.id === messageId);
  if (at < 0) return null;
  const [older, newer] = [at + 1 > before, rows.length - 1 - at > after];
  return { rows: rows.slice(older ? 1 : 0, newer ? -1 : undefined), older, newer };
}

/** The condition for where a page starts. An id that is not of this room has no position: the page is empty. */
function beyond(roomId: number, at: PagePosition): SQL | undefined {
  if ("page" in at) return undefined;
  const id = "after" in at ? at.after : at.before;
  const seqOf = sql`(select seq from ${events} m where m.id = ${id} and m.room_id = ${roomId})`;
  return "after" in at ? gt(events.seq, seqOf) : lt(events.seq, seqOf);
}

const message = aliasedTable(events, "message");
const author = aliasedTable(users, "author");

/** Events of these rooms with an id past `afterId`, in order: what a lost response may have left unpublished. */
export async function listEventsAfterId(
  db: Database | Transaction,
  roomIds: number[],
  afterId: number,
): Promise<RoomEvent[]> {
  const rows = await selectEvents(db)
    .where(and(inArray(events.roomId, roomIds), gt(events.id, afterId)))
    .orderBy(asc(events.id));
  return rows.map((row) => toRoomEvent(row as StoredEvent));
}

const selectEvents = (db: Database | Transaction) =>
  db
    .select({
      id: events.id,
      seq: events.seq,
      kind: events.kind,
      data: events.data,
      createdAt: events.createdAt,
      actorName: sql<string>`coalesce(${author.username}, '')`,
      room: { id: rooms.id, kind: rooms.kind },
      message: messageColumns(message, author, null),
    })
    .from(events)
    .innerJoin(rooms, eq(rooms.id, events.roomId))
    .leftJoin(
      message,
      eq(message.id, sql`case ${events.kind} when 'message' then ${events.id} else ${events.targetId} end`),
    )
    .leftJoin(author, eq(author.id, sql`coalesce(${message.actorId}, ${events.actorId})`))
    .$dynamic();

// As the index events_group_changes has it, and without what is about messages as well.
const isGroupChange = and(sql`${events.kind} not in (${messageKinds})`, inArray(events.kind, GROUP_CHANGE_KINDS));

/**
 * The newest changes of a group that are not about messages, between two positions (both excluded), oldest first. `more` says
 * whether there are older ones.
 */
export async function listGroupChanges(
  db: Database,
  roomId: number,
  { after, before }: { after?: number; before?: number },
  limit: number,
): Promise<{ changes: RoomEvent[]; more: boolean }> {
  const above = after === undefined ? undefined : gt(events.seq, after);
  const below = before === undefined ? undefined : lt(events.seq, before);
  const rows = await selectEvents(db)
    .where(and(eq(events.roomId, roomId), isGroupChange, above, below))
    .orderBy(desc(events.seq))
    .limit(limit + 1);
  const changes = rows
    .slice(0, limit)
    .reverse()
    .map((row) => toRoomEvent(row as StoredEvent));
  return { changes, more: rows.length > limit };
}

/** Those of these rooms that no longer exist: every room has members for as long as it exists. */
export async function listDeletedRooms(db: Database | Transaction, roomIds: number[]): Promise<Set<number>> {
  const alive = await db.selectDistinct({ id: members.roomId }).from(members).where(inArray(members.roomId, roomIds));
  return new Set(roomIds).difference(new Set(alive.map(({ id }) => id)));
}
