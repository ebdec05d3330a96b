// Reactions to messages. They are no activity of the room, and count for nothing.
import type { FrameOf } from "../wire.ts";
import type { Reducer, Reducers } from "./reducer.ts";

type ReactionEventType = `reaction.${"added" | "removed"}`;

const reducer: Reducer<FrameOf<ReactionEventType>> = {
  accepts: (data) => Number.isSafeInteger(data?.message_id),
  info: () => ({}),
  apply: (room, { type, data }) => room.putReaction(data, type === "reaction.added"),
};

export const reactionReducers: Reducers<ReactionEventType> = { "reaction.added": reducer, "reaction.removed": reducer };
