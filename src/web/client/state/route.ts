// The route in the URL's fragment: a list and the room that is open beside it, such as `#/`, `#/people`, `#/activity`, `#/conversation/5` and
// `#/people/group/7`, with a message to jump to as in `#/group/7/m/42`. In the fragment, because the paths are the API's.
import { batch, computed, signal } from "@preact/signals";
import { isRoomKey, type RoomKey } from "../../../sdk/index.ts";

export type Tab = "chats" | "activity" | "people";

/** The state of a history entry. */
interface HistoryState {
  /** The route that led here. */
  from?: string;
  hasDetails?: boolean;
}

const historyState = () => (history.state ?? {}) as HistoryState;

const hash = signal(location.hash);
export interface MailLink {
  kind: "reset" | "verify" | "sign-on";
  token: string;
}
/** A link that was sent by mail, `#/reset/…`, `#/verify/…`, or what a log-in at a provider came back with, `#/sign-on/…`. */
export const mailLink = computed((): MailLink | null => {
  const [, kind, token] = /^#\/(reset|verify|sign-on)\/([\w-]+)$/.exec(hash.value) ?? [];
  return token ? { kind: kind as MailLink["kind"], token } : null;
});
/** The code in the link of an invite, `#/invite/…`. */
export const inviteCode = computed(() => /^#\/invite\/([\w-]+)$/.exec(hash.value)?.[1] ?? null);
/** That link, as a whole address. */
export const inviteUrl = (code: string) => new URL(`#/invite/${code}`, document.baseURI).href;
/** What the route names in the admin area, `#/admin/…`, such as `people/42`; null elsewhere. */
export const adminPath = computed(() => /^#\/admin\/?(.*)$/.exec(hash.value)?.[1] ?? null);
export const adminHref = "#/admin/people";
/** Null when no room is open. */
export const openRoom = computed(() => roomOf(hash.value));
/** The message that the route names; another object with each visit, so that the same link leads there again. */
export const messageVisit = signal(messageOf(location.hash));
/** Whether its details are open beside it. Opening them adds a history entry, so that Back closes them. */
export const hasDetails = signal(historyState().hasDetails === true);

// An entry that a link creates has no state; that tells it from this first one.
if (history.state === null) history.replaceState({} satisfies HistoryState, "");
addEventListener("popstate", onNavigate);
addEventListener("hashchange", onNavigate);
// A link to where one is already is no navigation.
addEventListener("click", ({ target }) => {
  const link = (target as Element | null)?.closest?.("a");
  if (link && link.getAttribute("href") === location.hash) messageVisit.value = messageOf(location.hash);
});

function onNavigate() {
  if (history.state === null) history.replaceState(stateFor(location.hash), "");
  update();
}

function update() {
  batch(() => {
    if (hash.peek() !== location.hash) messageVisit.value = messageOf(location.hash);
    hash.value = location.hash;
    hasDetails.value = historyState().hasDetails === true;
  });
}

/** The state of an entry that leads to `href` from the current route. The details stay open while the room stays the same. */
const stateFor = (href: string): HistoryState => ({
  from: hash.peek() || "#/",
  hasDetails: hasDetails.peek() && roomOf(href) === openRoom.peek(),
});

function roomOf(href: string): RoomKey | null {
  const [, kind, id] = /^#\/(?:(?:people|activity)\/)?(\w+)\/(\w+)(?:\/m\/\d+)?$/.exec(href) ?? [];
  const key = `${kind}:${id}`;
  return isRoomKey(key) ? key : null;
}

function messageOf(href: string): { id: number } | null {
  const id = Number(/\/m\/(\d+)$/.exec(href)?.[1]);
  return roomOf(href) && Number.isSafeInteger(id) && id > 0 ? { id } : null;
}

/** The list beside the room. */
export const tab = computed(() => (/^#\/(people|activity)(?:\/|$)/.exec(hash.value)?.[1] ?? "chats") as Tab);

const hrefOf = (list: Tab, room: RoomKey | null) =>
  `#/${[list === "chats" ? "" : list, room?.replace(":", "/")].filter(Boolean).join("/")}`;

/** A room beside the current list. */
export const roomHref = (room: RoomKey) => hrefOf(tab.value, room);
/** A message in its room, beside the current list. Opening it jumps there. */
export const messageHref = (room: RoomKey, messageId: number) => `${roomHref(room)}/m/${messageId}`;
/** The same for others, as a whole address. */
export const messageUrl = (room: RoomKey, messageId: number) =>
  new URL(`${hrefOf("chats", room)}/m/${messageId}`, document.baseURI).href;
/** A list beside the open room. */
export const tabHref = (list: Tab) => hrefOf(list, openRoom.value);
/** A list without a room. */
export const listHref = (list: Tab) => hrefOf(list, null);

export function go(href: string) {
  if (href === location.hash) {
    messageVisit.value = messageOf(href);
    return;
  }
  history.pushState(stateFor(href), "", href);
  update();
}

/** Like `go`, but replaces the history entry. */
export function replaceRoute(href: string) {
  history.replaceState({} satisfies HistoryState, "", href);
  update();
}

/** The route no longer names a message: something else is shown. */
export function leaveMessage() {
  if (!messageVisit.peek()) return;
  history.replaceState(history.state, "", hrefOf(tab.peek(), openRoom.peek()));
  update();
}

/** Closes the room and shows the list beside it: a step back in the history if the list is where the user came from. */
export function goBack() {
  const list = listHref(tab.peek());
  if (historyState().from === list) history.back();
  else go(list);
}

export function openDetails() {
  history.pushState({ hasDetails: true } satisfies HistoryState, "");
  update();
}

export function closeDetails() {
  const { from } = historyState();
  if (from === undefined) return history.back();
  // They were already open when this entry was created for another reason.
  history.replaceState({ from } satisfies HistoryState, "");
  update();
}

/** The list whose search field gets the focus when it is rendered. */
let wantedSearch: Tab | null = null;

/** Focuses the search field of a list, once it is rendered: its code may have to be loaded first. */
export function focusSearch(list: Tab) {
  wantedSearch = list;
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLInputElement>(`#search[data-list="${list}"]`);
    if (field && takeSearchFocus(list)) field.focus();
  });
}

/** Whether the search field of this list is to have the focus; asked once. */
export function takeSearchFocus(list: Tab): boolean {
  const isWanted = wantedSearch === list;
  if (isWanted) wantedSearch = null;
  return isWanted;
}
