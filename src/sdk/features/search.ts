// Search through the messages of the user's rooms.
import type { Api } from "../api.ts";
import { queryOf } from "../http.ts";
import type { Page, RoomKey, SearchResult as WireResult } from "../wire.ts";

/** What to look for. Without a `query`, one of `from`, `has` and `mentions` is needed. */
export interface SearchOptions {
  /** Words that all must occur, the last one by its beginning; what is between quotation marks as it is written. */
  query?: string | undefined;
  /** Only in this room. */
  room?: RoomKey | undefined;
  /** Only of this sender. */
  from?: number | undefined;
  /** Only messages with a link, or with an attachment of this kind. */
  has?: "link" | "image" | "file" | "voice" | "video" | undefined;
  /** Only messages that mention the user or all, or reply to one of the user's. */
  mentions?: "me" | undefined;
  /** Only what was sent at this moment or later (ISO 8601). */
  after?: string | undefined;
  /** Only what was sent before this moment. */
  before?: string | undefined;
  /** `next_cursor` of the page before, with the rest unchanged. */
  cursor?: string | null | undefined;
  /** Cancels the search, which then throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

export type SearchResult = Omit<WireResult, "room"> & { room: RoomKey };

/** Newest first. `complete` is false where something may be missing up to the page's end. */
export interface SearchPage extends Page<SearchResult> {
  complete: boolean;
}

export const createSearch =
  ({ call }: Api) =>
  ({ signal, ...wanted }: SearchOptions): Promise<SearchPage> =>
    call("GET", `/search${queryOf(wanted)}`, undefined, signal);
