// Sending, reading, editing and deleting messages, in conversations and groups alike. HTTP and sockets both call it.

import type { Core } from "../../core.ts";
import type { Database, Transaction } from "../../db/client.ts";
import { ChatError, invalid } from "../../lib/errors.ts";
import { trimmedText } from "../../lib/validation.ts";
import { BODY_LIMIT, PAGE_LIMIT } from "../../protocol/limits.ts";
import type { Message, MessageEdit, NewMessage } from "../../protocol/messages.ts";
import { ambiguousPage, cannotWrite, muted, notFound } from "../../protocol/refusals.ts";
import type { Room, RoomKind } from "../../protocol/rooms.ts";
import type { Session } from "../../sessions/sessions.ts";
import { toMessage } from "../../timeline/events.ts";
import { listMessagesAround, listMessages as listRows, type PagePosition } from "../../timeline/history.ts";
import type { Appended } from "../../timeline/pending-message.ts";
import { requireUnblocked } from "../blocks/policy.ts";
import { requirePeer } from "../conversations/service.ts";
import { explainForbidden, requireMember } from "../groups/policy.ts";
import { readMarkdown } from "./format.ts";
import { isPlain, toMessageData } from "./message-data.ts";

/**
 * Stores a message and publishes it; resolves after the commit. Messages of the same caller stay in the order of the calls; `socket`
 * is given where the order on a socket matters. Throws `invalid` and `slow_down` before it returns, so that a later message can't
 * overtake one that was refused; rejects with `unavailable`, and with what the database decides: `not_found`, `muted`, `blocked`,
 * `forbidden`.
 */
export function sendMessage(
  core: Core,
  session: Session,
  to: Room,
  input: NewMessage,
  socket?: object,
): Promise<{ message: Message; repeated: boolean }> {
  core.limits.send(session.userId);
  const body = trimmedText("body", input.body, BODY_LIMIT, { minLength: input.attachments ? 0 : 1 });
  const appended = core.timeline.append({
    roomId: to.id,
    kind: to.kind,
    senderId: session.userId,
    senderName: session.username,
    body,
    data: isPlain(input) ? undefined : toMessageData(body, input),
    clientId: input.client_id?.toLowerCase() ?? Bun.randomUUIDv7(),
    socket,
  });
  return answerSent(core, session.userId, to, appended);
}

async function answerSent(core: Core, userId: number, to: Room, appended: Promise<Appended>) {
  const { message, repeated } = await (to.kind === "direct"
    ? appended
    : appended.catch((error) => explainForbidden(core.db, to.id, userId, error)));
  return { message: toMessage(to.kind, message), repeated };
}

/**
 * A page of history, oldest first; `next_cursor` is the id for `before`, or with `after` the one for `after`. Around a message
 * `previous_cursor` is the id for `after`. Throws `not_found` also for a message that is not there.
 */
export async function listMessages(
  core: Core,
  userId: number,
  kind: RoomKind,
  roomId: number,
  query: { page?: number; limit?: number; before?: number; after?: number; around?: number; cursor?: number },
) {
  await requireReader(core, userId, { kind, id: roomId });
  const given = [query.page, query.before, query.after, query.around].filter((value) => value !== undefined);
  if (given.length > 1) throw new ChatError(ambiguousPage);
  const { page = 0, after, before, around, cursor, limit = PAGE_LIMIT } = query;
  if (around !== undefined && cursor === undefined) return listAround(core, userId, kind, roomId, around, limit);
  const at: PagePosition =
    after !== undefined
      ? { after: cursor ?? after }
      : (cursor ?? before) !== undefined
        ? { before: (cursor ?? before)! }
        : { page };
  const { rows, more } = await listRows(core.db, roomId, userId, at, limit);
  const edge = "after" in at ? rows.at(-1) : rows[0];
  return { data: rows.map((row) => toMessage(kind, row)), next_cursor: more && edge ? String(edge.id) : null };
}

async function listAround(
  { db }: Core,
  userId: number,
  kind: RoomKind,
  roomId: number,
  messageId: number,
  limit: number,
) {
  const page = await listMessagesAround(db, roomId, userId, messageId, limit);
  if (!page) throw new ChatError(notFound("message"));
  const { rows, older, newer } = page;
  return {
    data: rows.map((row) => toMessage(kind, row)),
    next_cursor: older ? String(rows[0]!.id) : null,
    previous_cursor: newer ? String(rows.at(-1)!.id) : null,
  };
}

/**
 * Replaces the text of one's own message, with its formatting and mentions, and takes files out of it. Throws `not_found`, `forbidden`, `muted`, `blocked`,
 * `message_deleted`, `invalid`.
 */
export async function editMessage(
  core: Core,
  userId: number,
  kind: RoomKind,
  roomId: number,
  messageId: number,
  edit: MessageEdit,
): Promise<Message> {
  const given = edit.body ?? edit.content;
  if (given === undefined) throw invalid("body", "is missing");
  const room = { id: roomId, kind };
  const input = { body: given, entities: edit.entities };
  const { body: text, entities } =
    edit.format === undefined ? input : await readMarkdown(core, room, { ...input, format: edit.format });
  const { attachments } = edit;
  // Left out, the message keeps its files: whether it has any is known where it is changed.
  const body = trimmedText("body", text, BODY_LIMIT, { minLength: attachments?.length === 0 ? 1 : 0 });
  const data = toMessageData(body, { body: text, entities, attachments });
  core.limits.send(userId);
  return toMessage(kind, await core.timeline.change({ kind: "message.updated", room, userId, messageId, body, data }));
}

/** Empties a message: one's own, or in a group anyone's by an admin or the owner. Doing it twice changes nothing. */
export async function deleteMessage(
  core: Core,
  userId: number,
  kind: RoomKind,
  roomId: number,
  messageId: number,
): Promise<Message> {
  core.limits.send(userId);
  const room = { id: roomId, kind };
  return toMessage(kind, await core.timeline.change({ kind: "message.deleted", room, userId, messageId }));
}

/** Throws unless the user may read the room's messages: `not_found`, `forbidden`. */
export async function requireReader({ db }: Core, userId: number, { kind, id }: Room): Promise<void> {
  if (kind === "direct") await requirePeer(db, id, userId);
  else await requireMember(db, id, userId);
}

/** Throws unless the user may post in the room: a member who isn't muted, or a person of a conversation without a block. */
export async function requireCanPost(db: Database | Transaction, room: Room, userId: number): Promise<void> {
  if (room.kind === "group") {
    const { isMuted } = await requireMember(db, room.id, userId);
    if (isMuted) throw new ChatError(muted);
    return;
  }
  const peerId = await requirePeer(db, room.id, userId);
  await requireUnblocked(db, userId, peerId).catch((error) => {
    const hidden = error instanceof ChatError && error.code === "not_found";
    throw hidden ? new ChatError(cannotWrite) : error;
  });
}
