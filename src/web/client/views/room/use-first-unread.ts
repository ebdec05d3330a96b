// Where what is new begins in a room that is opened. As long as that is older than what has been read from the server, earlier
// pages are asked for; nothing is drawn before it is known, so that one comes to the right place at once.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RoomSnapshot, RoomStore } from "../../../../sdk/index.ts";

// No more is read than the page holds. The server counts to 100, so there is room for own messages in between.
const ENOUGH = 110;

/**
 * The first message that was unread when the room was opened; it keeps its mark until the room is left. Of more than can be
 * counted it is the oldest that counts. Null when nothing is new, undefined while it is being looked for.
 */
export function useFirstUnread(room: RoomStore, snapshot: RoomSnapshot, meId: number): string | null | undefined {
  const { status, info, messages, hasOlder } = snapshot;
  const found = useRef<string | null | undefined>(undefined);
  const [isStuck, setStuck] = useState(false);
  const isReady = status === "ready";
  if (found.current === undefined && isReady && info) {
    const { unread_count: count } = info;
    const others = messages.filter(({ sender_id, deleted_at }) => sender_id !== meId && !deleted_at);
    if (others.length >= count || !hasOlder || isStuck || messages.length > ENOUGH)
      found.current = count > 0 ? (others.at(-Math.min(count, others.length))?.key ?? null) : null;
  }
  // Whoever has replied has seen what was new.
  if (found.current && messages.at(-1)?.sender_id === meId) found.current = null;
  const isLooking = found.current === undefined && isReady;

  useLayoutEffect(() => {
    if (isLooking && info) room.loadOlder().catch(() => setStuck(true));
  }, [isLooking, info === null, messages.length]);

  return isLooking ? undefined : (found.current ?? null);
}
