// Coordination between the tabs of one browser: whether a room is in view in any of them, and which one notifies.
import { signal } from "@preact/signals";
import type { RoomKey } from "../../../sdk/index.ts";
import { scoped } from "./base.ts";
import { isPageFocused } from "./page-focus.ts";
import { openRoom } from "./route.ts";

// Another tab replies within a few milliseconds unless it is busy; a notification may be late by this much. A guess.
const REPLY_TIMEOUT_MS = 300;

/** A room, or any page of the chat. */
type View = RoomKey | "page";
type TabMessage = { asked: View } | { seen: View };

const channel = new BroadcastChannel(scoped("chat"));
channel.addEventListener("message", ({ data }: MessageEvent<TabMessage>) => {
  if ("asked" in data && isSeenHere(data.asked)) channel.postMessage({ seen: data.asked } satisfies TabMessage);
});

const isSeenHere = (view: View) => isPageFocused.peek() && (view === "page" || openRoom.peek() === view);

/** Whether the user is looking at it, in this tab or another. */
export function isSeen(view: View): Promise<boolean> {
  if (isSeenHere(view)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (isSeen: boolean) => {
      channel.removeEventListener("message", onMessage);
      clearTimeout(timer);
      resolve(isSeen);
    };
    const onMessage = ({ data }: MessageEvent<TabMessage>) => {
      if ("seen" in data && data.seen === view) end(true);
    };
    const timer = setTimeout(() => end(false), REPLY_TIMEOUT_MS);
    channel.addEventListener("message", onMessage);
    channel.postMessage({ asked: view } satisfies TabMessage);
  });
}

/** Whether this tab is the one that notifies, so that nothing alerts twice. */
export const isNotifier = signal(false);

/**
 * Makes this tab a candidate for notifying until the returned function is called. One candidate at a time is elected. A tab that
 * holds a lock is not put to sleep.
 */
export function campaignToNotify(): () => void {
  // Missing on pages without HTTPS, which have no notifications either.
  const { locks } = navigator as Partial<Navigator>;
  if (!locks) {
    isNotifier.value = true;
    return () => {
      isNotifier.value = false;
    };
  }
  const end = new AbortController();
  const ended = new Promise<void>((resolve) => end.signal.addEventListener("abort", () => resolve()));
  locks
    .request(scoped("chat notifier"), { signal: end.signal }, async () => {
      isNotifier.value = true;
      await ended;
      isNotifier.value = false;
    })
    // Aborted while another tab held the lock.
    .catch(() => {});
  return () => end.abort();
}
