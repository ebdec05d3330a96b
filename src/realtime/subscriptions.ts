// What a socket is subscribed to: one room, or everything its user belongs to. Decides who is let in, keeps the rooms up to date
// as memberships begin and end, and knows which room a command is about.
import { type Bus, type RoomSignal, whenCaughtUp } from "../bus/bus.ts";
import { ChatError, invalid } from "../lib/errors.ts";
import type { SocketKind } from "../protocol/define.ts";
import { notFound, otherRoom } from "../protocol/refusals.ts";
import {
  type Room,
  type RoomCommand,
  type RoomKind,
  type RoomTopic,
  roomIdField,
  roomTopic,
  userTopic,
} from "../protocol/rooms.ts";
import { roomJoined, roomLeft } from "../protocol/sync.ts";
import type { ReplayReader } from "../timeline/replay-reader.ts";
import type { RoomAccess, SubscribingConnection } from "./types.ts";

export interface SubscriptionParts {
  bus: Pick<Bus, "catchUp" | "positionOf">;
  access: Pick<RoomAccess, "requireMember">;
  replayReader: Pick<ReplayReader, "listRooms">;
}

export interface Subscriptions {
  readonly kind: SocketKind;
  /** The rooms subscribed to, once started. */
  readonly rooms: Room[];
  /** Checks what the user may receive and subscribes the connection to it. Throws `not_found`, `forbidden`. */
  start(parts: SubscriptionParts, connection: SubscribingConnection, userId: number): Promise<void>;
  onRoomSignal(connection: SubscribingConnection, signal: RoomSignal): void;
  /** The room that a command is about. Throws `invalid`, `bad_request`. */
  roomOf(command: RoomCommand): Room;
}

/** `/ws/conversations/{id}` and `/ws/groups/{id}`. */
export class RoomSubscription implements Subscriptions {
  private isStarted = false;
  /** The position of the user's last removal that was published before the start. */
  private removedAt = 0;

  /** Null for an address that names no possible room. */
  constructor(
    readonly kind: RoomKind,
    private readonly roomId: number | null,
  ) {}

  get rooms() {
    return this.isStarted ? [this.room] : [];
  }

  async start({ access, bus }: SubscriptionParts, connection: SubscribingConnection, userId: number) {
    if (this.roomId === null) throw new ChatError(notFound("room"));
    // The position is read before the membership: what ends the membership later is published past it.
    const seq = await bus.positionOf(this.roomId);
    await access.requireMember(this.room, userId);
    const isStale = () => connection.isEnded;
    await whenCaughtUp(bus, [[this.roomId, seq]], isStale, () => {
      if (connection.isEnded) return;
      if (this.removedAt > seq) return connection.end("forbidden");
      this.isStarted = true;
      connection.subscribe(this.room, seq);
    });
  }

  onRoomSignal(connection: SubscribingConnection, signal: RoomSignal) {
    if (signal.kind !== this.kind || signal.roomId !== this.roomId) return;
    if (signal.type === "room.deleted") connection.end("not_found");
    if (signal.type !== "member.removed") return;
    if (this.isStarted) connection.end("forbidden");
    else this.removedAt = signal.seq;
  }

  roomOf({ conversation_id, group_id }: RoomCommand): Room {
    const named = this.kind === "direct" ? conversation_id : group_id;
    if (named !== undefined && named !== this.roomId) throw new ChatError(otherRoom);
    return this.room;
  }

  private get room(): Room {
    return { kind: this.kind, id: this.roomId! };
  }
}

/** `/ws`. */
export class AccountSubscriptions implements Subscriptions {
  readonly kind = "account";
  // Ids alone: with thousands of idle sockets each of these bytes counts.
  private readonly ids: Record<RoomKind, number[]> = { direct: [], group: [] };
  /** What has changed while the rooms were being read. */
  private changes: RoomSignal[] | null = [];

  get rooms(): Room[] {
    const { direct, group } = this.ids;
    return [...direct.map((id): Room => ({ kind: "direct", id })), ...group.map((id): Room => ({ kind: "group", id }))];
  }

  async start({ bus, replayReader }: SubscriptionParts, connection: SubscribingConnection, userId: number) {
    const rooms = new Map((await replayReader.listRooms(userId)).map((room) => [room.id, room]));
    await whenCaughtUp(
      bus,
      Array.from(rooms.values(), ({ id, seq }) => [id, seq] as const),
      () => connection.isEnded,
      () => this.subscribeAll(connection, userId, rooms),
    );
  }

  private subscribeAll(connection: SubscribingConnection, userId: number, rooms: Map<number, Room & { seq: number }>) {
    if (connection.isEnded) return;
    for (const signal of this.changes ?? []) {
      const { kind, roomId } = signal;
      if (signal.type === "room.deleted") rooms.delete(roomId);
      // Otherwise the list was read after it.
      else if (signal.seq > (rooms.get(roomId)?.seq ?? -1)) {
        if (signal.type === "member.joined") rooms.set(roomId, { kind, id: roomId, seq: signal.seq });
        else rooms.delete(roomId);
      }
    }
    this.changes = null;
    connection.subscribeAccount(userTopic(userId));
    for (const { kind, id, seq } of rooms.values()) this.add(connection, { kind, id }, seq);
  }

  onRoomSignal(connection: SubscribingConnection, signal: RoomSignal) {
    if (this.changes) {
      this.changes.push(signal);
      return;
    }
    const room: Room = { kind: signal.kind, id: signal.roomId };
    const topic: RoomTopic = roomTopic(room.kind, room.id);
    const name = { room: topic, ...roomIdField(room) };
    if (signal.type === "member.joined") {
      if (this.has(room)) return;
      connection.sendInOrder(topic, roomJoined.frames.account.encode({ ...name, seq: signal.seq }));
      this.add(connection, room, signal.seq);
    } else if (this.has(room)) {
      const ids = this.ids[room.kind];
      ids.splice(ids.indexOf(room.id), 1);
      connection.unsubscribe(room, roomLeft.frames.account.encode(name));
    }
  }

  roomOf({ conversation_id, group_id }: RoomCommand): Room {
    if (conversation_id !== undefined && group_id !== undefined)
      throw invalid("group_id", "name either a conversation_id or a group_id");
    if (conversation_id !== undefined) return { kind: "direct", id: conversation_id };
    if (group_id !== undefined) return { kind: "group", id: group_id };
    throw invalid("conversation_id", "name a conversation_id or a group_id");
  }

  private has({ kind, id }: Room) {
    return this.ids[kind].includes(id);
  }

  private add(connection: SubscribingConnection, room: Room, seq: number) {
    this.ids[room.kind].push(room.id);
    connection.subscribe(room, seq);
  }
}
