// The registry of connections: the sockets of each user and of each session, and what signals from the bus do to them. A user is
// online while at least one socket of theirs is registered.
import type { Bus, Signal } from "../bus/bus.ts";
import type { CloseReason, SocketTimes } from "../protocol/limits.ts";
import type { Room, Topic } from "../protocol/rooms.ts";
import { Probes } from "./probes.ts";
import { QuietReaders, type Subscriber } from "./quiet-readers.ts";
import type { HubConnection } from "./types.ts";

export interface PresenceListener {
  cameOnline(userId: number): void;
  wentOffline(userId: number): void;
  /** One of several sockets of a user has come or gone. */
  socketsChanged?(userId: number): void;
}

export interface HubOptions {
  socketsPerUser: number;
  times: SocketTimes;
  bus: Pick<Bus, "follow" | "unfollow">;
}

export class Hub {
  presence: PresenceListener | null = null;
  private readonly byUser = new Map<number, Set<HubConnection>>();
  private readonly bySession = new Map<number, Set<HubConnection>>();
  private readonly unauthenticated = new Set<HubConnection>();
  private readonly subscribers = new Map<number, number>();
  private readonly quiet = new QuietReaders();
  /** Counts changes of whether users get read receipts. */
  receiptChanges = 0;
  private readonly sweeper: Timer;
  private readonly probes: Probes;

  constructor(private readonly options: HubOptions) {
    this.probes = new Probes({ ...options, socketsOf: (userId) => this.byUser.get(userId) ?? new Set() });
    this.sweeper = setInterval(() => this.sweep(), options.times.sweep);
    this.sweeper.unref();
  }

  get sockets() {
    let authenticated = 0;
    for (const sockets of this.byUser.values()) authenticated += sockets.size;
    return authenticated + this.unauthenticated.size;
  }

  /** Sessions that have a socket open. */
  get sessionIds(): number[] {
    return [...this.bySession.keys()];
  }

  /** Users who have a socket open. */
  get userIds(): Iterable<number> {
    return this.byUser.keys();
  }

  /** Users who have sockets of single rooms alone. */
  get usersOfSomeRooms(): number[] {
    return this.usersWith(false);
  }

  /** Users who have a socket for everything. */
  get accountUsers(): number[] {
    return this.usersWith(true);
  }

  get users() {
    return this.byUser.size;
  }

  /** Rooms that at least one socket is subscribed to. */
  get rooms() {
    return this.subscribers.size;
  }

  isOnline(userId: number): boolean {
    return this.byUser.has(userId);
  }

  socketsOf(userId: number): number {
    return this.byUser.get(userId)?.size ?? 0;
  }

  /** Pings those sockets of the user that nothing was received from, and returns them. */
  pingSilent(userId: number): HubConnection[] {
    return this.probes.pingSilent(userId);
  }

  /** Terminates those of the pinged sockets that are still silent; then as many of the newest as are still too many. */
  closeExcess(userId: number, pinged: HubConnection[], tooMany: number) {
    this.probes.closeExcess(userId, pinged, tooMany);
  }

  /** A connection whose user is not known yet. */
  addUnauthenticated(connection: HubConnection) {
    this.unauthenticated.add(connection);
  }

  /** A connection that is authenticated. False when its user has too many sockets, and all their clients respond. */
  register(connection: HubConnection): boolean {
    const { userId, id } = connection.session!;
    const sockets = this.byUser.get(userId);
    if ((sockets?.size ?? 0) >= this.options.socketsPerUser && !this.probes.admit(userId)) return false;
    this.unauthenticated.delete(connection);
    add(this.byUser, userId, connection);
    add(this.bySession, id, connection);
    if (connection.session!.isQuiet) this.quiet.set(userId, true, this.byUser.get(userId)!);
    if (sockets) this.presence?.socketsChanged?.(userId);
    else this.presence?.cameOnline(userId);
    return true;
  }

  /** The same connection under a new session of the same user. */
  renew(connection: HubConnection, before: { id: number }) {
    remove(this.bySession, before.id, connection);
    add(this.bySession, connection.session!.id, connection);
  }

  unregister(connection: HubConnection) {
    this.unauthenticated.delete(connection);
    if (!connection.session) return;
    const { userId, id } = connection.session;
    remove(this.bySession, id, connection);
    if (remove(this.byUser, userId, connection)) {
      this.quiet.set(userId, false, []);
      this.presence?.wentOffline(userId);
    } else if (this.byUser.has(userId)) this.presence?.socketsChanged?.(userId);
  }

  /** A connection is subscribed to a room; `seq` is a position of it that has been published. */
  addSubscriber(connection: Subscriber, room: Room, seq: number) {
    this.quiet.subscribed(room.id, connection);
    const before = this.subscribers.get(room.id) ?? 0;
    this.subscribers.set(room.id, before + 1);
    if (before === 0) this.options.bus.follow(room, seq);
  }

  removeSubscriber(connection: Subscriber, roomId: number) {
    this.quiet.unsubscribed(roomId, connection);
    const left = (this.subscribers.get(roomId) ?? 0) - 1;
    if (left > 0) this.subscribers.set(roomId, left);
    else if (this.subscribers.delete(roomId)) this.options.bus.unfollow(roomId);
  }

  /** Runs `work` while none of these users' sockets receives what is published on the topic. */
  exclude(userIds: readonly number[], topic: Topic, work: () => void) {
    let run = work;
    for (const userId of userIds)
      for (const connection of this.byUser.get(userId) ?? []) {
        const inner = run;
        run = () => connection.withoutSubscription(topic, inner);
      }
    run();
  }

  /** Users whose sockets follow the room and who get no read receipts of others; undefined for none. */
  quietIn(roomId: number): readonly number[] | undefined {
    return this.quiet.usersIn(roomId);
  }

  /** Of all users with sockets here those who get no read receipts of others, as was read when `receiptChanges` was that. */
  setQuiet(userIds: ReadonlySet<number>, receiptChanges: number) {
    if (receiptChanges !== this.receiptChanges) return;
    for (const userId of this.quiet.userIds.union(userIds)) this.setQuietUser(userId, userIds.has(userId));
  }

  private setQuietUser(userId: number, isQuiet: boolean) {
    const connections = this.byUser.get(userId);
    if (connections) this.quiet.set(userId, isQuiet, connections);
  }

  /** Acts on a signal of the bus; a connection that is only just being let in gets it like any other. */
  onSignal(signal: Signal) {
    switch (signal.type) {
      case "session.ended":
        for (const connection of [...(this.bySession.get(signal.sessionId) ?? [])]) connection.end("unauthorized");
        break;
      case "receipts.changed":
        this.receiptChanges++;
        this.setQuietUser(signal.userId, signal.isQuiet);
        break;
      case "user.renamed":
        for (const connection of this.byUser.get(signal.userId) ?? []) connection.session!.username = signal.username;
        break;
      case "user.banned":
        for (const connection of [...(this.byUser.get(signal.userId) ?? [])]) connection.end("unauthorized");
        break;
      case "role.changed":
        for (const connection of this.byUser.get(signal.userId) ?? []) connection.session!.role = signal.role;
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

  /** Ends every connection, unauthenticated ones as well. */
  endAll(reason: CloseReason) {
    for (const connection of [...this.unauthenticated]) connection.end(reason);
    for (const sockets of [...this.byUser.values()]) for (const connection of [...sockets]) connection.end(reason);
  }

  /** Closes this share (0 to 1) of the authenticated connections, or of those that have no command in flight if they are fewer. */
  sendAway(share: number) {
    const connections = [...this.byUser.values()].flatMap((sockets) => [...sockets]);
    const atRest = connections.filter(({ inFlight }) => inFlight === 0);
    for (const connection of atRest.slice(0, Math.ceil(connections.length * share))) connection.sendAway();
  }

  close() {
    clearInterval(this.sweeper);
    this.probes.close();
  }

  private usersWith(hasAccountSocket: boolean): number[] {
    const ids: number[] = [];
    for (const [userId, sockets] of this.byUser)
      if (sockets.values().some(({ kind }) => kind === "account") === hasAccountSocket) ids.push(userId);
    return ids;
  }

  private sweep() {
    const now = performance.now();
    for (const connection of [...this.unauthenticated]) {
      if (connection.openedAt + this.options.times.auth < now) connection.onAuthTimeout();
    }
    // When a session ends is a date; everything else is a duration.
    const date = Date.now();
    for (const connections of [...this.bySession.values()]) {
      for (const connection of [...connections]) {
        if (connection.session!.expiresAt <= date) connection.end("unauthorized");
        else connection.onSweep(now);
      }
    }
  }
}

function add<Key>(map: Map<Key, Set<HubConnection>>, key: Key, connection: HubConnection) {
  const set = map.get(key);
  if (set) set.add(connection);
  else map.set(key, new Set([connection]));
}

/** True when it was the last one under the key. */
function remove<Key>(map: Map<Key, Set<HubConnection>>, key: Key, connection: HubConnection): boolean {
  const set = map.get(key);
  if (!set?.delete(connection) || set.size > 0) return false;
  return map.delete(key);
}
