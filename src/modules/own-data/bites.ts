// What the steps of a purge have in common.
import type { Core } from "../../core.ts";
import { ChatError } from "../../lib/errors.ts";
import type { RoomKind } from "../../protocol/rooms.ts";
import type { RoomTransaction } from "../../timeline/room-transaction.ts";

/** What the steps of a purge take. */
export interface Purge {
  core: Core;
  userId: number;
  /** What the others are shown from now on. */
  frame: string;
  /** Between two bites: waits a little. False when the server closes. */
  goOn(): Promise<boolean>;
}

/** As a transaction of the room's, where there is one. */
export async function inRoom(
  core: Core,
  userId: number,
  room: { id: number; kind: RoomKind },
  work: (change: RoomTransaction) => Promise<void>,
): Promise<void> {
  await core.timeline.transaction(room, userId, work).catch((error) => {
    if (!(error instanceof ChatError && error.code === "not_found")) throw error;
  });
}
