// What reaches somebody who is looking elsewhere: the browser's notifications, and the number in the title.
import { effect, signal } from "@preact/signals";
import type { Arrival, Chat } from "../../../sdk/index.ts";
import { isolate } from "../lib/text.ts";
import { go, roomHref } from "./route.ts";
import { chat } from "./session.ts";
import { storage } from "./storage.ts";
import { isSeen } from "./tabs.ts";

const OFF_KEY = "chat notifications off";

/** `unsupported`: not here; `denied`: only the browser's own settings help. */
export type Permission = "on" | "off" | "denied" | "unsupported";

function readPermission(): Permission {
  if (!("Notification" in window)) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && !storage.getItem(OFF_KEY) ? "on" : "off";
}

export const permission = signal(readPermission());

export async function setNotifications(isOn: boolean) {
  if (isOn) {
    storage.removeItem(OFF_KEY);
    if (Notification.permission === "default") await Notification.requestPermission();
  } else storage.setItem(OFF_KEY, "1");
  permission.value = readPermission();
}

/** Follows the chat that runs. */
export function startNotifications() {
  effect(() => {
    const running = chat.value;
    if (!running) return badge(0);
    const show = () => badge(running.rooms.getSnapshot().unread);
    show();
    const ends = [running.rooms.subscribe(show), running.onMessage((arrival) => void onArrival(running, arrival))];
    return () => {
      for (const end of ends) end();
    };
  });
}

function badge(unread: number) {
  document.title = unread > 0 ? `(${unread > 99 ? "99+" : unread}) Chat` : "Chat";
  // Only installed apps have one; elsewhere it is refused.
  const { setAppBadge } = navigator as Partial<Navigator>;
  setAppBadge?.call(navigator, unread).catch(() => {});
}

async function onArrival(running: Chat, { room, message, isLive }: Arrival) {
  if (!isLive || permission.peek() !== "on" || (await isSeen(room))) return;
  const title = running.room(room).getSnapshot().info?.title ?? message.sender_name;
  const body = room.startsWith("group") ? `${isolate(message.sender_name)}: ${message.body}` : message.body;
  let shown: Notification;
  try {
    // One a room, whichever tab it comes from: the next replaces the last.
    shown = new Notification(title, { body, tag: room, icon: "/icon-192.png" });
  } catch {
    // Android wants a service worker for it.
    return;
  }
  shown.onclick = () => {
    window.focus();
    go(roomHref(room));
    shown.close();
  };
}
