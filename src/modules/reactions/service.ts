// Reactions to messages, in conversations and groups alike.
import { and, desc, eq, lt } from "drizzle-orm";
import type { Core } from "../../core.ts";
import { personSeenBy, toPerson } from "../../db/people.ts";
import { reactions, users } from "../../db/schema.ts";
import { readCursor, toPage } from "../../http/pagination.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { PAGE_LIMIT } from "../../protocol/limits.ts";
import type { MessageReactions, ReactionKind, Reactor } from "../../protocol/reactions.ts";
import { notFound } from "../../protocol/refusals.ts";
import type { Room } from "../../protocol/rooms.ts";
import { isEmoji } from "../../protocol/text.ts";
import { findMessages } from "../../timeline/history.ts";
import { requireReader } from "../messages/service.ts";

/**
 * Puts an emoji on a message, or takes it back; doing it twice changes nothing. Resolves after the commit with the reactions that the
 * message has then. Throws `invalid`, `slow_down`, `not_found`, `forbidden`, `muted`, `blocked`, `message_deleted`.
 */
export async function react(
  core: Core,
  userId: number,
  room: Room,
  kind: ReactionKind,
  messageId: number,
  emoji: string,
): Promise<MessageReactions> {
  requireEmoji(emoji);
  core.limits.react(userId);
  await core.timeline.react({ kind, room, userId, messageId, emoji });
  const [message] = await findMessages(core.db, [messageId], userId);
  return { message_id: messageId, reactions: message?.extras?.reactions ?? [] };
}

/** Who has reacted to a message, newest first. Throws `not_found`, `forbidden`, `invalid`, and `bad_request` for an unknown cursor. */
export async function listReactions(
  core: Core,
  userId: number,
  room: Room,
  messageId: number,
  query: { emoji?: string; cursor?: string; limit?: number },
) {
  await requireReader(core, userId, room);
  if (query.emoji !== undefined) requireEmoji(query.emoji);
  const [message] = await findMessages(core.db, [messageId], userId);
  if (message?.roomId !== room.id) throw new ChatError(notFound("message"));
  const limit = query.limit ?? PAGE_LIMIT;
  const before = readCursor(query.cursor, "id")?.[0];
  const rows = await core.db
    .select({ person: personSeenBy(userId), emoji: reactions.emoji, seq: reactions.seq, at: reactions.createdAt })
    .from(reactions)
    .innerJoin(users, eq(users.id, reactions.userId))
    .where(
      and(
        eq(reactions.roomId, room.id),
        eq(reactions.eventId, messageId),
        query.emoji === undefined ? undefined : eq(reactions.emoji, query.emoji),
        before === undefined ? undefined : lt(reactions.seq, Number(before)),
      ),
    )
    .orderBy(desc(reactions.seq))
    .limit(limit + 1);
  return toPage(
    rows,
    limit,
    ({ seq }) => [seq],
    ({ person, emoji, at }): Reactor => ({ user: toPerson(person), emoji, at }),
  );
}

function requireEmoji(emoji: string) {
  if (!isEmoji(emoji)) throw invalid("emoji", "must be one emoji");
}
