// What the tabs of one browser settle among themselves: whether somebody is looking at one of them, and which one notifies.
import { signal } from "@preact/signals";
import type { RoomKey } from "../../../sdk/index.ts";
import { scoped } from "./base.ts";
import { isPageFocused } from "./page-focus.ts";
import { openRoom } from "./route.ts";

// Another tab answers within a few milliseconds, unless it is busy drawing; a notification may come so late. A guess.
const ANSWER_MS = 300;

/** What somebody may be looking at: a room, or any page of the chat. */
type Sight = RoomKey | "page";
type Word = { asked: Sight } | { seen: Sight };

const channel = new BroadcastChannel(scoped("chat"));
channel.addEventListener("message", ({ data }: MessageEvent<Word>) => {
  if ("asked" in data && isSeenHere(data.asked)) channel.postMessage({ seen: data.asked } satisfies Word);
});

const isSeenHere = (sight: Sight) => isPageFocused.peek() && (sight === "page" || openRoom.peek() === sight);

/** Whether somebody has it before them, in this tab or another. */
export function isSeen(sight: Sight): Promise<boolean> {
  if (isSeenHere(sight)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (isSeen: boolean) => {
      channel.removeEventListener("message", onMessage);
      clearTimeout(timer);
      resolve(isSeen);
    };
    const onMessage = ({ data }: MessageEvent<Word>) => {
      if ("seen" in data && data.seen === sight) end(true);
    };
    const timer = setTimeout(() => end(false), ANSWER_MS);
    channel.addEventListener("message", onMessage);
    channel.postMessage({ asked: sight } satisfies Word);
  });
}

/** Whether this is the one of the browser's tabs that notifies, so that nothing alerts twice. */
export const isNotifier = signal(false);

/**
 * Stands for notifying, until the returned function is called: one of those that do is it, and when it goes the next one is. A tab
 * that holds a lock is not put to sleep.
 */
export function campaignToNotify(): () => void {
  // Missing on pages without HTTPS; there are no notifications there either.
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
    // It ended while others were ahead.
    .catch(() => {});
  return () => end.abort();
}
