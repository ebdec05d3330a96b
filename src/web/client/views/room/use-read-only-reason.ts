// Why the user can't write in a room.
import type { Chat, RoomSnapshot } from "../../../../sdk/index.ts";
import { useStore } from "../../lib/use-store.ts";

export type ReadOnlyReason = "gone" | "muted" | "blocked" | "deleted";

/** Null where the user can write. */
export function useReadOnlyReason(chat: Chat, { info, status }: RoomSnapshot): ReadOnlyReason | null {
  const blocked = useStore(chat.blocks).items;
  if (status === "gone") return "gone";
  if (info?.kind === "group") return info.is_muted ? "muted" : null;
  if (info?.peer.deleted) return "deleted";
  return info && blocked.some(({ id }) => id === info.peer.id) ? "blocked" : null;
}
