// How committed events and other frames reach sockets, and what they must act on. local.ts serves a server that is alone on its
// database; nothing outside this folder knows which implementation it has.
import type { Room, RoomKind, Topic } from "../protocol/rooms.ts";
import type { ServerRole } from "../protocol/scopes.ts";

/**
 * What sockets must act on rather than forward. `seq` is a position of the room: one at which the user is a member, or that of their
 * removal. `key` is the hash of the session's token, by which servers that do not know the session refuse it.
 */
export type Signal =
  | { type: "session.ended"; sessionId: number; key?: string }
  /** The user shows no read receipts, and is to get none of others; or does again. */
  | { type: "receipts.changed"; userId: number; isQuiet: boolean }
  /** The user has another username. */
  | { type: "user.renamed"; userId: number; username: string }
  /** The user is banned from the server: their sessions stay, and are refused while the ban is in force. */
  | { type: "user.banned"; userId: number }
  /** The user may do more or less on the whole server. */
  | { type: "role.changed"; userId: number; role: ServerRole }
  /** Who else signs tokens is to be read anew. */
  | { type: "issuers.changed" }
  | { type: "member.joined"; kind: RoomKind; roomId: number; userId: number; seq: number }
  | { type: "member.removed"; kind: RoomKind; roomId: number; userId: number; seq: number }
  | { type: "room.deleted"; kind: RoomKind; roomId: number };

/** A membership began or ended, or a room was deleted. */
export type RoomSignal = Exclude<
  Signal,
  {
    type: "session.ended" | "receipts.changed" | "user.renamed" | "user.banned" | "role.changed" | "issuers.changed";
  }
>;

/** A committed event of a room, ready for its sockets. */
export interface PublishedEvent {
  room: Room;
  seq: number;
  frame: string;
  /** Acted on right after the frame, in the same turn of the event loop. */
  signal: RoomSignal | null;
  /** The recipient of a direct message that was stored as undelivered; else null. */
  undeliveredTo: number | null;
}

/** When what a frame says of a user came about: of two frames about them the one with the lower `at` is outdated. */
export interface FrameVersion {
  userId: number;
  /** A timestamp in the wire's form, which sorts as text. */
  at: string;
}

/** Receives an encoded frame and, for a durable event, its seq. */
export type Tap = (frame: string, seq: number | undefined) => void;

export interface Bus {
  /** Publishes an event that this server has committed. The events of a room reach its sockets in order of seq, each once. */
  publishEvent(event: PublishedEvent): void;
  /** Sends a frame without a seq to everyone in a room but the sockets of these users. */
  publishToRoom(room: Room, frame: string, exceptUserIds?: readonly number[]): void;
  /** Sends a frame to a user's own topic; with `version` not where a newer one was sent in the last seconds, of whichever server. */
  publishToUser(userId: number, frame: string, version?: FrameVersion): void;
  /** Has every server act on the signal that reads what it is about anew: sockets here at once. */
  signal(signal: Signal): void;
  onSignal(listener: (signal: Signal) => void): void;
  /**
   * What tells the other servers of a signal, as the payload of a notification: it is sent inside the transaction that the signal
   * tells of, so that a crash can't part them. Null when there are no other servers.
   */
  notificationOf(signal: Signal): string | null;
  /** A room has its first subscriber here. `seq` is a position that was read or committed before. */
  follow(room: Room, seq: number): void;
  /** A room has no subscriber here any more. */
  unfollow(roomId: number): void;
  /** A committed position of the room from which it may be followed. */
  positionOf(roomId: number): Promise<number> | number;
  /** Forgets every position: the history of the database has changed. */
  clear(): void;
  /**
   * Something may have been committed in these rooms by this server without its knowing, these signals among it: publishes what was, on
   * every server. False where no positions are kept by which to find it. Rejects while the database is unavailable.
   */
  recover(roomIds: number[], signals: RoomSignal[]): Promise<boolean>;
  /** Undefined when every event up to these positions, by room id, has been published here; else a promise to ask again after. */
  catchUp(positions: Iterable<readonly [roomId: number, seq: number]>): Promise<void> | undefined;
  /** Calls `tap` synchronously with each frame published on the topic, until the returned function is called. */
  tap(topic: Topic, tap: Tap): () => void;
}

/**
 * Runs `work` once everything up to these positions has been published here. Nothing runs between the two, so that a room which `work`
 * begins to follow can't have been followed meanwhile from a lower position. Positions of a history that is no longer the database's are
 * not waited for: once `isStale`, `work` runs at once, and must check that itself.
 */
export async function whenCaughtUp<T>(
  bus: Pick<Bus, "catchUp">,
  positions: (readonly [roomId: number, seq: number])[],
  isStale: () => boolean,
  work: () => T,
): Promise<T> {
  while (!isStale()) {
    const behind = bus.catchUp(positions);
    if (!behind) break;
    await behind;
  }
  return work();
}
