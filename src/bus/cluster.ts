// The bus of a server that others share the database with. What this server commits it publishes to its own sockets and tells the
// others; what they tell it goes through the sequencer, which publishes the events of each room in order and reads what is missing.
// What must not be lost (a session, a membership or a room has ended or begun) is told by a notification of the database, inside the
// transaction that it tells of.
import type { Room, Topic } from "../protocol/rooms.ts";
import { type Entry, readBundle } from "./bundle.ts";
import {
  type Bus,
  type FrameVersion,
  type PublishedEvent,
  type RoomSignal,
  type Signal,
  type Tap,
  whenCaughtUp,
} from "./bus.ts";
import { type ControlContent, encodeControl, type HealthMessage, readControl } from "./control.ts";
import type { LocalBus } from "./local.ts";
import { Memberships, type MembershipsParts } from "./memberships.ts";
import { BusOutbox } from "./outbox.ts";
import { ReachedUsers } from "./reached-users.ts";
import { Recent } from "./recent.ts";
import { type RoomReader, Sequencer } from "./sequencer.ts";
import type { Wire } from "./wire.ts";

// Before the database is read for what is missing, in milliseconds, where nobody may be about to tell of it.
const SHORT_GRACE_MS = 10;

export interface ClusterParts extends Pick<MembershipsParts, "isOnline" | "onlineUsers"> {
  nodeId: string;
  /** The topics and taps of this server. */
  local: LocalBus;
  wire: Wire;
  /** How long an event that others are about to tell of is waited for before the database is read, in milliseconds. */
  graceMs: number;
  reader: RoomReader &
    MembershipsParts["reader"] & {
      /** Those of these rooms that exist, with their newest positions and, of conversations, whose they are. */
      findRooms(roomIds: number[]): Promise<(Room & { seq: number; pair: number[] })[]>;
    };
  log: { warn(about: object, text: string): void };
  /** How many other servers live. Nothing is sent while there are none. */
  others(): number;
  /** Users whose sockets here follow some of their rooms alone. */
  usersOfSomeRooms(): Iterable<number>;
  /** Messages may wait for a user who has a socket open here: in one room, or (null) in any. */
  onUndelivered(userId: number, roomId: number | null): void;
  /** The database has lost what was published. */
  onHistoryLost(): void;
  /** Another server has got or lost sockets of these users. */
  onPresenceChange(userIds: number[]): void;
  /** A server has come or gone. */
  onNodesChange(): void;
  /** Another server asks for figures, or says its own. */
  onHealth(message: HealthMessage, nodeId: string): void;
  /** Frames may have been lost that nothing brings back. */
  onGap(): void;
  /** As SequencerParts has it. */
  onWaited(ms: number): void;
}

export class ClusterBus implements Bus {
  readonly sequencer: Sequencer;
  readonly outbox: BusOutbox;
  private readonly memberships: Memberships;
  private readonly reachedUsers: ReachedUsers;
  /** Entries of other servers. */
  heard = 0;
  /** Of frames about users, the newest that was published here. */
  private readonly versions = new Recent<string>();
  /** Times that the history of the database has changed. */
  private histories = 0;

  constructor(private readonly parts: ClusterParts) {
    this.outbox = new BusOutbox(parts.wire, parts.nodeId);
    this.sequencer = new Sequencer({
      deliver: (event) => this.deliver(event),
      reader: parts.reader,
      graceMs: (isComing) => (isComing ? parts.graceMs : SHORT_GRACE_MS),
      onRoomGone: ({ kind, id }) => parts.local.signal({ type: "room.deleted", kind, roomId: id }),
      onHistoryLost: () => parts.onHistoryLost(),
      isBusUp: () => parts.wire.isUp,
      onWaited: (ms) => parts.onWaited(ms),
      log: parts.log,
    });
    this.reachedUsers = new ReachedUsers({
      nodeId: parts.nodeId,
      send: (entry) => {
        if (parts.others() > 0) this.outbox.add(entry);
      },
    });
    this.memberships = new Memberships({
      bus: this,
      reader: parts.reader,
      positionOf: (roomId) => this.sequencer.positionOf(roomId),
      isOnline: (userId) => parts.isOnline(userId),
      onlineUsers: () => parts.onlineUsers(),
      begin: (signal) => parts.local.signal(signal),
      watchHistory: () => this.watchHistory(),
    });
  }

  /** Resolves when what other servers publish from then on is heard. */
  start(): Promise<void> {
    return this.parts.wire.start({
      onPayload: (payload) => {
        this.heard += readBundle(payload, this.parts.nodeId, (entry, sender) => this.onEntry(entry, sender));
      },
      onGap: () => {
        void this.sequencer.verify();
        this.checkDeliveries();
        this.parts.onGap();
      },
    });
  }

  publishEvent(event: PublishedEvent) {
    this.sequencer.offer(event, true);
    if (this.parts.others() > 0) this.outbox.add({ type: "event", event });
  }

  publishToRoom(room: Room, frame: string, exceptUserIds?: readonly number[]) {
    this.parts.local.publishToRoom(room, frame, exceptUserIds);
    if (this.parts.others() === 0) return;
    const after = this.sequencer.positionOf(room.id);
    this.outbox.add({ type: "frame", room, after, exceptUserIds, frame });
  }

  publishToUser(userId: number, frame: string, version: FrameVersion | null = null) {
    if (this.publishHere(userId, frame, version) && this.parts.others() > 0)
      this.outbox.add({ type: "user", userId, frame, version });
  }

  /** As publishToUser, for sockets of this server alone; false for what is outdated. */
  publishHere(userId: number, frame: string, version: FrameVersion | null): boolean {
    if (version && this.isOutdated(version)) return false;
    this.parts.local.publishToUser(userId, frame);
    return true;
  }

  /** Acted on here alone: the others hear of it by the notification. */
  signal(signal: Signal) {
    this.parts.local.signal(signal);
  }

  onSignal(listener: (signal: Signal) => void) {
    this.parts.local.onSignal(listener);
  }

  notificationOf(signal: Signal): string | null {
    return this.parts.others() > 0 ? encodeControl(this.parts.nodeId, signal) : null;
  }

  follow(room: Room, seq: number) {
    this.sequencer.follow(room, seq);
  }

  unfollow(roomId: number) {
    this.sequencer.unfollow(roomId);
  }

  async positionOf(roomId: number): Promise<number> {
    const position = this.sequencer.positionOf(roomId);
    return position ?? (await this.parts.reader.readPositions([roomId])).get(roomId) ?? 0;
  }

  catchUp(positions: Iterable<readonly [roomId: number, seq: number]>) {
    return this.sequencer.catchUp(positions);
  }

  tap(topic: Topic, tap: Tap) {
    return this.parts.local.tap(topic, tap);
  }

  /** Forgets all positions: the history of the database has changed. */
  clear() {
    this.histories++;
    this.sequencer.clear();
    this.outbox.clear();
    this.memberships.clear();
    this.versions.clear();
    this.reachedUsers.clear();
  }

  /** Whether the user has a socket open on another server, as that one has told. */
  isReachedElsewhere(userId: number): boolean {
    return this.reachedUsers.has(userId);
  }

  /** The last socket of the user here has closed. */
  onGone(userId: number) {
    this.reachedUsers.withdraw(userId);
  }

  /** What it was, the positions tell: it is read like all that is missing here, and by the others who are told of them. */
  async recover(roomIds: number[], signals: RoomSignal[]) {
    const isStale = this.watchHistory();
    const rooms = await this.parts.reader.findRooms(roomIds);
    if (isStale()) return true;
    for (const { kind, id, seq, pair } of rooms) {
      this.sequencer.hint(id, seq, true);
      if (this.parts.others() === 0) continue;
      const recipients = pair.length > 0 ? pair : [null];
      for (const undeliveredTo of recipients) this.outbox.add({ type: "hint", room: { kind, id }, seq, undeliveredTo });
    }
    for (const signal of signals) if (signal.type === "member.joined") this.join(signal);
    return true;
  }

  /** Has what waits for users here in rooms that none of their sockets follows marked delivered: nothing else finds what was lost. */
  checkDeliveries() {
    for (const userId of this.parts.usersOfSomeRooms()) this.parts.onUndelivered(userId, null);
  }

  /** A notification of the database, from this server or another one. */
  onControl(payload: string) {
    const message = readControl(payload);
    if (!message) return;
    // Of one's own, a membership alone may be news: the response to its commit can have been lost.
    if (message.nodeId !== this.parts.nodeId || message.content.type === "member.joined")
      this.act(message.content, message.nodeId);
  }

  /**
   * Notifications may have been missed: what they might have told is read anew, however often that fails. Sessions are checked by
   * their own part.
   */
  onControlGap(): Promise<void> {
    return this.memberships.relistAll(() => this.sequencer.verify());
  }

  close() {
    this.memberships.close();
    this.reachedUsers.close();
    this.outbox.flush();
    this.sequencer.close();
    return this.parts.wire.close();
  }

  private act(content: ControlContent, nodeId: string) {
    switch (content.type) {
      case "session.ended":
      case "receipts.changed":
      case "user.renamed":
      case "user.banned":
      case "role.changed":
      case "issuers.changed":
      case "room.deleted":
        this.parts.local.signal(content);
        break;
      case "member.joined":
        this.join(content);
        break;
      case "presence.changed":
        this.parts.onPresenceChange(content.userIds);
        break;
      case "node.hello":
      case "node.bye":
        this.parts.onNodesChange();
        break;
      case "health.request":
      case "health.response":
        this.parts.onHealth(content, nodeId);
        break;
    }
  }

  private onEntry(entry: Entry, sender: string) {
    switch (entry.type) {
      case "event": {
        const { event } = entry;
        if (!this.isFollowed(event.room)) this.markDelivered(event);
        this.sequencer.offer(event, false);
        break;
      }
      case "hint":
        if (!this.isFollowed(entry.room)) this.markDelivered(entry);
        this.sequencer.hint(entry.room.id, entry.seq);
        break;
      case "frame":
        this.publishForeign(entry);
        break;
      case "user":
        this.publishHere(entry.userId, entry.frame, entry.version);
        break;
      case "reach":
      case "pulse":
        this.reachedUsers.onEntry(entry, sender);
    }
  }

  /** Whoever was removed from the room before the frame was sent must not receive it. */
  private publishForeign(entry: Extract<Entry, { type: "frame" }>) {
    const { room, after, exceptUserIds, frame } = entry;
    const isStale = this.watchHistory();
    const publish = () => this.parts.local.publishToRoom(room, frame, exceptUserIds);
    if (!this.isFollowed(room)) return;
    if (after !== null && !this.catchUp([[room.id, after]])) return publish();
    // Without a position, up to what is committed now. What can't be read is dropped, as frames without a seq may be.
    void (
      after === null
        ? this.parts.reader.readPositions([room.id]).then((read) => read.get(room.id))
        : Promise.resolve(after)
    )
      .then(async (position) => {
        if (position === null || position === undefined) return;
        await whenCaughtUp(this, [[room.id, position]], isStale, () => isStale() || publish());
      })
      .catch(() => {});
  }

  private deliver(event: PublishedEvent) {
    this.memberships.note(event);
    this.parts.local.publishEvent(event);
    this.markDelivered(event);
  }

  private isOutdated({ userId, at }: FrameVersion): boolean {
    this.versions.age(performance.now());
    const newest = this.versions.get(userId);
    if (newest !== undefined && newest > at) return true;
    this.versions.note(userId, at);
    return false;
  }

  private isFollowed(room: Room) {
    return this.sequencer.positionOf(room.id) !== null;
  }

  /** Called for events of followed rooms as they are published, for others as they are heard: who has sockets of other rooms is online too. */
  private markDelivered({ undeliveredTo, room }: Pick<PublishedEvent, "undeliveredTo" | "room">) {
    if (undeliveredTo === null || !this.parts.isOnline(undeliveredTo)) return;
    this.parts.onUndelivered(undeliveredTo, room.id);
    this.reachedUsers.vouch(undeliveredTo);
  }

  private join({ kind, roomId, userId }: Extract<Signal, { type: "member.joined" }>) {
    void this.memberships.join({ kind, id: roomId }, userId);
  }

  /** Call it before a read: tells afterwards whether what was read is of another history. */
  private watchHistory(): () => boolean {
    const began = this.histories;
    return () => began !== this.histories;
  }
}
