// Rooms as everything names them: their kinds, their keys on the wire, and the topics under which frames are published. It
// imports nothing, so that clients may use it at run time.

export const ROOM_KINDS = ["direct", "group"] as const;
export type RoomKind = (typeof ROOM_KINDS)[number];

export interface Room {
  kind: RoomKind;
  id: number;
}

/** The key of a room, as `resume` and events name it: `conversation:7`, `group:9`. It is the room's topic as well. */
export type RoomKey = `conversation:${number}` | `group:${number}`;
export type RoomTopic = RoomKey;
export type Topic = RoomTopic | `user:${number}`;

/** As many digits as an id may have (2^53 - 1). */
export const ROOM_KEY_PATTERN = "^(conversation|group):[1-9][0-9]{0,15}$";
const ROOM_KEY = new RegExp(ROOM_KEY_PATTERN);
export const isRoomKey = (text: string): text is RoomKey =>
  ROOM_KEY.test(text) && Number.isSafeInteger(Number(text.slice(text.indexOf(":") + 1)));

export const roomTopic = (kind: RoomKind, roomId: number): RoomTopic =>
  kind === "direct" ? `conversation:${roomId}` : `group:${roomId}`;

export const userTopic = (userId: number): Topic => `user:${userId}`;

/** How a frame may name its room. */
export interface RoomCommand {
  conversation_id?: number;
  group_id?: number;
}

/** The field by which the data of an event names its room. */
export const roomIdField = ({ kind, id }: Room) => (kind === "direct" ? { conversation_id: id } : { group_id: id });
