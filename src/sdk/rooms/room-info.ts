// What a list of rooms shows of each.
import { nameOf } from "../features/people.ts";
import type { Conversation, Group, RoomKey } from "../wire.ts";
import type { MessageState } from "./message.ts";

/** The user's own messages in a room that the server has not stored. */
export interface UnsentSummary {
  /** How many are in the queue. */
  waiting: number;
  /** How many were refused, to be sent again or discarded. */
  failed: number;
  /** The text of the newest of both, or the names of its files; null for none. */
  last: string | null;
}

export const NOTHING_UNSENT: UnsentSummary = { waiting: 0, failed: 0, last: null };

interface Listed {
  key: RoomKey;
  /** The name that the other person is shown under, or the group's. */
  title: string;
  /** How far the last message has come. */
  last_message_state: MessageState | null;
  unsent: UnsentSummary;
}

/** The server's conversation or group, kept up to date by events. */
export type RoomInfo = (Listed & { kind: "conversation" } & Conversation) | (Listed & { kind: "group" } & Group);

export type RoomRow = Conversation | Group;

export function toInfo(key: RoomKey, row: RoomRow): RoomInfo {
  const own = { key, last_message_state: null, unsent: NOTHING_UNSENT };
  return key.startsWith("group")
    ? { kind: "group", title: (row as Group).name, ...own, ...(row as Group) }
    : { kind: "conversation", title: nameOf((row as Conversation).peer), ...own, ...(row as Conversation) };
}

/** Newest activity first, as the server orders rooms; by its clock alone. */
export const byActivity = (a: RoomInfo, b: RoomInfo) =>
  a.last_activity_at === b.last_activity_at ? b.id - a.id : a.last_activity_at < b.last_activity_at ? 1 : -1;
