// What a list of rooms shows of each, and how events change it. Pure: info in, info out.

import { UNREAD_LIMIT } from "../../protocol/limits.ts";
import type { Conversation, Group, GroupEvent, RoomKey, ServerFrame, WireMessage } from "../wire.ts";
import { isMessage, type MessageState } from "./message.ts";

/** One's own messages that the server has not stored. */
export interface UnsentSummary {
  /** So many are on their way. */
  waiting: number;
  /** So many were refused; yours to send again or to throw away. */
  failed: number;
  /** The text of the newest of both; null for none. */
  last: string | null;
}

export const NOTHING_UNSENT: UnsentSummary = { waiting: 0, failed: 0, last: null };

interface Listed {
  key: RoomKey;
  /** The other person's name, or the group's. */
  title: string;
  /** How far the last message has come. */
  last_message_state: MessageState | null;
  unsent: UnsentSummary;
}

/** The server's conversation or group, kept up to date by events. */
export type RoomInfo = (Listed & { kind: "conversation" } & Conversation) | (Listed & { kind: "group" } & Group);

export type RoomRow = Conversation | Group;

export function toInfo(row: RoomRow): RoomInfo {
  const own = { last_message_state: null, unsent: NOTHING_UNSENT };
  return "peer" in row
    ? { key: `conversation:${row.id}`, kind: "conversation", title: row.peer.username, ...own, ...row }
    : { key: `group:${row.id}`, kind: "group", title: row.name, ...own, ...row };
}

/** An event with a place in a room. */
export type RoomEvent = Extract<ServerFrame, { seq: number }>;
type MessageEvent = Extract<RoomEvent, { data: { sender_id: number } }>;
export type MemberEvent = Extract<RoomEvent, { data: { user_id: number } }>;

// By their names alone: a newer server may send more, which take their place in the room and change nothing here.
export const isMessageEvent = (event: RoomEvent): event is MessageEvent =>
  /^(group\.)?message\.(new|updated|deleted)$/.test(event.type) && isMessage(event.data as WireMessage);
export const isNewMessage = (event: MessageEvent): boolean => event.type.endsWith(".new");
export const isGroupEvent = (event: RoomEvent): event is GroupEvent =>
  event.type === "group.updated" || isMemberEvent(event);
export const isMemberEvent = (event: RoomEvent): event is MemberEvent =>
  /^group\.member\.(joined|left|role|muted|unmuted)$/.test(event.type) &&
  Number.isSafeInteger((event as MemberEvent).data.user_id);

/**
 * The info after an event. `isUnread` tells whether the user has yet to read a message; new ones up to `countedSeq` are in
 * the unread count already.
 */
export function afterEvent(
  info: RoomInfo,
  event: RoomEvent,
  meId: number,
  isUnread: (message: WireMessage) => boolean,
  countedSeq: number,
): RoomInfo {
  if (isMessageEvent(event)) return afterMessage(info, event, meId, isUnread, countedSeq);
  if (info.kind !== "group" || !isGroupEvent(event)) return { ...info, seq: event.seq };
  // What concerns one member's rights is no activity, for the server as well.
  const isActivity = !/^group\.member\.(role|muted|unmuted)$/.test(event.type);
  const group = { ...info, seq: event.seq, ...(isActivity && { last_activity_at: event.data.at }) };
  if (event.type === "group.updated") {
    const { name, description, is_private, owner_id } = event.data;
    return { ...group, title: name, name, description, is_private, owner_id };
  }
  if (!isMemberEvent(event)) return group;
  if (event.type === "group.member.joined") return { ...group, member_count: group.member_count + 1 };
  if (event.type === "group.member.left") return { ...group, member_count: group.member_count - 1 };
  if (event.data.user_id !== meId) return group;
  const { role, is_muted, muted_until } = event.data;
  return { ...group, role, is_muted, muted_until };
}

function afterMessage(
  info: RoomInfo,
  { type, seq, data }: MessageEvent,
  meId: number,
  isUnread: (message: WireMessage) => boolean,
  countedSeq: number,
): RoomInfo {
  const isNew = type.endsWith(".new") && data.seq > countedSeq;
  const isLast = isNew || info.last_message?.id === data.id;
  const counts = data.sender_id !== meId && isUnread(data);
  let unread = info.unread_count;
  if (isNew && counts && !data.deleted_at) unread = Math.min(UNREAD_LIMIT, unread + 1);
  // Once it has stopped counting, nobody knows whether one less changes it.
  else if (type.endsWith(".deleted") && counts && unread < UNREAD_LIMIT) unread = Math.max(0, unread - 1);
  const at = isNew ? data.created_at : type.endsWith(".deleted") ? data.deleted_at : data.edited_at;
  return {
    ...info,
    seq,
    ...(isLast ? { last_message: data } : {}),
    unread_count: unread,
    last_activity_at: at && at > info.last_activity_at ? at : info.last_activity_at,
  } as RoomInfo;
}

/** Newest activity first, as the server lists rooms; by its clock alone. */
export const byActivity = (a: RoomInfo, b: RoomInfo) =>
  a.last_activity_at === b.last_activity_at ? b.id - a.id : a.last_activity_at < b.last_activity_at ? 1 : -1;
