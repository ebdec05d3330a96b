// Runs a change of a room as a transaction that holds the room's lock, and publishes what it appended. Only timeline.ts calls
// it, through the writer's queue: one transaction at a time, with no batch in flight.
import { eq, sql as expr } from "drizzle-orm";
import type { Bus } from "../bus/bus.ts";
import type { Writer } from "../db/client.ts";
import { isDatabaseTimeout, isDatabaseUnavailable, isLocked } from "../db/errors.ts";
import { rooms } from "../db/schema.ts";
import { ChatError, unavailable } from "../lib/errors.ts";
import { roomNotFound } from "../protocol/refusals.ts";
import type { RoomKind } from "../protocol/rooms.ts";
import type { Epoch } from "./epoch.ts";
import type { EventPublisher } from "./event-publisher.ts";
import type { InDoubtWrites } from "./in-doubt.ts";
import { RoomTransaction } from "./room-transaction.ts";
import type { WriterSession } from "./writer-session.ts";

/** Thrown when a transaction was not begun because the room's row is locked. */
export const ROOM_IS_LOCKED = Symbol("room is locked");

export interface TransactionRunnerParts {
  bus: Pick<Bus, "notificationOf">;
  writer: Writer;
  session: WriterSession;
  epoch: Epoch;
  publisher: EventPublisher;
  inDoubt: InDoubtWrites;
}

/** Rejects with ROOM_IS_LOCKED, `not_found` for a room of another kind or none, `unavailable`, and with what `work` throws. */
export async function runTransaction<T>(
  { bus, writer, session, epoch, publisher, inDoubt }: TransactionRunnerParts,
  room: { id: number; kind: RoomKind },
  work: (transaction: RoomTransaction) => Promise<T>,
): Promise<T> {
  let transaction: RoomTransaction | undefined;
  let result: T;
  try {
    result = await writer.db.transaction(async (tx) => {
      const [row] = await tx
        .select({
          kind: rooms.kind,
          lastSeq: rooms.lastSeq,
          epoch: expr<string | null>`current_setting('chat.epoch', true)`,
        })
        .from(rooms)
        .where(eq(rooms.id, room.id))
        .for("no key update");
      if (row?.epoch !== epoch.current && !(await session.confirmIn(tx))) throw unavailable();
      if (row?.kind !== room.kind) throw new ChatError(roomNotFound(room.kind));
      transaction = new RoomTransaction(tx, room, row.lastSeq, bus);
      return work(transaction);
    });
  } catch (error) {
    // It was the room's own lock if nothing came after it.
    if (isLocked(error) && !transaction) throw ROOM_IS_LOCKED;
    if (isDatabaseTimeout(error)) throw unavailable();
    if (!isDatabaseUnavailable(error)) {
      session.noteResponse();
      throw error;
    }
    if (transaction) inDoubt.addTransaction(transaction);
    else inDoubt.addRoom(room.id);
    throw unavailable();
  }
  session.noteResponse();
  for (const event of transaction!.appended) publisher.publishNew(event);
  for (const callback of transaction!.commitCallbacks) callback();
  return result;
}
