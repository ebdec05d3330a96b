// What has happened in a group besides messages, in the form in which a timeline shows it. Events never change, so that pages
// and frames can be put together in any order.
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

interface Somebody {
  id: number;
  /** As it was at the time. */
  username: string;
}

/** A line of the timeline that is no message. */
export interface RoomEventItem {
  /** To key a list by; no message has the same. */
  key: string;
  /** Its place among the messages. */
  seq: number;
  kind: RoomEventKind;
  /** Who did it. */
  actor: Somebody;
  /** Whom it happened to; null where it concerns the group itself. */
  user: Somebody | null;
  at: string;
  /** The frame's data: `role`, `muted_until`, `name`, `description` and the like. */
  data: GroupEvent["data"];
}

// What a group may gather in months without a message that would push it out.
const LIMIT = 1000;

/** Null for what is only the other half of another event. */
function toItem(event: GroupEvent): RoomEventItem | null {
  const { seq, data } = event;
  const kind = kindOf(event);
  if (!kind) return null;
  const actor = { id: data.actor_id, username: data.actor_name ?? "" };
  const user = "user_id" in data ? { id: data.user_id, username: data.username } : null;
  return { key: `e${seq}`, seq, kind, actor, user, at: data.at, data };
}

function kindOf({ type, data }: GroupEvent): RoomEventKind | null {
  if (type === "group.updated") {
    const { changes, is_private } = data;
    if (!changes) return "updated";
    if (changes.includes("name")) return "renamed";
    if (changes.includes("description")) return "described";
    if (changes.includes("is_private")) return is_private ? "closed" : "opened";
    return changes.includes("owner_id") ? null : "updated"; // The new owner's role tells of that.
  }
  const isOwn = data.actor_id === data.user_id;
  switch (type) {
    case "group.member.joined":
      return isOwn ? "joined" : "added";
    case "group.member.left":
      return isOwn ? "left" : "banned" in data && data.banned ? "banned" : "removed";
    case "group.member.role":
      if (data.role === "owner") return "owner";
      return isOwn ? null : "role"; // The old owner's, after handing the group over.
    case "group.member.muted":
      return "muted";
    case "group.member.unmuted":
      return "unmuted";
    default:
      return null;
  }
}

export class EventWindow {
  /** In order of seq. */
  items: readonly RoomEventItem[] = [];

  add(events: GroupEvent[]) {
    const known = new Set(this.items.map(({ seq }) => seq));
    const news = events.flatMap((event) => (known.has(event.seq) ? [] : (toItem(event) ?? [])));
    if (news.length === 0) return;
    this.items = [...this.items, ...news].sort((a, b) => a.seq - b.seq).slice(-LIMIT);
  }

  clear() {
    this.items = [];
  }

  /** Keeps what happened from a place on. */
  trim(from: number) {
    if ((this.items[0]?.seq ?? from) < from) this.items = this.items.filter(({ seq }) => seq >= from);
  }
}
