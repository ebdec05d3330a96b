// How what was committed reaches sockets: room events to their topic, control signals to every process. The only
// implementation today serves one process (local.ts); another one must find nothing to change outside this folder.

export type RoomKind = "direct" | "group";

/** Names as on the wire: `conversation:7`, `group:9`, `user:3`. */
export type Topic = `conversation:${number}` | `group:${number}` | `user:${number}`;

export const roomTopic = (kind: RoomKind, roomId: number): Topic =>
  kind === "direct" ? `conversation:${roomId}` : `group:${roomId}`;

/** What sockets must act on rather than pass on. */
export type Signal =
  | { type: "session.ended"; sessionId: number }
  | { type: "member.joined"; kind: RoomKind; roomId: number; userId: number }
  | { type: "member.removed"; kind: RoomKind; roomId: number; userId: number }
  | { type: "room.deleted"; kind: RoomKind; roomId: number };

export interface Bus {
  /** Hands an encoded frame to every socket subscribed to the topic, in the order of the calls. */
  publish(topic: Topic, frame: string): void;
  signal(signal: Signal): void;
  onSignal(listener: (signal: Signal) => void): void;
}
