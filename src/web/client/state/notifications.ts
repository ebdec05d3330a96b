// Browser notifications for a user who is not looking at the page.
import { effect, signal } from "@preact/signals";
import type { Chat, IncomingMessage } from "../../../sdk/index.ts";
import { summaryOf } from "../lib/message-text.ts";
import { type Alert, watchAlerts } from "./alerts.ts";
import { scoped } from "./base.ts";
import { currentNameOf, nameInText } from "./person.ts";
import { go, roomHref } from "./route.ts";
import { chat } from "./session.ts";
import { storage } from "./storage.ts";
import { campaignToNotify, isNotifier, isSeen } from "./tabs.ts";

const OFF_KEY = scoped("chat notifications off");

/** `denied`: only the browser's own settings can change it. */
export type Permission = "on" | "off" | "denied" | "unsupported";

function readPermission(): Permission {
  if (!("Notification" in window)) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && !storage.getItem(OFF_KEY) ? "on" : "off";
}

export const permission = signal(readPermission());

/** Returns whether the setting took effect: the browser's prompt may have been dismissed. */
export async function setNotifications(isOn: boolean): Promise<boolean> {
  if (isOn) {
    storage.removeItem(OFF_KEY);
    if (Notification.permission === "default") await Notification.requestPermission();
  } else storage.setItem(OFF_KEY, "1");
  permission.value = readPermission();
  return (permission.value === "on") === isOn;
}

/** Follows the current chat. */
export function startNotifications() {
  effect(() => {
    const running = chat.value;
    if (!running) return;
    // Messages of blocked users don't alert.
    running.blocks.load();
    const ends = [
      running.onMessage((incoming) => void notifyOfMessage(running, incoming)),
      watchAlerts(running, notify),
    ];
    const resign = campaignToNotify();
    // A connection that is closed permanently receives nothing: another tab takes over.
    ends.push(
      running.connection.subscribe(() => running.connection.getSnapshot().state === "closed" && resign()),
      resign,
    );
    return () => {
      for (const end of ends) end();
    };
  });
}

async function notifyOfMessage(running: Chat, { room, message, isLive }: IncomingMessage) {
  if (!isLive || running.blocks.getSnapshot().items.some(({ id }) => id === message.sender_id)) return;
  if (await isSeen(room)) return;
  const sender = { id: message.sender_id, username: message.sender_name };
  const title = running.room(room).getSnapshot().info?.title ?? currentNameOf(sender);
  const text = summaryOf(message);
  const name = nameInText(sender);
  const body = room.startsWith("group") ? `${name}${reasonOf(message, running.me.getSnapshot()?.id)}: ${text}` : text;
  notify({ title, body, tag: room, href: roomHref(room) });
}

/** Why a message in a group is for the user, if it is. */
function reasonOf({ entities, reply_to }: IncomingMessage["message"], meId: number | undefined): string {
  if (entities?.some(({ type, user_id }) => type === "mention" && user_id === meId)) return " mentioned you";
  return reply_to?.sender_id === meId ? " replied to you" : "";
}

function notify({ title, body, tag, href }: Alert) {
  if (!isNotifier.peek() || permission.peek() !== "on") return;
  let shown: Notification;
  try {
    // A room shows only its newest one; without `renotify` only the first would alert.
    shown = new Notification(title, { body, tag, renotify: true, icon: "icon-192.png" } as NotificationOptions);
  } catch {
    // Android requires a service worker.
    return;
  }
  shown.onclick = () => {
    window.focus();
    go(href);
    shown.close();
  };
}
