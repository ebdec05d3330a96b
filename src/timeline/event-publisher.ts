// Publishes what was committed: the frame to the room's topic, and a signal to the hub if a membership changed. Called by the
// write path alone, in the order of commit.
import type { Bus } from "../bus/bus.ts";
import type { SqlClient } from "../db/client.ts";
import { roomTopic } from "../protocol/rooms.ts";
import { type RoomEvent, toFrame } from "./events.ts";

export class EventPublisher {
  /** The highest event id that was published; an event with a higher id has not been seen by anyone. */
  lastId = 0;

  /** `onHistoryLost` is called when an id shows that the database has lost what was published. */
  constructor(
    private readonly bus: Bus,
    private readonly onHistoryLost: () => void,
  ) {}

  /** Treats everything stored so far as published. */
  async start(sql: SqlClient) {
    const [last] = await sql<{ id: number }[]>`select coalesce(max(id), 0) as id from events`;
    this.lastId = last!.id;
  }

  /** An event that was stored just now. */
  publishNew(event: RoomEvent) {
    // Ids that this process stores only rise: a lower one means that the database has lost what was published under it.
    if (event.id <= this.lastId) this.onHistoryLost();
    this.publish(event);
  }

  /** An event that was stored earlier, without our knowing. */
  publish(event: RoomEvent) {
    if (event.id > this.lastId) this.lastId = event.id;
    const { id: roomId, kind } = event.room;
    this.bus.publish(roomTopic(kind, roomId), toFrame(event), event.seq);
    if (event.kind === "member.joined") {
      this.bus.signal({ type: "member.joined", kind, roomId, userId: event.data.user_id, seq: event.seq });
    } else if (event.kind === "member.left") {
      this.bus.signal({ type: "member.removed", kind, roomId, userId: event.data.user_id });
    }
  }
}
