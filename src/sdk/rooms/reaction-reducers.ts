// Reactions to messages. They are no activity of the room, and count for nothing unread.
import type { FrameOf } from "../wire.ts";
import { withReaction } from "./reactions.ts";
import type { Reducer, Reducers } from "./reducer.ts";
import type { RoomInfo } from "./room-info.ts";

type ReactionEventType = `reaction.${"added" | "removed"}`;

const reducer: Reducer<FrameOf<ReactionEventType>> = {
  accepts: (data) => Number.isSafeInteger(data?.message_id),
  info(info, { type, data }, { meId }) {
    const last = info.last_message;
    if (last?.id !== data.message_id) return {};
    const { reactions, ...message } = last;
    const next = withReaction(reactions, data, type === "reaction.added", meId);
    return { last_message: next ? { ...message, reactions: [...next] } : message } as Partial<RoomInfo>;
  },
  apply: (room, { type, data }) => room.putReaction(data, type === "reaction.added"),
};

export const reactionReducers: Reducers<ReactionEventType> = { "reaction.added": reducer, "reaction.removed": reducer };
