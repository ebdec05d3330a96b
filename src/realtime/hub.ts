// Who is connected: the sockets of each user and of each session, and what signals from the bus do to them. A user is online
// while at least one socket of theirs stands here.
import type { Signal } from "../bus/bus.ts";
import { AUTH_TIMEOUT_MS, type CloseReason } from "./protocol.ts";

/** Sockets a user may have open at once; a guess at every tab and device of a busy person. */
export const SOCKETS_PER_USER = 20;
const SWEEP_MS = 1_000;

/** What the hub needs to know of a connection. */
export interface Connected {
  readonly openedAt: number;
  readonly session: { id: number; userId: number; expiresAt: number } | null;
  readonly roomId: number | null;
  isIn(kind: string, roomId: number): boolean;
  end(reason: CloseReason): void;
}

export class Hub {
  private readonly byUser = new Map<number, Set<Connected>>();
  private readonly bySession = new Map<number, Set<Connected>>();
  private readonly strangers = new Set<Connected>();
  private readonly sweeper = setInterval(() => this.sweep(), SWEEP_MS);

  constructor(private readonly limited: boolean) {
    this.sweeper.unref();
  }

  get sockets() {
    let known = 0;
    for (const sockets of this.byUser.values()) known += sockets.size;
    return known + this.strangers.size;
  }

  get users() {
    return this.byUser.size;
  }

  /** Rooms in which somebody has a socket open. */
  get rooms() {
    const open = new Set<number | null>();
    for (const sockets of this.byUser.values()) for (const { roomId } of sockets) open.add(roomId);
    return open.size;
  }

  isOnline(userId: number): boolean {
    return this.byUser.has(userId);
  }

  /** A connection that has not said who it is. */
  await(connection: Connected) {
    this.strangers.add(connection);
  }

  /** A connection whose session is known. False when its user has too many already. */
  enter(connection: Connected): boolean {
    const { userId, id } = connection.session!;
    if (this.limited && (this.byUser.get(userId)?.size ?? 0) >= SOCKETS_PER_USER) return false;
    this.strangers.delete(connection);
    add(this.byUser, userId, connection);
    add(this.bySession, id, connection);
    return true;
  }

  leave(connection: Connected) {
    this.strangers.delete(connection);
    if (!connection.session) return;
    remove(this.byUser, connection.session.userId, connection);
    remove(this.bySession, connection.session.id, connection);
  }

  /** Acts on what the bus says; a connection that is only just joining a room is told like any other. */
  onSignal(signal: Signal) {
    switch (signal.type) {
      case "session.ended":
        for (const connection of [...(this.bySession.get(signal.sessionId) ?? [])]) connection.end("unauthorized");
        break;
      case "member.removed":
        for (const connection of [...(this.byUser.get(signal.userId) ?? [])]) {
          if (connection.isIn(signal.kind, signal.roomId)) connection.end("forbidden");
        }
        break;
      case "room.deleted":
        for (const sockets of [...this.byUser.values()]) {
          for (const connection of [...sockets])
            if (connection.isIn(signal.kind, signal.roomId)) connection.end("not_found");
        }
        break;
      case "member.joined":
        break; // A room's socket is opened by the client.
    }
  }

  close() {
    clearInterval(this.sweeper);
  }

  private sweep() {
    const now = Date.now();
    for (const connection of [...this.strangers]) {
      if (connection.openedAt + AUTH_TIMEOUT_MS < now) connection.end("unauthorized");
    }
    for (const connections of [...this.bySession.values()]) {
      for (const connection of [...connections])
        if (connection.session!.expiresAt <= now) connection.end("unauthorized");
    }
  }
}

function add<Key>(map: Map<Key, Set<Connected>>, key: Key, connection: Connected) {
  const set = map.get(key);
  if (set) set.add(connection);
  else map.set(key, new Set([connection]));
}

function remove<Key>(map: Map<Key, Set<Connected>>, key: Key, connection: Connected) {
  const set = map.get(key);
  if (set?.delete(connection) && set.size === 0) map.delete(key);
}
