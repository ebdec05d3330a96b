// The name of the tab: how much is unread, and which room is open. Installed apps show the number on their icon, too.
import { effect } from "@preact/signals";
import { PRODUCT } from "../lib/product.ts";
import { openRoom, tab } from "./route.ts";
import { chat } from "./session.ts";

/** Follows the chat that runs and what is open. */
export function startTitle() {
  effect(() => {
    const running = chat.value;
    const room = openRoom.value;
    const list = tab.value;
    if (!running) return show(0, "");
    const look = () => {
      const { rooms, unread } = running.rooms.getSnapshot();
      const title = room && rooms.find(({ key }) => key === room)?.title;
      show(unread, title || (list === "people" ? "People" : ""));
    };
    look();
    return running.rooms.subscribe(look);
  });
}

function show(unread: number, place: string) {
  const name = place ? `${place} – ${PRODUCT}` : PRODUCT;
  document.title = unread > 0 ? `(${unread > 99 ? "99+" : unread}) ${name}` : name;
  // Only installed apps have one; elsewhere it is refused.
  const { setAppBadge } = navigator as Partial<Navigator>;
  setAppBadge?.call(navigator, unread).catch(() => {});
}
