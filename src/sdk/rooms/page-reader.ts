// Reads pages of a room's messages and of what else happened in it.
import type { Api } from "../api.ts";
import { asChatError } from "../errors.ts";
import type { GroupEvent, Page, RoomKey, WireMessage } from "../wire.ts";
import { messagesPath, parseRoomKey } from "./room-key.ts";

/** A screen shows some twenty; the server returns up to 100. */
export const PAGE_SIZE = 50;

/** Of message ids, at most one. */
export interface PagePosition {
  before?: number | undefined;
  after?: number;
  around?: number;
}

/** `previous_cursor` is null, or missing, where nothing newer follows. */
export type MessagePage = Page<WireMessage> & { previous_cursor?: string | null };

export class PageReader {
  readonly #key: RoomKey;
  readonly #api: Api;

  constructor(key: RoomKey, api: Api) {
    this.#key = key;
    this.#api = api;
  }

  /** Without a position the newest page. Throws ChatError. */
  messages(position: PagePosition = {}, limit = PAGE_SIZE): Promise<MessagePage> {
    return this.#api.page<WireMessage>(messagesPath(this.#key), { limit, ...position });
  }

  /** Those before a seq, or the newest. A server that doesn't list events is no reason to show no messages. */
  async events(before?: number): Promise<GroupEvent[]> {
    const { kind, id } = parseRoomKey(this.#key);
    if (kind !== "group") return [];
    try {
      return (await this.#api.page<GroupEvent>(`/groups/${id}/events`, { before })).data;
    } catch (error) {
      if (asChatError(error).isTransient) throw error;
      return [];
    }
  }
}
