// A durable event as it is published: the same whether it was stored just now or is read from the database.
import type { PublishedEvent, RoomSignal } from "../bus/bus.ts";
import { type RoomEvent, toFrame } from "./events.ts";
import type { PeerCache } from "./peer-cache.ts";

/** `undeliveredTo` as PublishedEvent has it. */
export const toPublished = (event: RoomEvent, undeliveredTo: number | null): PublishedEvent => ({
  room: event.room,
  seq: event.seq,
  frame: toFrame(event),
  signal: signalOf(event),
  undeliveredTo,
});

/** As PublishedEvent has it, of an event that was read; the pairs of direct messages must be cached. */
export function undeliveredTo(event: RoomEvent, peerCache: Pick<PeerCache, "get">): number | null {
  if (event.kind !== "message" || event.room.kind !== "direct" || event.message.deliveredAt !== null) return null;
  return peerCache.get(event.room.id, event.message.actorId);
}

/** What sockets must act on when the event is published. */
export function signalOf(event: RoomEvent): RoomSignal | null {
  if (event.kind !== "member.joined" && event.kind !== "member.left") return null;
  const { kind, id: roomId } = event.room;
  const { user_id: userId } = event.data;
  return event.kind === "member.joined"
    ? { type: "member.joined", kind, roomId, userId, seq: event.seq }
    : { type: "member.removed", kind, roomId, userId, seq: event.seq };
}
