// Edits that were begun and not saved, one a room, so that a look into another room does not lose them. They end with the page.
import type { RoomKey, RoomMessage } from "../../../sdk/index.ts";

export interface Edit {
  message: RoomMessage;
  text: string;
}

const edits = new Map<string, Edit>();

const keyOf = (userId: number, room: RoomKey) => `${userId} ${room}`;

export const readEdit = (userId: number, room: RoomKey) => edits.get(keyOf(userId, room)) ?? null;

/** Null forgets it. */
export function writeEdit(userId: number, room: RoomKey, edit: Edit | null) {
  if (edit) edits.set(keyOf(userId, room), edit);
  else edits.delete(keyOf(userId, room));
}
