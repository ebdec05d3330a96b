// Publishes what was committed: the frame to the room's topic, and a signal to the hub if a membership changed. Called by the
// write path alone, in the order of commit.
import type { Bus } from "../bus/bus.ts";
import type { SqlClient } from "../db/client.ts";
import type { RoomEvent } from "./events.ts";
import type { PeerCache } from "./peer-cache.ts";
import { toPublished, undeliveredTo } from "./published-event.ts";

export class EventPublisher {
  /** The highest event id that was published; an event with a higher id has not been seen by anyone. */
  lastId = 0;

  /**
   * `onHistoryLost` is called when an id shows that the database has lost what was published; `onCommit` with the room of each event,
   * where something follows the timeline.
   */
  constructor(
    private readonly bus: Bus,
    private readonly peerCache: Pick<PeerCache, "get">,
    private readonly onHistoryLost: () => void,
    private readonly onCommit?: (roomId: number) => void,
  ) {}

  /** Treats everything stored so far as published. */
  async start(sql: SqlClient) {
    const [last] = await sql<{ id: number }[]>`select coalesce(max(id), 0) as id from events`;
    this.lastId = last!.id;
  }

  /** An event that was stored just now; `recipient` as PublishedEvent has `undeliveredTo`. */
  publishNew(event: RoomEvent, recipient: number | null = null) {
    // Ids that this process stores only rise: a lower one means that the database has lost what was published under it.
    if (event.id <= this.lastId) this.onHistoryLost();
    this.publish(event, recipient);
  }

  /** An event that was stored earlier, without our knowing. */
  publishFound(event: RoomEvent) {
    this.publish(event, undeliveredTo(event, this.peerCache));
  }

  private publish(event: RoomEvent, recipient: number | null) {
    if (event.id > this.lastId) this.lastId = event.id;
    this.bus.publishEvent(toPublished(event, recipient));
    this.onCommit?.(event.room.id);
  }
}
