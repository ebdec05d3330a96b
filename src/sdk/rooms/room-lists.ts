// Reads the lists of conversations and groups, page by page, until every room of the user has its info.
import type { Api } from "../api.ts";
import { retry } from "../backoff.ts";
import type { Connection } from "../connection/connection.ts";
import { asChatError, type ChatError } from "../errors.ts";
import type { PeopleStores } from "../features/people.ts";
import type { Room } from "./room.ts";
import type { RoomRow } from "./room-info.ts";
import { ROOM_KINDS, type RoomKind } from "./room-key.ts";

// A room that moved to the top while the pages were read is found by a second pass.
const PASSES = 3;

const PATHS: Record<RoomKind, string> = { conversation: "/conversations", group: "/groups" };

export interface RoomListsParts {
  api: Api;
  connection: Connection;
  people: PeopleStores;
  /** Resolves once it is known whose session this is. */
  untilMe(): Promise<unknown>;
  /** Whether the server has named all rooms of the user. */
  hasResumed(): boolean;
  rooms(): Room[];
  onRow(kind: RoomKind, row: RoomRow): void;
  onChange(): void;
}

export class RoomLists {
  readonly #parts: RoomListsParts;
  error: ChatError | null = null;
  readonly #loaded = new Set<RoomKind>();
  readonly #loading = new Map<RoomKind, Promise<void>>();
  /** Lists that were requested while they were being read. */
  readonly #again = new Set<RoomKind>();
  readonly #recounting = new Set<Room>();

  constructor(parts: RoomListsParts) {
    this.#parts = parts;
  }

  get isLoaded() {
    return this.#loaded.size === ROOM_KINDS.length;
  }

  /** Reads the list of this kind until no room lacks its info. */
  load(kind: RoomKind) {
    if (this.#loading.has(kind)) {
      this.#again.add(kind);
      return;
    }
    const loading = this.#read(kind)
      .then(
        () => {
          this.#loaded.add(kind);
          this.error = null;
        },
        (error) => {
          this.error = asChatError(error);
        },
      )
      .then(() => {
        this.#loading.delete(kind);
        this.#parts.onChange();
        if (this.#again.delete(kind) && this.#isMissingInfo(kind) && !this.error) this.load(kind);
      });
    this.#loading.set(kind, loading);
  }

  /** Reads what could not be read before. */
  resume() {
    for (const kind of ROOM_KINDS) if (!this.#loaded.has(kind) || this.#isMissingInfo(kind)) this.load(kind);
  }

  /** Reads the unread count of a room again. A request that is in flight may return an older one. */
  async recount(room: Room) {
    if (this.#recounting.has(room)) return;
    this.#recounting.add(room);
    await this.#loading.get(room.kind);
    this.#recounting.delete(room);
    room.state.invalidateInfo();
    this.load(room.kind);
  }

  /** Resolves when the room has its info, or the list has been read without it. */
  async untilListed({ kind, state }: Room) {
    for (let pass = 0; pass < PASSES && state.needsInfo; pass++) {
      this.load(kind);
      await this.#loading.get(kind);
    }
  }

  async #read(kind: RoomKind) {
    const { api, connection, people, untilMe, hasResumed, onRow, onChange } = this.#parts;
    await untilMe();
    for (let pass = 0; pass < PASSES; pass++) {
      let cursor: string | null = null;
      do {
        const query: { cursor: string | null } = { cursor };
        const learn = people.learner();
        const page = await retry(connection, () => api.page<RoomRow>(PATHS[kind], query));
        learn(page.data.flatMap((row) => ("peer" in row ? row.peer : [])));
        for (const row of page.data) onRow(kind, row);
        this.#loaded.add(kind);
        onChange();
        cursor = page.next_cursor;
        // Before the first resume it is not known which rooms there are.
      } while (cursor !== null && (!hasResumed() || this.#isMissingInfo(kind)));
      if (!this.#isMissingInfo(kind)) return;
    }
  }

  #isMissingInfo(kind: RoomKind) {
    return this.#parts.rooms().some((room) => room.kind === kind && room.state.seq !== null && room.state.needsInfo);
  }
}
