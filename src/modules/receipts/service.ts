// Read receipts, for HTTP and sockets alike. They carry no seq; timeline/receipts.ts batches and publishes them, and marks what is
// delivered by itself.

import type { Core } from "../../core.ts";
import type { Room } from "../../protocol/rooms.ts";
import type { ReadResult } from "../../timeline/receipts.ts";
import { explainForbidden } from "../groups/policy.ts";

/**
 * Moves the caller's read position to a message (null: the newest); the room is notified if it moved and may see it. Throws
 * `not_found` for a message that is not in the room and for a room that is not visible, `forbidden` for a public group that the
 * caller has not joined.
 */
export function markRead(
  core: Core,
  userId: number,
  { kind, id }: Room,
  messageId: number | null,
): Promise<ReadResult> {
  const result = core.receipts.markRead(kind, id, userId, messageId);
  return kind === "direct" ? result : result.catch((error) => explainForbidden(core.db, id, userId, error));
}
