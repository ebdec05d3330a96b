// The frames without a position in a room, each type with the function that applies it.
import type { FrameOf, RoomEvent, ServerFrame } from "./wire.ts";

/** `ack`, `error` and `pong` are for the connection, durable events for their room. */
export type TransientFrame = Exclude<ServerFrame, RoomEvent | FrameOf<"ack" | "error" | "pong">>;

/** One for each type: a type without one is a type error. */
export type FrameReducers<Type extends TransientFrame["type"] = TransientFrame["type"]> = {
  readonly [T in Type]: (frame: FrameOf<T>) => void;
};

/** Ignores types that only later servers know. */
export function applyFrame(reducers: FrameReducers, frame: ServerFrame) {
  if (Object.hasOwn(reducers, frame.type)) reducers[frame.type as TransientFrame["type"]](frame as never);
}
