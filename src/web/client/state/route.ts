// Where one is, as the address bar has it: a list, and the room that is open beside it, such as `#/`, `#/people`,
// `#/conversation/5` and `#/people/group/7`. Behind the `#`, because the paths are the API's.
import { batch, computed, signal } from "@preact/signals";
import { isRoomKey, type RoomKey } from "../../../sdk/index.ts";

export type Tab = "chats" | "people";

/** What the browser's history keeps of a step. */
interface Step {
  /** Where it was taken from. */
  from?: string;
  hasDetails?: boolean;
}

const stepOf = () => (history.state ?? {}) as Step;

const hash = signal(location.hash);
/** The room that is open; null for none. */
export const openRoom = computed(() => roomOf(hash.value));
/** Whether its details are open beside it. To open them is a step of its own, so that Back closes them. */
export const hasDetails = signal(stepOf().hasDetails === true);

// Told apart from a step that a link has just led to.
if (history.state === null) history.replaceState({} satisfies Step, "");
addEventListener("popstate", onStep);
addEventListener("hashchange", onStep);

function onStep() {
  if (history.state === null) history.replaceState(stepTo(location.hash), "");
  show();
}

function show() {
  batch(() => {
    hash.value = location.hash;
    hasDetails.value = stepOf().hasDetails === true;
  });
}

/** From where one is now. The details stay as long as the room does. */
const stepTo = (href: string): Step => ({
  from: hash.peek() || "#/",
  hasDetails: hasDetails.peek() && roomOf(href) === openRoom.peek(),
});

function roomOf(href: string): RoomKey | null {
  const [, kind, id] = /^#\/(?:people\/)?(\w+)\/(\w+)$/.exec(href) ?? [];
  const key = `${kind}:${id}`;
  return isRoomKey(key) ? key : null;
}

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
  if (href === location.hash) return;
  history.pushState(stepTo(href), "", href);
  show();
}

/** As `go`, and no way leads back to where one was. */
export function moveTo(href: string) {
  history.replaceState({} satisfies Step, "", href);
  show();
}

/** Leaves the room for the list beside it; where one has come from there, it is a step back. */
export function goBack() {
  const list = listHref(tab.peek());
  if (stepOf().from === list) history.back();
  else go(list);
}

export function openDetails() {
  history.pushState({ hasDetails: true } satisfies Step, "");
  show();
}

export function closeDetails() {
  const { from } = stepOf();
  if (from === undefined) return history.back();
  // They were open before this step, which changed something else.
  history.replaceState({ from } satisfies Step, "");
  show();
}

/** The search field of the list that has just been gone to. */
export const focusSearch = () =>
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>("#search")?.focus());
