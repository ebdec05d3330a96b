// Tells the world what was committed: the room gets the frame, and the hub the signal if a membership changed. Called by
// the write path alone (timeline.ts, answers.ts, doubts.ts), in the order of commit.
import type { Bus } from "../bus/bus.ts";
import type { SqlClient } from "../db/client.ts";
import { roomTopic } from "../protocol/rooms.ts";
import { type RoomEvent, toFrame } from "./events.ts";

export class Announcer {
  /** The highest event id that was announced; what a room holds beyond it is news. */
  lastId = 0;

  constructor(private readonly bus: Bus) {}

  /** Takes what is stored already for known. */
  async start(sql: SqlClient) {
    const [last] = await sql<{ id: number }[]>`select coalesce(max(id), 0) as id from events`;
    this.lastId = last!.id;
  }

  announce(event: RoomEvent) {
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
