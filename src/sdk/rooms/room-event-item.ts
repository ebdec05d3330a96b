// What a timeline shows of a group between its messages.
import type { GroupEvent } from "../wire.ts";

export type RoomEventKind =
  | "joined"
  | "added"
  | "left"
  | "removed"
  | "banned"
  | "role"
  | "owner"
  | "muted"
  | "unmuted"
  | "renamed"
  | "described"
  | "opened"
  | "closed"
  | "updated";

interface EventUser {
  id: number;
  /** As it was at the time. */
  username: string;
}

/** An entry of the timeline that is no message. */
export interface RoomEventItem {
  /** To key a list by; distinct from every message's. */
  key: string;
  /** Its position among the messages. */
  seq: number;
  kind: RoomEventKind;
  /** Who did it. */
  actor: EventUser;
  /** Whom it was done to; null when it concerns the group itself. */
  user: EventUser | null;
  at: string;
  /** The frame's data: `role`, `muted_until`, `name`, `description` and the like. */
  data: GroupEvent["data"];
}
