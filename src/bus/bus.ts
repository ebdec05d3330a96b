// How committed events reach sockets: room events by their topic, control signals to every process. The only implementation today
// serves one process (local.ts); a second one must change nothing outside this folder.
import type { RoomKind, Topic } from "../protocol/rooms.ts";

/** What sockets must act on rather than forward. `seq` is the room's newest when the membership began. */
export type Signal =
  | { type: "session.ended"; sessionId: number }
  | { type: "member.joined"; kind: RoomKind; roomId: number; userId: number; seq: number }
  | { type: "member.removed"; kind: RoomKind; roomId: number; userId: number }
  | { type: "room.deleted"; kind: RoomKind; roomId: number };

/** Receives an encoded frame and, for a durable event, its seq. */
export type Tap = (frame: string, seq: number | undefined) => void;

export interface Bus {
  /** Sends an encoded frame to every socket subscribed to the topic, in the order of the calls. */
  publish(topic: Topic, frame: string, seq?: number): void;
  /** The same, without the sockets of one user. */
  publishToOthers(topic: Topic, frame: string, userId: number): void;
  /** Calls `tap` synchronously with each frame published on the topic, until the returned function is called. */
  tap(topic: Topic, tap: Tap): () => void;
  signal(signal: Signal): void;
  onSignal(listener: (signal: Signal) => void): void;
}
