// The page title: the unread count and the open room. Installed apps also show the count on their icon.
import { effect } from "@preact/signals";
import { PRODUCT } from "../lib/product.ts";
import { openRoom, tab } from "./route.ts";
import { chat } from "./session.ts";

const TITLES = { chats: "", activity: "Activity", people: "People" };

/** Follows the current chat and route. */
export function startTitle() {
  effect(() => {
    const running = chat.value;
    const room = openRoom.value;
    const list = tab.value;
    if (!running) return show(0, "");
    const update = () => {
      const { rooms, unread } = running.rooms.getSnapshot();
      const title = room && rooms.find(({ key }) => key === room)?.title;
      show(unread, title || TITLES[list]);
    };
    update();
    return running.rooms.subscribe(update);
  });
}

function show(unread: number, place: string) {
  const name = place ? `${place} – ${PRODUCT}` : PRODUCT;
  document.title = unread > 0 ? `(${unread > 99 ? "99+" : unread}) ${name}` : name;
  // Browsers reject it for pages that are not installed.
  const { setAppBadge } = navigator as Partial<Navigator>;
  setAppBadge?.call(navigator, unread).catch(() => {});
}
