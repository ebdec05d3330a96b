// What happened in a group besides messages, as a line of its timeline.
import type { Person, RoomEventItem, RoomEventKind } from "../../../sdk/index.ts";
import { isolate } from "./text.ts";
import { untilOf } from "./time.ts";

interface Line {
  /** "You" or a name. */
  actor: string;
  /** "you" or a name. */
  user: string;
  data: RoomEventItem["data"];
}

const LINES: Record<RoomEventKind, (line: Line) => string> = {
  joined: ({ actor }) => `${actor} joined`,
  added: ({ actor, user }) => `${actor} added ${user}`,
  left: ({ actor }) => `${actor} left`,
  removed: ({ actor, user }) => `${actor} removed ${user}`,
  banned: ({ actor, user }) => `${actor} removed and banned ${user}`,
  role: ({ actor, user, data }) =>
    "role" in data && data.role === "admin" ? `${actor} made ${user} an admin` : `${actor} removed ${user} as admin`,
  owner: ({ actor, user }) => `${actor} made ${user} the owner`,
  muted: ({ actor, user, data }) =>
    `${actor} muted ${user}${"muted_until" in data && data.muted_until ? ` until ${untilOf(data.muted_until)}` : ""}`,
  unmuted: ({ actor, user }) => `${actor} unmuted ${user}`,
  renamed: ({ actor, data }) => `${actor} renamed the group to “${"name" in data ? isolate(data.name) : ""}”`,
  described: ({ actor }) => `${actor} changed the group’s description`,
  opened: ({ actor }) => `${actor} made the group public`,
  closed: ({ actor }) => `${actor} made the group private`,
  updated: ({ actor }) => `${actor} changed the group’s settings`,
};

/** "Ali added you", "You renamed the group to “Weekend”"; `nameInText` returns the name of a person within a sentence. */
export function eventText(
  { kind, actor, user, data }: RoomEventItem,
  meId: number,
  nameInText: (person: Person) => string,
): string {
  const nameOf = (person: RoomEventItem["user"], self: string, unknown: string) =>
    person?.id === meId ? self : person?.username ? nameInText(person) : unknown;
  return LINES[kind]({ actor: nameOf(actor, "You", "Someone"), user: nameOf(user, "you", "someone"), data });
}
