// What happened in a group besides messages, as a line of its timeline.
import type { Person, RoomEventItem, RoomEventKind } from "../../../sdk/index.ts";
import { isolate, namesText } from "./text.ts";
import { untilOf } from "./time.ts";

/** Of several people in one line; the others are counted. */
const MOST_NAMED = 3;

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
  const line = LINES[kind]({ actor: nameOf(actor, "You", "Someone"), user: nameOf(user, "you", "someone"), data });
  return "invite_by" in data && data.invite_by ? `${line} with an invite link` : line;
}

/** Whether two events that follow each other make one line: several people joined, or were added by the same one. */
export function isSameLine(a: RoomEventItem, b: RoomEventItem): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === "joined" || a.kind === "left") return true;
  return (a.kind === "added" || a.kind === "removed") && a.actor?.id === b.actor?.id;
}

/** "Ali, Veli and 3 others joined", "You added Ali and Veli": events of one line. */
export function eventsText(
  events: readonly RoomEventItem[],
  meId: number,
  nameInText: (person: Person) => string,
): string {
  const [first] = events;
  if (events.length === 1) return eventText(first!, meId, nameInText);
  // Somebody who left and came back is named once.
  const people = new Map(events.map(({ actor, user }) => [user?.id ?? actor?.id, user ?? actor]));
  const isSubject = first!.kind === "joined" || first!.kind === "left";
  const names = [...people.values()].map((person, index) =>
    person?.id === meId
      ? isSubject && index === 0
        ? "You"
        : "you"
      : person?.username
        ? nameInText(person)
        : "someone",
  );
  const all = namesText(names.length > MOST_NAMED + 1 ? names.slice(0, MOST_NAMED) : names, names.length);
  const actor = first!.actor?.id === meId ? "You" : first!.actor?.username ? nameInText(first!.actor) : "Someone";
  return LINES[first!.kind]({ actor: isSubject ? all : actor, user: all, data: first!.data });
}
