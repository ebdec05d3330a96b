// Unsent text by user and room. Drafts survive reloads and an expired session, but not a logout.
import type { RoomKey } from "../../../sdk/index.ts";
import { scoped } from "./base.ts";
import { storage } from "./storage.ts";

const prefixOf = (userId: number) => `${scoped("chat draft")} ${userId} `;

export const readDraft = (userId: number, room: RoomKey) => storage.getItem(prefixOf(userId) + room) ?? "";

/** Calls the listener with each draft that another tab writes. Returns a function that ends this. */
export function onDraft(userId: number, room: RoomKey, listener: (text: string) => void): () => void {
  const onStorage = ({ key, newValue }: StorageEvent) => {
    if (key === prefixOf(userId) + room) listener(newValue ?? "");
  };
  addEventListener("storage", onStorage);
  return () => removeEventListener("storage", onStorage);
}

/** An empty text deletes the draft. */
export function writeDraft(userId: number, room: RoomKey, text: string) {
  const key = prefixOf(userId) + room;
  if (text.trim() === "") storage.removeItem(key);
  else storage.setItem(key, text);
}

export function deleteDrafts(userId: number) {
  for (const key of storage.keys()) if (key.startsWith(prefixOf(userId))) storage.removeItem(key);
}
