// Unsaved edits, one per room, so that switching rooms does not lose them. They end with the page.
import type { RoomKey, RoomMessage } from "../../../sdk/index.ts";

export interface Edit {
  message: RoomMessage;
  text: string;
  /** Ids of files that are to be taken out of it. */
  removed?: readonly number[];
}

/** The files that stay. */
export const keptFiles = ({ message, removed = [] }: Edit) =>
  (message.attachments ?? []).filter(({ id }) => !removed.includes(id));

const edits = new Map<string, Edit>();

const keyOf = (userId: number, room: RoomKey) => `${userId} ${room}`;

export const readEdit = (userId: number, room: RoomKey) => edits.get(keyOf(userId, room)) ?? null;

/** Null deletes it. */
export function writeEdit(userId: number, room: RoomKey, edit: Edit | null) {
  if (edit) edits.set(keyOf(userId, room), edit);
  else edits.delete(keyOf(userId, room));
}
