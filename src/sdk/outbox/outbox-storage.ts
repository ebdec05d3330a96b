// Unsent messages in the form in which a storage keeps them, shared by the tabs of one user.

import { isRoomKey } from "../../protocol/rooms.ts";
import type { ChatError } from "../errors.ts";
import type { PersistentStore } from "../storage.ts";
import type { RoomKey } from "../wire.ts";

export interface Unsent {
  readonly client_id: string;
  readonly room: RoomKey;
  readonly body: string;
  /** By this device's clock; for show. */
  readonly created_at: string;
  /** The order in which messages were written, over all tabs that share the storage. */
  readonly order: number;
  /** Why it was refused for good; null while it waits. */
  readonly error: ChatError | null;
}

export type Kept = Omit<Unsent, "error"> & {
  error: { code: ChatError["code"]; detail: string } | null;
  /** Whether it may have reached the server. */
  tried: boolean;
};

export const byOrder = (a: { order: number }, b: { order: number }) => a.order - b.order;

/** What is kept, in order. Whoever else writes to the storage must not be able to break the chat. */
export function readKept(storage: PersistentStore | null): Kept[] {
  const kept = storage?.read<Kept[]>("outbox");
  if (!Array.isArray(kept)) return [];
  return kept
    .filter(
      (entry) => entry && isRoomKey(entry.room) && [entry.body, entry.client_id].every((it) => typeof it === "string"),
    )
    .map((entry) => ({ ...entry, order: Number.isSafeInteger(entry.order) ? entry.order : 0 })) // Earlier versions kept none.
    .sort(byOrder);
}
