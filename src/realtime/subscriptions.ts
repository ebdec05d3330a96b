// What a socket is for: one room, or everything its user belongs to. A scope lets a connection in, knows which rooms it
// follows, and which room a command is about.
import type { Signal } from "../bus/bus.ts";
import type { Core } from "../core.ts";
import { ChatError, invalid } from "../lib/errors.ts";
import { requirePeer } from "../modules/conversations/service.ts";
import { requireMember } from "../modules/groups/policy.ts";
import type { RoomCommand, SocketKind } from "../protocol/commands.ts";
import { notFound, otherRoom } from "../protocol/refusals.ts";
import { type Room, type RoomKind, type RoomTopic, roomIdField, roomTopic, userTopic } from "../protocol/rooms.ts";
import type { Connection } from "./connection.ts";

export type RoomSignal = Exclude<Signal, { type: "session.ended" }>;

export interface Scope {
  readonly kind: SocketKind;
  /** The rooms followed, once joined. */
  readonly rooms: Room[];
  /** Lets the connection in and follows what it may hear. Throws `not_found`, `forbidden`. */
  join(core: Core, connection: Connection): Promise<void>;
  onRoomSignal(connection: Connection, signal: RoomSignal): void;
  /** The room that a command is about. Throws `invalid`, `bad_request`. */
  roomOf(command: RoomCommand): Room;
  follows(room: Room): boolean;
}

/** `/ws/conversations/{id}` and `/ws/groups/{id}`. */
export class RoomScope implements Scope {
  private isJoined = false;

  /** Null for an address that names no possible room. */
  constructor(
    readonly kind: RoomKind,
    private readonly roomId: number | null,
  ) {}

  get rooms() {
    return this.isJoined ? [this.room] : [];
  }

  async join(core: Core, connection: Connection) {
    const { kind, roomId } = this;
    const { userId } = connection.session!;
    if (roomId === null) throw new ChatError(notFound("room"));
    if (kind === "direct") core.peerCache.set(roomId, userId, await requirePeer(core.db, roomId, userId));
    else await requireMember(core.db, roomId, userId);
    if (connection.isEnded) return;
    this.isJoined = true;
    connection.follow(this.room);
  }

  onRoomSignal(connection: Connection, signal: RoomSignal) {
    if (signal.kind !== this.kind || signal.roomId !== this.roomId) return;
    if (signal.type === "member.removed") connection.end("forbidden");
    if (signal.type === "room.deleted") connection.end("not_found");
  }

  roomOf({ conversation_id, group_id }: RoomCommand): Room {
    const named = this.kind === "direct" ? conversation_id : group_id;
    if (named !== undefined && named !== this.roomId) throw new ChatError(otherRoom);
    return this.room;
  }

  follows({ kind, id }: Room) {
    return this.isJoined && kind === this.kind && id === this.roomId;
  }

  private get room(): Room {
    return { kind: this.kind, id: this.roomId! };
  }
}

/** `/ws`. */
export class AccountScope implements Scope {
  readonly kind = "account";
  // Ids alone: with thousands of idle sockets each of these bytes counts.
  private readonly ids: Record<RoomKind, number[]> = { direct: [], group: [] };
  /** What has changed while the rooms were being read. */
  private changes: RoomSignal[] | null = [];

  get rooms(): Room[] {
    const { direct, group } = this.ids;
    return [...direct.map((id): Room => ({ kind: "direct", id })), ...group.map((id): Room => ({ kind: "group", id }))];
  }

  async join(core: Core, connection: Connection) {
    const rooms = new Map(
      (await core.replayReader.listRooms(connection.session!.userId)).map((room) => [room.id, room]),
    );
    if (connection.isEnded) return;
    for (const { type, kind, roomId } of this.changes ?? []) {
      if (type === "member.joined") rooms.set(roomId, { kind, id: roomId });
      else rooms.delete(roomId);
    }
    this.changes = null;
    connection.followAccount(userTopic(connection.session!.userId));
    for (const room of rooms.values()) this.add(connection, room);
  }

  onRoomSignal(connection: Connection, signal: RoomSignal) {
    if (this.changes) {
      this.changes.push(signal);
      return;
    }
    const room: Room = { kind: signal.kind, id: signal.roomId };
    const topic: RoomTopic = roomTopic(room.kind, room.id);
    const name = { room: topic, ...roomIdField(room) };
    if (signal.type === "member.joined") {
      if (this.follows(room)) return;
      connection.tell(topic, JSON.stringify({ type: "room.joined", data: { ...name, seq: signal.seq } }));
      this.add(connection, room);
    } else if (this.follows(room)) {
      const ids = this.ids[room.kind];
      ids.splice(ids.indexOf(room.id), 1);
      connection.unfollow(room, JSON.stringify({ type: "room.left", data: name }));
    }
  }

  roomOf({ conversation_id, group_id }: RoomCommand): Room {
    if (conversation_id !== undefined && group_id !== undefined)
      throw invalid("group_id", "name either a conversation_id or a group_id");
    if (conversation_id !== undefined) return { kind: "direct", id: conversation_id };
    if (group_id !== undefined) return { kind: "group", id: group_id };
    throw invalid("conversation_id", "name a conversation_id or a group_id");
  }

  follows({ kind, id }: Room) {
    return this.ids[kind].includes(id);
  }

  private add(connection: Connection, room: Room) {
    this.ids[room.kind].push(room.id);
    connection.follow(room);
  }
}
