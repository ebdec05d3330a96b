// The types of what is on the wire.
import type { DirectMessage, GroupMessage, Member, ServerFrame } from "./schemas.ts";

export type { ErrorCode } from "../protocol/errors.ts";
export type { GroupAction } from "../protocol/permissions.ts";
export type { RoomKey } from "../protocol/rooms.ts";
export type * from "./schemas.ts";

export type Role = Member["role"];
/** A message as the server sends it, of a conversation or a group. */
export type WireMessage = DirectMessage | GroupMessage;

/** The frame of this type. */
export type FrameOf<Type extends ServerFrame["type"]> = Extract<ServerFrame, { type: Type }>;
/** A durable event: it has a position in its room, and is replayed. */
export type RoomEvent = Extract<ServerFrame, { seq: number }>;
export type ReactionChange = Pick<FrameOf<"reaction.added">["data"], "message_id" | "user_id" | "emoji" | "count">;
export type ResumedFrame = FrameOf<"resumed">;
/** A room as `resumed` describes it. */
export type ResumedRoom = ResumedFrame["data"]["rooms"][string];

/** A page of a list; pass `next_cursor` to read the next one. */
export interface Page<Item> {
  data: Item[];
  next_cursor: string | null;
}
