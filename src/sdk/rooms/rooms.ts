// All rooms of the user: which they are, in order of activity, and which room a frame is about. Lists come by HTTP in pages;
// what the socket tells is applied on top.
import { RESUME_ROOMS } from "../../protocol/limits.ts";
import { isRoomKey } from "../../protocol/rooms.ts";
import type { Api } from "../api.ts";
import { retry } from "../backoff.ts";
import { asChatError, type ChatError } from "../errors.ts";
import { DerivedStore } from "../store.ts";
import type { Page, ResumedFrame, RoomKey, ServerFrame } from "../wire.ts";
import { Room, type RoomParts } from "./room.ts";
import { byActivity, type RoomEvent, type RoomInfo, type RoomRow } from "./room-info.ts";
import type { Receipt } from "./room-state.ts";

export interface RoomsSnapshot {
  /** Newest activity first. */
  rooms: readonly RoomInfo[];
  /** Whether the lists have been read; until then an empty one says nothing. */
  isLoaded: boolean;
  error: ChatError | null;
  /** Unread messages of all rooms. */
  unread: number;
}

type Kind = "conversation" | "group";
const KINDS: Kind[] = ["conversation", "group"];
// A room that moved to the top while the pages were read is found on a second pass.
const PASSES = 3;

export class Rooms extends DerivedStore<RoomsSnapshot> {
  private readonly byKey = new Map<RoomKey, Room>();
  private readonly loaded = new Set<Kind>();
  private readonly filling = new Map<Kind, Promise<void>>();
  private readonly recounting = new Set<Room>();
  private readonly again = new Set<Kind>();
  private error: ChatError | null = null;
  /** What the resume under way has asked about, and heard of. */
  private asked: { known: Set<RoomKey>; told: Set<RoomKey> } | null = null;
  private hasResumed = false;
  /** Which history the positions belong to, as the server named it. */
  private epoch: string | null = null;
  private readonly parts: RoomParts;
  private readonly onJoin: (room: RoomInfo) => void;

  constructor(
    { onJoin, ...parts }: Omit<RoomParts, "onInfo" | "wantInfo" | "wantCount"> & { onJoin: (room: RoomInfo) => void },
    private readonly api: Api,
  ) {
    super();
    this.onJoin = onJoin;
    this.parts = {
      ...parts,
      onInfo: () => this.changed(),
      wantInfo: (room) => this.fill(room.kind),
      wantCount: (room) => void this.recount(room),
    };
  }

  get(key: RoomKey): Room {
    let room = this.byKey.get(key);
    if (!room) {
      if (!isRoomKey(key)) throw new Error(`There is no room ${key}.`);
      room = new Room(key, this.parts);
      this.byKey.set(key, room);
    }
    return room;
  }

  find(key: RoomKey): Room | undefined {
    return this.byKey.get(key);
  }

  /** Reads the lists. */
  load() {
    for (const kind of KINDS) this.fill(kind);
  }

  /** Where each room stands, to resume from. */
  positions(): { rooms: Record<RoomKey, number>; epoch?: string } {
    const rooms = [...this.byKey.values()].filter(({ state }) => !state.isGone);
    const placed = rooms.filter(({ state }) => state.place() !== null);
    this.asked = { known: new Set(placed.map(({ key }) => key)), told: new Set() };
    const activity = ({ state }: Room) => state.info?.last_activity_at ?? "";
    const newest =
      // Those left out are reported all the same, and read anew if they have changed.
      placed.length > RESUME_ROOMS
        ? placed.sort((a, b) => (activity(a) < activity(b) ? 1 : -1)).slice(0, RESUME_ROOMS)
        : placed;
    const positions = Object.fromEntries(newest.map(({ key, state }) => [key, state.seq!]));
    return { rooms: positions, ...(this.epoch === null ? {} : { epoch: this.epoch }) };
  }

  /** A room that a call has answered with; resolves when the list shows it. */
  adopt(row: RoomRow): Room {
    const room = this.get("peer" in row ? `conversation:${row.id}` : `group:${row.id}`);
    room.state.revive();
    room.state.setRow(row);
    return room;
  }

  /** Resolves when the list shows the room, or has been read without it. */
  async untilListed(key: RoomKey): Promise<Room> {
    const room = this.get(key);
    for (let pass = 0; pass < PASSES && room.state.needsInfo; pass++) {
      this.fill(room.kind);
      await this.filling.get(room.kind);
    }
    return room;
  }

  /** Answers whether the frame was about rooms. What a newer server may tell besides is passed over. */
  onFrame(frame: ServerFrame): boolean {
    if (frame.type === "resumed") this.onResumed(frame);
    else if ("seq" in frame) {
      const key = keyOf(frame.data);
      if (key && Number.isSafeInteger(frame.seq)) this.get(key).state.receive(frame as RoomEvent);
    } else if (frame.type === "room.joined") {
      const room = this.placed(frame.data);
      room?.state.join(frame.data.seq);
      room?.onChange();
      if (room) void this.tellOfJoin(room);
    } else if (frame.type === "resync") this.placed(frame.data)?.state.resync(frame.data.seq);
    else if (frame.type === "room.left" || frame.type === "group.deleted") this.known(frame.data)?.state.leave();
    else if (isReceipt(frame)) this.known(frame.data)?.state.receipt(frame);
    else return false;
    return true;
  }

  /** Once it is known what it is. */
  private async tellOfJoin({ key }: Room) {
    const { info, isGone } = (await this.untilListed(key)).state;
    if (info && !isGone) this.onJoin(info);
  }

  /** The room of a frame that says where it stands. */
  private placed(data: Place & { seq: number }): Room | null {
    const key = keyOf(data);
    return key && Number.isSafeInteger(data.seq) ? this.get(key) : null;
  }

  private known(data: Place): Room | undefined {
    const key = keyOf(data);
    return key ? this.find(key) : undefined;
  }

  /** What could not be read before is worth another try. */
  onOpen() {
    for (const kind of KINDS) if (!this.loaded.has(kind) || this.lacks(kind)) this.fill(kind);
    for (const room of this.byKey.values()) room.onReconnect();
  }

  onLost() {
    for (const room of this.byKey.values()) room.onDisconnect();
  }

  protected build(): RoomsSnapshot {
    const rooms = [...this.byKey.values()].flatMap(({ state }) => (state.info && !state.isGone ? state.info : []));
    return {
      rooms: rooms.sort(byActivity),
      isLoaded: this.loaded.size === KINDS.length,
      error: this.error,
      unread: rooms.reduce((sum, { unread_count }) => sum + unread_count, 0),
    };
  }

  private onResumed({ data }: ResumedFrame) {
    // A server of an earlier version names none.
    const isAnother = data.epoch !== undefined && this.epoch !== null && data.epoch !== this.epoch;
    for (const [name, standing] of Object.entries(data.rooms ?? {})) {
      if (!isRoomKey(name)) continue;
      this.asked?.told.add(name);
      const { state } = this.get(name);
      if (isAnother) state.beginAnew(standing.seq);
      state.stand(standing);
    }
    if (data.more) return;
    // Positions on their way may name messages that are others now.
    if (isAnother) this.parts.readReceipts.forget();
    this.epoch = data.epoch ?? this.epoch;
    // Left while we were away.
    for (const key of this.asked?.known ?? []) if (!this.asked?.told.has(key)) this.find(key)?.state.leave();
    this.asked = null;
    this.hasResumed = true;
  }

  /** Reads the list of this kind until no room lacks its info. */
  private fill(kind: Kind) {
    if (this.filling.has(kind)) {
      this.again.add(kind);
      return;
    }
    const filling = this.readLists(kind)
      .then(
        () => {
          this.loaded.add(kind);
          this.error = null;
        },
        (error) => {
          this.error = asChatError(error);
        },
      )
      .then(() => {
        this.filling.delete(kind);
        this.changed();
        if (this.again.delete(kind) && this.lacks(kind) && !this.error) this.fill(kind);
      });
    this.filling.set(kind, filling);
  }

  /** What a reading under way answers may be older than what is asked for. */
  private async recount(room: Room) {
    if (this.recounting.has(room)) return;
    this.recounting.add(room);
    await this.filling.get(room.kind);
    this.recounting.delete(room);
    room.state.outdateInfo();
    this.fill(room.kind);
  }

  private async readLists(kind: Kind) {
    await this.parts.untilMe();
    for (let pass = 0; pass < PASSES; pass++) {
      let cursor: string | null = null;
      do {
        const at: string | null = cursor;
        const read = (): Promise<Page<RoomRow>> =>
          kind === "group" ? this.api.groups(at) : this.api.conversations(at);
        const page = await retry(this.parts.connection, read);
        for (const row of page.data) this.get(`${kind}:${row.id}`).state.setRow(row);
        this.loaded.add(kind);
        this.changed();
        cursor = page.next_cursor;
        // Before the first resume nobody knows which rooms there are.
      } while (cursor !== null && (!this.hasResumed || this.lacks(kind)));
      if (!this.lacks(kind)) return;
    }
  }

  private lacks(kind: Kind) {
    return [...this.byKey.values()].some(
      (room) => room.kind === kind && room.state.seq !== null && room.state.needsInfo,
    );
  }
}

interface Place {
  conversation_id?: number;
  group_id?: number;
}

/** Null for what is about no room that we know a kind of. */
function keyOf({ conversation_id, group_id }: Place): RoomKey | null {
  const key = conversation_id === undefined ? `group:${group_id}` : `conversation:${conversation_id}`;
  return isRoomKey(key) ? key : null;
}

const isReceipt = (frame: ServerFrame): frame is Receipt =>
  /^(typing\.(start|stop)|message\.delivered|(conversation|group)\.read)$/.test(frame.type);
