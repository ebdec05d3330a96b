// Where one is, as the address bar has it: a list, and the room that is open beside it, such as `#/`, `#/people`,
// `#/conversation/5` and `#/people/group/7`. Behind the `#`, because the paths are the API's.
import { computed, signal } from "@preact/signals";
import type { RoomKey } from "../../../sdk/index.ts";

export type Tab = "chats" | "people";

const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

/** The room that is open; null for none. */
export const openRoom = computed<RoomKey | null>(() => {
  const [, kind, id] = /^#\/(?:people\/)?(conversation|group)\/([1-9]\d{0,14})$/.exec(hash.value) ?? [];
  return kind ? (`${kind}:${id}` as RoomKey) : null;
});

/** Which list stands beside the room. */
export const tab = computed<Tab>(() => (/^#\/people(\/|$)/.test(hash.value) ? "people" : "chats"));

const hrefOf = (list: Tab, room: RoomKey | null) =>
  `#/${[list === "people" ? "people" : "", room?.replace(":", "/")].filter(Boolean).join("/")}`;

/** A room beside the list that is there. */
export const roomHref = (room: RoomKey) => hrefOf(tab.value, room);
/** Another list beside the room that is open. */
export const tabHref = (list: Tab) => hrefOf(list, openRoom.value);
/** The list alone. */
export const listHref = (list: Tab) => hrefOf(list, null);

export function go(href: string) {
  location.hash = href;
  hash.value = href;
}

/** As `go`, and no way leads back to where one was. */
export function moveTo(href: string) {
  history.replaceState(null, "", href);
  hash.value = href;
}

/** Leaves the room for the list beside it. */
export const goBack = () => go(listHref(tab.peek()));
