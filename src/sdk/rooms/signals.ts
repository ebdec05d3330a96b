// Events of a room that have no position in it: read receipts, deliveries and typing. None of them is replayed.
import type { FrameOf } from "../wire.ts";
import type { RoomState } from "./room-state.ts";

export const signals = {
  read(room: RoomState, { data }: FrameOf<"conversation.read" | "group.read">) {
    if (data.last_message_id === null) return;
    room.readUpTo(data.reader_id, data.last_message_id);
    if (data.reader_id === room.meId) room.countRead(data.last_message_id, data.updated_count);
  },
  delivered(room: RoomState, { data }: FrameOf<"message.delivered">) {
    room.positions.advance(data.user_id, { deliveredId: data.last_message_id });
    room.updateStates();
  },
  typingStarted(room: RoomState, { data }: FrameOf<"typing.start">) {
    room.typingUsers.set(data.user_id, { id: data.user_id, username: data.username });
  },
  typingStopped(room: RoomState, { data }: FrameOf<"typing.stop">) {
    room.typingUsers.delete(data.user_id);
  },
};
