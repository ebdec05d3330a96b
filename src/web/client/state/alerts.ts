// Friend requests and being added to a group: a toast if the page is focused, else a notification.
import type { Chat } from "../../../sdk/index.ts";
import { isolate } from "../lib/text.ts";
import { isPageFocused } from "./page-focus.ts";
import { currentNameOf, nameInText } from "./person.ts";
import { listHref, openRoom, roomHref } from "./route.ts";
import { isSeen } from "./tabs.ts";
import { toast } from "./toasts.ts";

// A group that the user joins is opened at once, in this tab or another; its event may arrive before that. A guess.
const OWN_JOIN_MS = 1_000;

export interface Alert {
  title: string;
  body: string;
  /** A notification replaces an earlier one with the same tag, and alerts again. */
  tag: string;
  /** The route that a click opens. */
  href: string;
}

/** Calls `notify` with what the user should know while the page is not focused, until the returned function is called. */
export function watchAlerts(running: Chat, notify: (alert: Alert) => void): () => void {
  const show = async (text: string, notification: Alert) => {
    if (isPageFocused.peek()) toast(text);
    else if (!(await isSeen("page"))) notify(notification);
  };

  const { incoming } = running.requests;
  const ends = [
    watchNew(
      incoming,
      () => {
        const { items, isLoaded } = incoming.getSnapshot();
        return isLoaded ? new Map(items.map((request) => [request.id, request.sender])) : null;
      },
      (id, sender) => {
        const text = `${nameInText(sender)} sent you a friend request.`;
        void show(text, {
          title: currentNameOf(sender),
          body: "Sent you a friend request",
          tag: `request:${id}`,
          href: listHref("people"),
        });
      },
    ),
    running.onJoin(async (info) => {
      if (info.kind !== "group" || info.role === "owner") return;
      const { key, title } = info;
      await new Promise((resolve) => setTimeout(resolve, OWN_JOIN_MS));
      if (openRoom.peek() === key || (await isSeen(key))) return;
      const notification = { title, body: "You were added to this group", tag: key, href: roomHref(key) };
      void show(`You were added to ${isolate(title)}.`, notification);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Calls back with each new entry; `read` returns null until the list is loaded. */
function watchNew<Key, Value>(
  store: { subscribe(listener: () => void): () => void },
  read: () => Map<Key, Value> | null,
  onNew: (key: Key, value: Value) => void,
): () => void {
  let known: Map<Key, Value> | null = null;
  const check = () => {
    const before = known;
    known = read() ?? known;
    if (before && known) for (const [key, value] of known) if (!before.has(key)) onNew(key, value);
  };
  check();
  return store.subscribe(check);
}
