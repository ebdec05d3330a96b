// What happened in a group besides messages, as a line of its timeline.
import type { RoomEventItem } from "../../../sdk/index.ts";
import { isolate } from "./text.ts";
import { untilOf } from "./time.ts";

/** "Ali added you", "You renamed the group to “Weekend”". */
export function eventText({ kind, actor, user, data }: RoomEventItem, meId: number): string {
  const nameOf = (person: { id: number; username: string } | null, you: string) =>
    person?.id === meId ? you : person?.username ? isolate(person.username) : you === "You" ? "Someone" : "someone";
  const who = nameOf(actor, "You");
  const whom = nameOf(user, "you");
  switch (kind) {
    case "joined":
      return `${who} joined`;
    case "added":
      return `${who} added ${whom}`;
    case "left":
      return `${who} left`;
    case "removed":
      return `${who} removed ${whom}`;
    case "banned":
      return `${who} removed and banned ${whom}`;
    case "role":
      return "role" in data && data.role === "admin"
        ? `${who} made ${whom} an admin`
        : `${who} removed ${whom} as admin`;
    case "owner":
      return `${who} made ${whom} the owner`;
    case "muted":
      return `${who} muted ${whom}${"muted_until" in data && data.muted_until ? ` until ${untilOf(data.muted_until)}` : ""}`;
    case "unmuted":
      return `${who} unmuted ${whom}`;
    case "renamed":
      return `${who} renamed the group to “${"name" in data ? isolate(data.name) : ""}”`;
    case "described":
      return `${who} changed the description`;
    case "opened":
      return `${who} made the group public`;
    case "closed":
      return `${who} made the group private`;
    case "updated":
      return `${who} changed the group’s settings`;
  }
}
