// Room keys, such as `group:9`, and what they turn into: fields of frames and paths of HTTP calls.
import { isRoomKey, type RoomKey } from "../../protocol/rooms.ts";

export type RoomKind = "conversation" | "group";
export const ROOM_KINDS: readonly RoomKind[] = ["conversation", "group"];

export function parseRoomKey(key: RoomKey): { kind: RoomKind; id: number } {
  const [kind, id] = key.split(":");
  return { kind: kind as RoomKind, id: Number(id) };
}

/** The fields by which frames name a room. */
export interface RoomFields {
  conversation_id?: number;
  group_id?: number;
}

export function fieldsOf(key: RoomKey): RoomFields {
  const { kind, id } = parseRoomKey(key);
  return { [`${kind}_id`]: id };
}

/** Null for a frame that is about no room of a known kind. */
export function roomKeyOf({ conversation_id, group_id }: RoomFields): RoomKey | null {
  const key = conversation_id === undefined ? `group:${group_id}` : `conversation:${conversation_id}`;
  return isRoomKey(key) ? key : null;
}

export function messagesPath(key: RoomKey): string {
  const { kind, id } = parseRoomKey(key);
  return kind === "group" ? `/groups/${id}/messages` : `/messages/${id}`;
}
