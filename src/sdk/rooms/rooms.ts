// All rooms of the user, in order of activity, and the way of each frame to its room.
import { isRoomKey } from "../../protocol/rooms.ts";
import type { ChatError } from "../errors.ts";
import type { FrameReducers } from "../frames.ts";
import { DerivedStore } from "../store.ts";
import type { Group, Person, RoomEvent, RoomKey, ServerFrame } from "../wire.ts";
import { Resume } from "./resume.ts";
import { Room, type RoomParts } from "./room.ts";
import { byActivity, type RoomInfo } from "./room-info.ts";
import { ROOM_KINDS, type RoomFields, roomKeyOf } from "./room-key.ts";
import { RoomLists } from "./room-lists.ts";
import type { RoomState } from "./room-state.ts";
import { signals } from "./signals.ts";

export interface RoomsSnapshot {
  /** Newest activity first. */
  rooms: readonly RoomInfo[];
  /** Whether the lists have been read; until then an empty one says nothing. */
  isLoaded: boolean;
  error: ChatError | null;
  /** Unread messages of all rooms. */
  unread: number;
}

type Parts = Omit<RoomParts, "onInfo" | "onInfoOutdated" | "onCountOutdated"> & {
  /** A room has become the user's. */
  onJoin(room: RoomInfo): void;
};

export class Rooms extends DerivedStore<RoomsSnapshot> {
  readonly #byKey = new Map<RoomKey, Room>();
  readonly #parts: RoomParts;
  readonly #onJoin: Parts["onJoin"];
  readonly #lists: RoomLists;
  readonly #resume: Resume;

  constructor({ onJoin, ...parts }: Parts) {
    super();
    this.#onJoin = onJoin;
    const rooms = () => [...this.#byKey.values()];
    this.#parts = {
      ...parts,
      onInfo: () => this.changed(),
      onInfoOutdated: (room) => this.#lists.load(room.kind),
      onCountOutdated: (room) => void this.#lists.recount(room),
    };
    this.#resume = new Resume({
      rooms,
      get: (key) => this.get(key),
      onEpochChange: () => parts.readReceipts.reset(),
    });
    this.#lists = new RoomLists({
      api: parts.api,
      connection: parts.connection,
      people: parts.people,
      untilMe: parts.untilMe,
      rooms,
      hasResumed: () => this.#resume.isComplete,
      onRow: (kind, row) => this.get(`${kind}:${row.id}`).state.setRow(row),
      onChange: () => this.changed(),
    });
  }

  get(key: RoomKey): Room {
    let room = this.#byKey.get(key);
    if (!room) {
      if (!isRoomKey(key)) throw new Error(`There is no room ${key}.`);
      room = new Room(key, this.#parts);
      this.#byKey.set(key, room);
    }
    return room;
  }

  /** Reads the lists. */
  load() {
    for (const kind of ROOM_KINDS) this.#lists.load(kind);
  }

  /** Where each room stands, to resume from. */
  resumePosition() {
    return this.#resume.position();
  }

  /** A group from the response of a call that made the user a member of it. */
  adopt(group: Group): Room {
    const room = this.get(`group:${group.id}`);
    room.state.rejoin();
    room.state.setRow(group);
    return room;
  }

  /** Resolves when the list shows the room, or has been read without it. */
  async untilListed(key: RoomKey): Promise<Room> {
    const room = this.get(key);
    await this.#lists.untilListed(room);
    return room;
  }

  /**
   * Applies a durable event of any type, for each moves its room's position. Returns false for other frames. One that names
   * no room of a known kind is ignored.
   */
  applyEvent(frame: ServerFrame): boolean {
    if (!("seq" in frame)) return false;
    this.#positioned(frame.data, frame.seq)?.state.applyEvent(frame as RoomEvent);
    return true;
  }

  readonly reducers: FrameReducers<
    | "resumed"
    | "resync"
    | "room.joined"
    | "room.left"
    | "group.deleted"
    | "conversation.read"
    | "group.read"
    | "message.delivered"
    | "typing.start"
    | "typing.stop"
  > = {
    resumed: (frame) => this.#resume.apply(frame),
    resync: ({ data }) => this.#positioned(data, data.seq)?.state.resync(data.seq),
    "room.joined": ({ data }) => {
      const room = this.#positioned(data, data.seq);
      room?.state.join(data.seq);
      room?.onChange();
      if (room) void this.#reportJoin(room);
    },
    "room.left": this.#inRoom((room) => room.leave()),
    "group.deleted": this.#inRoom((room) => room.leave()),
    "conversation.read": this.#inRoom(signals.read),
    "group.read": this.#inRoom(signals.read),
    "message.delivered": this.#inRoom(signals.delivered),
    "typing.start": this.#inRoom(signals.typingStarted),
    "typing.stop": this.#inRoom(signals.typingStopped),
  };

  /** Somebody shows something else of themselves. */
  setPerson(person: Person) {
    for (const { state } of this.#byKey.values()) state.setPerson(person);
  }

  onOpen() {
    this.#lists.resume();
    for (const room of this.#byKey.values()) room.onReconnect();
  }

  onLost() {
    for (const room of this.#byKey.values()) room.onDisconnect();
  }

  protected build(): RoomsSnapshot {
    const rooms = [...this.#byKey.values()].flatMap(({ state }) => (state.info && !state.isGone ? state.info : []));
    const { isLoaded, error } = this.#lists;
    return {
      rooms: rooms.sort(byActivity),
      isLoaded,
      error,
      unread: rooms.reduce((sum, { unread_count }) => sum + unread_count, 0),
    };
  }

  /** Once its info is there. */
  async #reportJoin({ key }: Room) {
    const { info, isGone } = (await this.untilListed(key)).state;
    if (info && !isGone) this.#onJoin(info);
  }

  /** The room of a frame with a position; null when either is none. */
  #positioned(fields: RoomFields, seq: number): Room | null {
    const key = roomKeyOf(fields);
    return key && Number.isSafeInteger(seq) ? this.get(key) : null;
  }

  /** Applies a frame to its room; one of an unknown room is ignored. */
  #inRoom<Frame extends { data: RoomFields }>(apply: (room: RoomState, frame: Frame) => void) {
    return (frame: Frame) => {
      const key = roomKeyOf(frame.data);
      const room = key && this.#byKey.get(key);
      if (!room) return;
      apply(room.state, frame);
      room.onChange();
    };
  }
}
