// Finds the reducer of a durable event. An event of a later server's has none; it only moves the room's position.
import type { RoomEvent } from "../wire.ts";
import { groupReducers } from "./group-reducers.ts";
import { messageReducers } from "./message-reducers.ts";
import { reactionReducers } from "./reaction-reducers.ts";
import type { Reducer, Reducers } from "./reducer.ts";

const REDUCERS: Reducers = { ...messageReducers, ...reactionReducers, ...groupReducers };

/** Null for an unknown type, and for data that lacks what its type promises. */
export function reducerOf({ type, data }: RoomEvent): Reducer<RoomEvent> | null {
  const reducer = Object.hasOwn(REDUCERS, type) ? (REDUCERS[type] as Reducer<RoomEvent>) : null;
  return reducer?.accepts(data) ? reducer : null;
}
