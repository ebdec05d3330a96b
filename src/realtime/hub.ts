// Who is connected: the sockets of each user and of each session, and what signals from the bus do to them. A user is online
// while at least one socket of theirs stands here.
import type { Signal, Topic } from "../bus/bus.ts";
import { AUTH_TIMEOUT_MS, type CloseReason } from "./protocol/limits.ts";

const SWEEP_MS = 1_000;

/** What the hub needs to know of a connection. */
export interface Connected {
  readonly openedAt: number;
  readonly session: { id: number; userId: number; expiresAt: number } | null;
  /** A membership of the connection's user began or ended, or a room is gone. */
  onRoomSignal(signal: Exclude<Signal, { type: "session.ended" }>): void;
  /** Runs `work` while the connection hears nothing of the topic. */
  without(topic: Topic, work: () => void): void;
  /** Called about once a second. */
  tick(now: number): void;
  end(reason: CloseReason): void;
}

export interface PresenceListener {
  cameOnline(userId: number): void;
  wentOffline(userId: number): void;
}

export class Hub {
  presence: PresenceListener | null = null;
  private readonly byUser = new Map<number, Set<Connected>>();
  private readonly bySession = new Map<number, Set<Connected>>();
  private readonly strangers = new Set<Connected>();
  private readonly followers = new Map<number, number>();
  private readonly sweeper = setInterval(() => this.sweep(), SWEEP_MS);

  /** At most so many sockets a user. */
  constructor(private readonly socketsPerUser: number) {
    this.sweeper.unref();
  }

  get sockets() {
    let known = 0;
    for (const sockets of this.byUser.values()) known += sockets.size;
    return known + this.strangers.size;
  }

  /** Sessions that have a socket open. */
  get sessionIds(): number[] {
    return [...this.bySession.keys()];
  }

  get users() {
    return this.byUser.size;
  }

  /** Rooms that somebody's socket follows. */
  get rooms() {
    return this.followers.size;
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
    const sockets = this.byUser.get(userId);
    if ((sockets?.size ?? 0) >= this.socketsPerUser) return false;
    this.strangers.delete(connection);
    add(this.byUser, userId, connection);
    add(this.bySession, id, connection);
    if (!sockets) this.presence?.cameOnline(userId);
    return true;
  }

  /** The same connection under a new session of the same user. */
  renew(connection: Connected, before: { id: number }) {
    remove(this.bySession, before.id, connection);
    add(this.bySession, connection.session!.id, connection);
  }

  leave(connection: Connected) {
    this.strangers.delete(connection);
    if (!connection.session) return;
    const { userId, id } = connection.session;
    remove(this.bySession, id, connection);
    if (remove(this.byUser, userId, connection)) this.presence?.wentOffline(userId);
  }

  /** Counts the sockets that follow a room. */
  follow(roomId: number) {
    this.followers.set(roomId, (this.followers.get(roomId) ?? 0) + 1);
  }

  unfollow(roomId: number) {
    const left = (this.followers.get(roomId) ?? 0) - 1;
    if (left > 0) this.followers.set(roomId, left);
    else this.followers.delete(roomId);
  }

  /** Runs `work` while none of the user's sockets hears anything of the topic. */
  exclude(userId: number, topic: Topic, work: () => void) {
    let run = work;
    for (const connection of this.byUser.get(userId) ?? []) {
      const inner = run;
      run = () => connection.without(topic, inner);
    }
    run();
  }

  /** Acts on what the bus says; a connection that is only just joining is told like any other. */
  onSignal(signal: Signal) {
    switch (signal.type) {
      case "session.ended":
        for (const connection of [...(this.bySession.get(signal.sessionId) ?? [])]) connection.end("unauthorized");
        break;
      case "member.joined":
      case "member.removed":
        for (const connection of [...(this.byUser.get(signal.userId) ?? [])]) connection.onRoomSignal(signal);
        break;
      case "room.deleted":
        for (const sockets of [...this.byUser.values()])
          for (const connection of [...sockets]) connection.onRoomSignal(signal);
        break;
    }
  }

  /** Ends every connection, those that have not said who they are as well. */
  endAll(reason: CloseReason) {
    for (const connection of [...this.strangers]) connection.end(reason);
    for (const sockets of [...this.byUser.values()]) for (const connection of [...sockets]) connection.end(reason);
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
      for (const connection of [...connections]) {
        if (connection.session!.expiresAt <= now) connection.end("unauthorized");
        else connection.tick(now);
      }
    }
  }
}

function add<Key>(map: Map<Key, Set<Connected>>, key: Key, connection: Connected) {
  const set = map.get(key);
  if (set) set.add(connection);
  else map.set(key, new Set([connection]));
}

/** True when that was the last one under the key. */
function remove<Key>(map: Map<Key, Set<Connected>>, key: Key, connection: Connected): boolean {
  const set = map.get(key);
  if (!set?.delete(connection) || set.size > 0) return false;
  return map.delete(key);
}
