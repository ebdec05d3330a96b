// Where one is, as the address bar has it: `#/`, `#/people`, `#/conversation/5`, `#/group/7`. Behind the `#`, because the
// paths are the API's.
import { computed, signal } from "@preact/signals";
import type { RoomKey } from "../../../sdk/index.ts";

export type Tab = "chats" | "people";

const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

/** The room that is open; null for none. */
export const openRoom = computed<RoomKey | null>(() => {
  const [, kind, id] = /^#\/(conversation|group)\/([1-9]\d{0,14})$/.exec(hash.value) ?? [];
  return kind ? (`${kind}:${id}` as RoomKey) : null;
});

/** Which list stands beside the room; the room itself does not change it. */
let lastTab: Tab = "chats";
export const tab = computed<Tab>(() => {
  if (hash.value === "#/people") lastTab = "people";
  else if (openRoom.value === null) lastTab = "chats";
  return lastTab;
});

export const roomHref = (room: RoomKey) => `#/${room.replace(":", "/")}`;
export const tabHref = (name: Tab) => (name === "people" ? "#/people" : "#/");

export function go(href: string) {
  location.hash = href;
}

/** Leaves the room for the list beside it. */
export const goBack = () => go(tabHref(tab.peek()));
