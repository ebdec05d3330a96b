// What has happened in a group besides messages. Events never change, so that pages and frames merge in any order.
import type { GroupEvent, RoomEvent } from "../wire.ts";
import { reducerOf } from "./reducers.ts";
import type { RoomEventItem } from "./room-event-item.ts";

// What a group may gather in months without a message that would push it out.
const LIMIT = 1000;

/** Null for what a timeline doesn't show. */
function toItem(event: RoomEvent): RoomEventItem | null {
  const item = reducerOf(event)?.item?.(event);
  if (!item) return null;
  const { seq, data } = event as GroupEvent;
  const actor = { id: data.actor_id, username: data.actor_name ?? "" };
  return { key: `e${seq}`, seq, ...item, actor, at: data.at, data };
}

export class EventWindow {
  /** In order of seq. */
  items: readonly RoomEventItem[] = [];

  add(events: RoomEvent[]) {
    this.#put(events, toItem);
  }

  merge({ items }: EventWindow) {
    this.#put(items, (item) => item);
  }

  #put<Event extends { seq: number }>(events: readonly Event[], itemOf: (event: Event) => RoomEventItem | null) {
    const known = new Set(this.items.map(({ seq }) => seq));
    const added = events.flatMap((event) => (known.has(event.seq) ? [] : (itemOf(event) ?? [])));
    if (added.length === 0) return;
    this.items = [...this.items, ...added].sort((a, b) => a.seq - b.seq).slice(-LIMIT);
  }

  clear() {
    this.items = [];
  }

  /** Drops what happened before a position. */
  trim(from: number) {
    if ((this.items[0]?.seq ?? from) < from) this.items = this.items.filter(({ seq }) => seq >= from);
  }
}
