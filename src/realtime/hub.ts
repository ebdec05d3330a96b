// Who is connected: the sockets of each user and of each session, and what signals from the bus do to them. A user is online
// while at least one socket of theirs stands here.
import type { Signal } from "../bus/bus.ts";
import type { CloseReason, SocketTimes } from "../protocol/limits.ts";
import type { Topic } from "../protocol/rooms.ts";
import { Probes } from "./probes.ts";

/** What the hub needs to know of a connection. */
export interface Connected {
  /** By the monotonic clock, in milliseconds. */
  readonly openedAt: number;
  /** For how many sweeps nothing was heard of the client. */
  readonly silentSweeps: number;
  readonly session: { id: number; userId: number; expiresAt: number } | null;
  /** A membership of the connection's user began or ended, or a room is gone. */
  onRoomSignal(signal: Exclude<Signal, { type: "session.ended" }>): void;
  /** Runs `work` while the connection hears nothing of the topic. */
  without(topic: Topic, work: () => void): void;
  /** Called every sweep; `now` is the monotonic clock's. */
  tick(now: number): void;
  /** Asks the client for a sign of life. */
  ping(): void;
  onAuthTimeout(): void;
  end(reason: CloseReason): void;
  /** Ends the connection of a client that is gone. */
  drop(): void;
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
  private readonly sweeper: Timer;
  private readonly probes: Probes;

  constructor(private readonly options: { socketsPerUser: number; times: SocketTimes }) {
    this.probes = new Probes({ ...options, socketsOf: (userId) => this.byUser.get(userId) ?? new Set() });
    this.sweeper = setInterval(() => this.sweep(), options.times.sweep);
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

  /** A connection whose session is known. False when its user has too many already, and all their clients are there. */
  enter(connection: Connected): boolean {
    const { userId, id } = connection.session!;
    const sockets = this.byUser.get(userId);
    if ((sockets?.size ?? 0) >= this.options.socketsPerUser && !this.probes.admit(userId)) return false;
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
    this.probes.close();
  }

  private sweep() {
    const now = performance.now();
    for (const connection of [...this.strangers]) {
      if (connection.openedAt + this.options.times.auth < now) connection.onAuthTimeout();
    }
    // When a session ends is a date; everything else is a duration.
    const date = Date.now();
    for (const connections of [...this.bySession.values()]) {
      for (const connection of [...connections]) {
        if (connection.session!.expiresAt <= date) connection.end("unauthorized");
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
