// Finds the first unread message of a room that is opened, loading earlier pages while it is older than what is held. Nothing is
// rendered until it is found, so that the list opens at the right position.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type RoomSnapshot, type RoomStore, UNREAD_LIMIT } from "../../../../sdk/index.ts";

// The server counts unread messages up to a limit; the user's own may lie between them.
const MAX_LOADED = UNREAD_LIMIT + 10;

/**
 * The key of the first message that was unread when the room was opened, which stays marked until the room is left. With more
 * unread messages than the server counts, the oldest one counted. Null when nothing is unread, and for a room that opens further up;
 * undefined while it is being looked for.
 */
export function useFirstUnread(
  room: RoomStore,
  snapshot: RoomSnapshot,
  meId: number,
  /** False while it is not needed. */
  isWanted = true,
): string | null | undefined {
  const { status, info, messages, hasOlder, hasNewer } = snapshot;
  const found = useRef<string | null | undefined>(undefined);
  const [isStuck, setStuck] = useState(false);
  const isReady = isWanted && status === "ready";
  if (found.current === undefined && hasNewer) found.current = null;
  if (found.current === undefined && isReady && info) {
    const { unread_count: count } = info;
    const others = messages.filter(({ sender_id, deleted_at }) => sender_id !== meId && !deleted_at);
    if (others.length >= count || !hasOlder || isStuck || messages.length > MAX_LOADED)
      found.current = count > 0 ? (others.at(-Math.min(count, others.length))?.key ?? null) : null;
  }
  // A reply shows that the new messages were seen.
  if (found.current && messages.at(-1)?.sender_id === meId) found.current = null;
  const isLooking = found.current === undefined && isReady;

  useLayoutEffect(() => {
    if (isLooking && info) room.loadOlder().catch(() => setStuck(true));
  }, [isLooking, info === null, messages.length]);

  return isLooking || !isWanted ? undefined : (found.current ?? null);
}
