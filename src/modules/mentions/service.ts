// The inbox of mentions and replies.
import { and, desc, eq, inArray, ne, notExists, sql } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { personSeenBy, toPerson } from "../../db/people.ts";
import { blocks, events, reactions, users } from "../../db/schema.ts";
import { readCursor, toPage } from "../../http/pagination.ts";
import type { MentionKind } from "../../protocol/entities.ts";
import { PAGE_LIMIT } from "../../protocol/limits.ts";
import type { Mention } from "../../protocol/mentions.ts";
import type { Reactor } from "../../protocol/reactions.ts";
import { type RoomKind, roomTopic } from "../../protocol/rooms.ts";
import { toMessage } from "../../timeline/events.ts";
import { findMessages } from "../../timeline/history.ts";

interface MentionRow {
  /** Of the message, or of the newest reaction to it. */
  sort_id: number;
  event_id: number;
  room_id: number;
  room_kind: RoomKind;
  kind: MentionKind;
}

/**
 * Messages that mention the user or reply to them, and their own that others reacted to, newest first: in rooms that are theirs, of people whom they do not block. What
 * was said to all before they joined is not for them. Throws `bad_request` for an unknown cursor.
 */
export async function listMentions(
  core: Core,
  userId: number,
  query: { cursor?: string; limit?: number; kind?: MentionKind },
) {
  const limit = query.limit ?? PAGE_LIMIT;
  const before = Number(readCursor(query.cursor, "id")?.[0] ?? Number.MAX_SAFE_INTEGER);
  const kind = query.kind ?? null;
  // A page of each room's own is enough for a page of all.
  const rows = await core.sql<MentionRow[]>`
    select distinct on (t.sort_id) t.sort_id, t.event_id, m.room_id, r.kind as room_kind, t.kind
    from members m
    join rooms r on r.id = m.room_id
    cross join lateral (
      (${ofOne(userId)} order by t.seq desc limit ${limit + 1}) union all (${ofOne(0)} order by t.seq desc limit ${limit + 1})
    ) t
    join events e on e.id = t.event_id
    where m.user_id = ${userId} and (t.user_id <> 0 or e.created_at >= m.joined_at)
    order by t.sort_id desc, t.user_id desc
    limit ${limit + 1}`;
  const page = toPage(
    rows,
    limit,
    ({ sort_id }) => [sort_id],
    (row) => row,
  );
  const ids = page.data.map(({ event_id }) => event_id);
  const found = ids.length > 0 ? await findMessages(core.db, ids, userId) : [];
  const messages = new Map(found.map((message) => [message.id, message]));
  const reacted = page.data.flatMap(({ kind, event_id }) => (kind === "reaction" ? [event_id] : []));
  const newest = await newestReactions(core, userId, reacted);
  return {
    ...page,
    data: page.data.flatMap(({ event_id, room_id, room_kind, kind }): Mention[] => {
      const message = messages.get(event_id);
      if (!message) return [];
      const reaction = newest.get(event_id);
      const room = roomTopic(room_kind, room_id);
      return [{ kind, room, message: toMessage(room_kind, message), ...(reaction && { reaction }) }];
    }),
  };

  function ofOne(target: number) {
    return core.sql`
      select coalesce(t.reaction_id, t.event_id) as sort_id, t.* from mentions t
      where t.user_id = ${target} and t.room_id = m.room_id and t.actor_id <> ${userId}
        and coalesce(t.reaction_id, t.event_id) < ${before} and (${kind}::text is null or t.kind = ${kind})
        and not exists (select 1 from blocks b where b.blocker_id = ${userId} and b.blocked_id = t.actor_id)`;
  }
}

/** By message: the newest of those that others whom the user does not block have put on it. */
async function newestReactions(core: Core, userId: number, messageIds: number[]): Promise<Map<number, Reactor>> {
  if (messageIds.length === 0) return new Map();
  const rows = await core.db
    .selectDistinctOn([reactions.eventId], {
      eventId: reactions.eventId,
      emoji: reactions.emoji,
      at: reactions.createdAt,
      person: personSeenBy(userId),
    })
    .from(events)
    .innerJoin(reactions, and(eq(reactions.roomId, events.roomId), eq(reactions.eventId, events.id)))
    .innerJoin(users, eq(users.id, reactions.userId))
    .where(
      and(
        inArray(events.id, messageIds),
        ne(reactions.userId, userId),
        notExists(
          core.db
            .select({ one: sql`1` })
            .from(blocks)
            .where(and(eq(blocks.blockerId, userId), eq(blocks.blockedId, reactions.userId))),
        ),
      ),
    )
    .orderBy(reactions.eventId, desc(reactions.seq));
  return new Map(rows.map(({ eventId, emoji, at, person }) => [eventId, { user: toPerson(person), emoji, at }]));
}
