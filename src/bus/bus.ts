// How what was committed reaches sockets: room events to their topic, control signals to every process. The only
// implementation today serves one process (local.ts); another one must find nothing to change outside this folder.

import type { RoomKind, Topic } from "../protocol/rooms.ts";

/** What sockets must act on rather than pass on. `seq` is the room's newest when the membership began. */
export type Signal =
  | { type: "session.ended"; sessionId: number }
  | { type: "member.joined"; kind: RoomKind; roomId: number; userId: number; seq: number }
  | { type: "member.removed"; kind: RoomKind; roomId: number; userId: number }
  | { type: "room.deleted"; kind: RoomKind; roomId: number };

/** Hears an encoded frame and, for a durable event, its place in the room. */
export type Tap = (frame: string, seq: number | undefined) => void;

export interface Bus {
  /** Hands an encoded frame to every socket subscribed to the topic, in the order of the calls. */
  publish(topic: Topic, frame: string, seq?: number): void;
  /** The same, but for the sockets of one user. */
  publishToOthers(topic: Topic, frame: string, userId: number): void;
  /** Calls `tap` in place with whatever is published on the topic, until the answered function is called. */
  tap(topic: Topic, tap: Tap): () => void;
  signal(signal: Signal): void;
  onSignal(listener: (signal: Signal) => void): void;
}
