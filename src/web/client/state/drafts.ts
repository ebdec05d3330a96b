// What was typed and not sent, by user and room. It outlives reloads and the end of a session, but not a logout.
import type { RoomKey } from "../../../sdk/index.ts";

const prefixOf = (userId: number) => `chat draft ${userId} `;

export const readDraft = (userId: number, room: RoomKey) => localStorage.getItem(prefixOf(userId) + room) ?? "";

/** Empty forgets. A storage that is full costs no more than the draft. */
export function writeDraft(userId: number, room: RoomKey, text: string) {
  const key = prefixOf(userId) + room;
  try {
    if (text.trim() === "") localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // Goes on without.
  }
}

export function forgetDrafts(userId: number) {
  for (const key of Object.keys(localStorage)) if (key.startsWith(prefixOf(userId))) localStorage.removeItem(key);
}
