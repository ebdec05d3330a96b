// What happens to oneself besides messages: a friend request, and being added to a group. A word in the page for who is looking
// at it, a notification for who is not.
import type { Chat } from "../../../sdk/index.ts";
import { isolate } from "../lib/text.ts";
import { isPageFocused } from "./page-focus.ts";
import { listHref, openRoom, roomHref } from "./route.ts";
import { isSeen } from "./tabs.ts";
import { toast } from "./toasts.ts";

// A group that one joins by oneself is opened at once, in this tab or another; the socket may tell of it before. A guess.
const OWN_STEP_MS = 1_000;

export interface Alert {
  title: string;
  body: string;
  /** A later one of the same tag takes the place of the earlier one, and alerts again. */
  tag: string;
  /** Where a click on it leads. */
  href: string;
}

/** Calls back with what somebody who is looking elsewhere should know, until the returned function is called. */
export function watchAlerts(running: Chat, notify: (notice: Alert) => void): () => void {
  const tell = async (text: string, notice: Alert) => {
    if (isPageFocused.peek()) toast(text);
    else if (!(await isSeen("page"))) notify(notice);
  };

  const { incoming } = running.requests;
  const ends = [
    watchNew(
      incoming,
      () => {
        const { items, isLoaded } = incoming.getSnapshot();
        return isLoaded ? new Map(items.map((request) => [request.id, request.sender.username])) : null;
      },
      (id, name) => {
        const text = `${isolate(name)} wants to be your friend.`;
        void tell(text, {
          title: name,
          body: "Wants to be your friend",
          tag: `request:${id}`,
          href: listHref("people"),
        });
      },
    ),
    running.onJoin(async (info) => {
      if (info.kind !== "group" || info.role === "owner") return;
      const { key, title } = info;
      await new Promise((resolve) => setTimeout(resolve, OWN_STEP_MS));
      if (openRoom.peek() === key || (await isSeen(key))) return;
      const notice = { title, body: "You were added to this group", tag: key, href: roomHref(key) };
      void tell(`You were added to ${isolate(title)}.`, notice);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** Calls back with each entry that was not there before; `read` answers null while nothing is known. */
function watchNew<Key, Value>(
  store: { subscribe(listener: () => void): () => void },
  read: () => Map<Key, Value> | null,
  onNew: (key: Key, value: Value) => void,
): () => void {
  let known: Map<Key, Value> | null = null;
  const look = () => {
    const before = known;
    known = read() ?? known;
    if (before && known) for (const [key, value] of known) if (!before.has(key)) onNew(key, value);
  };
  look();
  return store.subscribe(look);
}
