// What one durable event of a room changes. There is one reducer for each type; together they are the record in reducers.ts.
import type { FrameOf, ReactionChange, RoomEvent, WireMessage } from "../wire.ts";
import type { MemberList } from "./members.ts";
import type { Positions } from "./positions.ts";
import type { RoomEventItem } from "./room-event-item.ts";
import type { RoomInfo } from "./room-info.ts";

export interface Reducer<Event extends RoomEvent> {
  /** Whether the data has what the reducer needs. A later server's may not: the event then changes nothing. */
  accepts(data: Event["data"]): boolean;
  /** The fields of the room's info that change. It is applied again when an older row of the list is read: no side effects. */
  info(info: RoomInfo, event: Event, context: InfoContext): Partial<RoomInfo>;
  /** Whether what the room's counts are after it is not known: the list is read again. */
  outdatesCount?(info: RoomInfo, event: Event, context: InfoContext): boolean;
  /** What a timeline shows; null for an event that another one already covers. Left out for messages. */
  item?(event: Event): Pick<RoomEventItem, "kind" | "user"> | null;
  /** Applies the event to everything else that is held of the room. */
  apply?(room: ReducedRoom, event: Event): void;
}

/** One for each type of durable event: a type without one is a type error. */
export type Reducers<Type extends RoomEvent["type"] = RoomEvent["type"]> = {
  readonly [T in Type]: Reducer<FrameOf<T>>;
};

export interface InfoContext {
  meId: number;
  /** The seq of the last message that the count includes already. */
  countedSeq: number;
  /** Whether it is someone else's, and the user has not read it. */
  isUnread(message: WireMessage): boolean;
}

/** The parts of a room that reducers change. */
export interface ReducedRoom {
  readonly members: MemberList;
  readonly positions: Positions;
  readonly typingUsers: Map<number, unknown>;
  putMessage(message: WireMessage, isNew: boolean): void;
  putReaction(change: ReactionChange, isAdded: boolean): void;
  /** Positions or members have changed: updates the states of messages. */
  updateStates(): void;
}
